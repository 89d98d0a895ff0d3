"""The order in which the writers of this process come to the one write lock of SQLite."""

from __future__ import annotations

import threading
from heapq import heapify, heappop, heappush
from itertools import count


class Gate:
    """Lets one in at a time: who has a person waiting first, then in order of arrival."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken = False
        self._tickets = count()
        self._waiting: list[tuple[bool, int, threading.Event]] = []

    def enter(self, wait_s: float, *, patient: bool) -> bool:
        """Wait for at most `wait_s` to be let in, and tell whether one was."""
        with self._lock:
            if not self._taken:
                self._taken = True
                return True
            ticket = (patient, next(self._tickets), threading.Event())
            heappush(self._waiting, ticket)
        if ticket[-1].wait(wait_s):
            return True
        with self._lock:
            if ticket[-1].is_set():  # let in while giving up
                return True
            self._waiting.remove(ticket)
            heapify(self._waiting)
            return False

    def leave(self) -> None:
        """Let the next one in."""
        with self._lock:
            if self._waiting:
                heappop(self._waiting)[-1].set()
            else:
                self._taken = False

    def waiting(self) -> int:
        """Return how many wait."""
        with self._lock:
            return len(self._waiting)
