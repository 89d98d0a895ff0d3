"""Messages: what was posted, by whom, every version of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Blocks = list[dict[str, Any]]
KEPT_REVISIONS = 400


@dataclass(frozen=True)
class Content:
    """What a message says at one moment."""

    text: str = ""
    blocks: Blocks = field(default_factory=list)
    files: tuple[dict[str, Any], ...] = ()


@dataclass
class Message:
    """A message; `ephemeral_to` names the only person who sees it, `revisions` holds every version with its time."""

    channel: str
    ts: str
    user: str
    content: Content
    thread_ts: str | None = None
    bot_id: str | None = None
    ephemeral_to: str | None = None
    metadata: dict[str, Any] | None = None
    edited_ts: str | None = None
    from_hook: bool = False
    revisions: list[tuple[str, Content]] = field(default_factory=list)

    def edit(self, content: Content, ts: str) -> None:
        """Replace what it says."""
        self.content = content
        self.edited_ts = ts
        self.revisions.append((ts, content))
        del self.revisions[:-KEPT_REVISIONS]

    def seen_by(self, user: str) -> bool:
        """Tell whether `user`, being in the channel, sees it."""
        return self.ephemeral_to in (None, user)

    def record(self) -> dict[str, Any]:
        """Return the message with its history, as the control server shows it."""
        return {
            "channel": self.channel,
            "ts": self.ts,
            "thread_ts": self.thread_ts,
            "user": self.user,
            "text": self.content.text,
            "blocks": self.content.blocks,
            "revisions": [{"ts": ts, "text": was.text, "blocks": was.blocks} for ts, was in self.revisions],
            "ephemeral_to": self.ephemeral_to,
        }


class Stamps:
    """Gives each message its ts: seconds and microseconds, never twice, never backwards."""

    def __init__(self) -> None:
        self._last_us = 0

    def next(self, now: datetime) -> str:
        """Return the next ts at or after `now`."""
        self._last_us = max(self._last_us + 1, int(now.timestamp() * 1_000_000))
        return f"{self._last_us // 1_000_000}.{self._last_us % 1_000_000:06d}"
