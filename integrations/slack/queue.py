"""What the sender needs: rows of the outbox, and the two calls of Slack's Web API."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from bot.ports import Message


class Row(Protocol):
    """The newest revision of a message that waits to be posted (`ts` is None) or edited."""

    @property
    def key(self) -> str: ...
    @property
    def channel(self) -> str: ...
    @property
    def ts(self) -> str | None: ...
    @property
    def revision(self) -> int: ...
    @property
    def message(self) -> Message: ...
    @property
    def final(self) -> bool: ...
    @property
    def urgent(self) -> bool: ...
    @property
    def tries(self) -> int: ...


class SendQueue(Protocol):
    """The sender's side of the outbox; may raise StoreUnavailable."""

    def take(self, limit: int, now: datetime) -> Sequence[Row]:
        """Return what may be sent now: final and urgent first, then the longest waiting; nothing is claimed."""

    def sent(self, key: str, revision: int, ts: str) -> None:
        """Record that this revision is on Slack under `ts`; a newer one keeps waiting."""

    def failed(self, key: str, revision: int, error: str, not_before: datetime) -> None:
        """Record that sending this revision failed and when the message may be tried again."""

    def give_up(self, key: str, error: str) -> None:
        """Never send this message again."""


class Poster(Protocol):
    """The part of slack_sdk's WebClient that posts and edits; its retry handlers must be empty."""

    def chat_postMessage(self, *, channel: str, **kwargs: Any) -> Any:
        """Post a message; the reply holds `ts` and `channel`."""

    def chat_update(self, *, channel: str, ts: str, **kwargs: Any) -> Any:
        """Edit a message."""
