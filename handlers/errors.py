"""The one place that turns a failure inside a handler into a private reply."""

from __future__ import annotations

import uuid
from typing import Any

import structlog
from slack_bolt import App, BoltResponse, Respond

from bot.domain.answers import Told
from bot.ports import StoreUnavailable
from handlers.replies import told

log = structlog.get_logger(__name__)


def register(app: App) -> None:
    """Answer whatever a listener could not: known failures in words, bugs with a reference into the log."""

    @app.error
    def failed(
        error: Exception, body: dict[str, Any], response: BoltResponse | None, respond: Respond
    ) -> BoltResponse | None:
        message = told(explain(error, is_command="command" in body))
        reply = {"response_type": "ephemeral", "text": message.text, "blocks": message.blocks}
        is_command = "command" in body
        if not is_command and respond.response_url:  # a button's ack says nothing by itself
            respond({**reply, "replace_original": False})
        if response is None:  # acked already
            return None
        # Any other status would show Slack's own error.
        return BoltResponse(status=200, body=reply if is_command else "")


def explain(error: Exception, *, is_command: bool) -> Told:
    """Return what to tell the person whose command or click failed."""
    if isinstance(error, StoreUnavailable):
        log.error("store unavailable", code="store-unavailable", error=str(error))
        return Told(
            "Nothing was started." if is_command else "Nothing was changed.",
            "The bot's own store does not answer.",
            "Backups that run already go on by themselves.",
            "Try again in a minute.",
        )
    reference = uuid.uuid4().hex[:8]
    log.error("handler failed", code="bug", reference=reference, exc_info=error)
    return Told(
        "The bot failed while it handled this.",
        f"The log of the bot has the cause under `{reference}`.",
        "Backups that run already go on by themselves.",
        "Look at the status before you try again: it may have been recorded.",
    )
