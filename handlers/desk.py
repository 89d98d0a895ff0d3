"""What the handlers ask of the application: one desk that knows rights, records and runs."""

from __future__ import annotations

from typing import Protocol

from bot.domain.answers import Answer
from bot.domain.backup import Actor
from bot.domain.wording import Backup, Complaint, Known


class Desk(Protocol):
    """The use cases behind every command and button; rights are checked here. All may raise StoreUnavailable."""

    def known(self) -> Known:
        """Return what may be named, without I/O."""

    def backup(self, wish: Backup, *, by: Actor, key: str, channel: str, team: str) -> Answer:
        """Record, queue or join a backup within 1.5 s; the same key twice is one wish."""

    def status(self, run: str | None, *, by: Actor) -> Answer:
        """Tell what runs, or how one run stands."""

    def show(self, run: str, *, by: Actor) -> Answer:
        """Show all of one run."""

    def cancel(self, run: str, *, by: Actor, origin: str) -> Answer:
        """Ask for a run to be stopped at the gate; asking twice is asking once."""

    def refuse(self, complaint: Complaint, *, by: Actor, origin: str, text: str) -> None:
        """Write bad input into the audit; `text` is shortened and holds no hidden characters."""

    def explain(self, code: str, *, by: Actor, origin: str) -> Answer:
        """Explain a code."""

    def help(self, *, by: Actor) -> Answer:
        """Tell what can be typed."""
