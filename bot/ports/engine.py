"""What runs a backup durably, shows it, and tells the time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol, TypeVar

from bot.domain.backup import (
    RunView,
)
from bot.ports.store import Message

T = TypeVar("T")


class Steps(Protocol):
    """What a durable run is given: each finished step is remembered across kill -9."""

    def run(self, name: str, act: Callable[[], T]) -> T:
        """Run a step once; after a crash a finished step returns its remembered JSON value, an interrupted one runs again."""

    def sleep(self, seconds: float) -> None:
        """Wait durably."""

    def stopping(self) -> bool:
        """Tell whether the process wants to stop: a long step then raises Stopped."""


class Stopped(BaseException):
    """A long step leaves because the process stops; the run goes on at the next start."""


class Engine(Protocol):
    """Runs each backup durably, one at a time per cluster."""

    def submit(self, run_id: str, cluster: str) -> None:
        """Queue a run; idempotent by its id."""


class Render(Protocol):
    """Turns a view into a message; given by the chat side."""

    def card(self, view: RunView) -> Message:
        """Return the run's card."""

    def notice(self, view: RunView) -> Message:
        """Return the new message for the team's channel when a run is over."""

    def ask_person(self, view: RunView) -> Message:
        """Return the message that asks a person about a run whose state is unknown."""


class Clock(Protocol):
    """The time, so that tests can set it."""

    def now(self) -> datetime:
        """Return the time, UTC."""

    def wait(self, seconds: float) -> None:
        """Let time pass."""
