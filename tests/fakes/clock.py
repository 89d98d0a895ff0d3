"""Time that passes only when somebody waits, and things that happen at their time."""

from __future__ import annotations

import heapq
import itertools
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


class TimeIsUp(BaseException):
    """A test waited longer than anything in it can take: something waits for ever."""


class FakeClock:
    """ports.Clock: `wait` moves the time at once; `later` lets something happen when a time has come."""

    def __init__(self, start: datetime = START, *, limit: timedelta = timedelta(hours=3)) -> None:
        self._now = start
        self._limit = start + limit
        self._lock = threading.RLock()
        self._numbers = itertools.count()
        self._due: list[tuple[datetime, int, Callable[[], object]]] = []

    def now(self) -> datetime:
        return self._now

    def wait(self, seconds: float) -> None:
        """Let time pass, and everything happen that is due meanwhile. Raises TimeIsUp."""
        with self._lock:
            until = self._now + timedelta(seconds=seconds)
            while self._due and self._due[0][0] <= until:
                at, _, act = heapq.heappop(self._due)
                self._now = max(at, self._now)
                act()
            self._now = max(until, self._now)
            if self._now > self._limit:
                raise TimeIsUp(f"it is {self._now} and nothing has come to an end")

    def pass_time(self, seconds: float) -> None:
        """Let so much time pass because the test says so."""
        self._limit += timedelta(seconds=seconds)
        self.wait(seconds)

    def later(self, seconds: float, act: Callable[[], object]) -> None:
        """Let something happen in so many seconds."""
        with self._lock:
            at = self._now + timedelta(seconds=seconds)
            heapq.heappush(self._due, (at, next(self._numbers), act))
