"""Response URLs: five answers within half an hour, in any channel, without a token."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sandbox.slack.content import checked_content
from sandbox.slack.errors import SlackError
from sandbox.slack.messages import Message
from sandbox.slack.model import Workspace


@dataclass
class Hook:
    """What one response URL may do: answer `user` in `channel`, replace `source`."""

    kind: str
    user: str
    channel: str
    until: float
    uses: int
    source: Message | None = None


@dataclass
class Hooks:
    """Issues response URLs and takes what is posted to them."""

    workspace: Workspace
    base: str = ""
    now: Callable[[], float] = time.monotonic
    _hooks: dict[str, Hook] = field(default_factory=dict)

    def issue(self, kind: str, user: str, channel: str, source: Message | None = None) -> str:
        """Return a new response URL for a command ("commands") or a click ("actions")."""
        secret = secrets.token_urlsafe(18)
        timing = self.workspace.timing
        until = self.now() + timing.response_url_s
        self._hooks[secret] = Hook(kind, user, channel, until, timing.response_url_uses, source)
        return f"{self.base}{kind}/{self.workspace.team['id']}/{secret}"

    def use(self, secret: str, body: dict[str, Any]) -> None:
        """Do what was posted. Raises SlackError with HTTP status 404 (used_url, expired_url) or 400."""
        hook = self._hooks.get(secret)
        if hook is None:
            raise SlackError("no_such_url", status=404)
        if self.now() > hook.until:
            raise SlackError("expired_url", status=404)
        if hook.uses <= 0:
            raise SlackError("used_url", status=404)
        if body.get("delete_original") is True and hook.source is not None:
            self.workspace.delete(hook.source)
        else:
            self.answer(hook, body)
        hook.uses -= 1

    def answer(self, hook: Hook, body: dict[str, Any]) -> None:
        """Show an answer: replacing the source, to everyone, or (by default) to the user alone."""
        try:
            content = checked_content(str(body.get("text") or ""), body.get("blocks"))
        except SlackError as err:
            raise SlackError(err.code, status=400, **err.fields) from err
        if body.get("replace_original") is True and hook.source is not None:
            self.workspace.edit(hook.source, content)
            return
        to = None if body.get("response_type") == "in_channel" else hook.user
        thread = hook.source.thread_ts if hook.source is not None else None
        self.workspace.post(
            hook.channel,
            self.workspace.app.bot_user,
            content,
            ephemeral_to=to,
            thread_ts=body.get("thread_ts") or thread,
            from_hook=True,
        )
