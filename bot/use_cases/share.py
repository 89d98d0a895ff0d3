"""Shares what a busy bot may spend among the runs that it follows: looks at nodes, and Slack's edits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

LOOK_EVERY_S, LOOK_AT_LEAST_EVERY_S = 2.0, 10.0
LOOKS_PER_S = 12.0
"""Of all runs together. Slack takes less than one edit a second, so looking oftener would show nothing more."""
REFRESH_EVERY_S = 10.0
REFRESHES_PER_S = 0.25
"""Of all cards together. Slack takes about fifty edits a minute; a phase that begins must find one left."""
FEW = 4
"""So many runs may show each step of a writer at once, and phases still find an edit left."""


@dataclass(frozen=True)
class Looks:
    """How often one looks: every `every_s` while few do, at least every `most_s`, all together `per_s` a second."""

    every_s: float = LOOK_EVERY_S
    most_s: float = LOOK_AT_LEAST_EVERY_S
    per_s: float = LOOKS_PER_S


class Share:
    """Counts the runs that are followed; may be asked from any thread."""

    def __init__(self, looks: Looks | None = None) -> None:
        self._looks = looks or Looks()
        self._lock = Lock()
        self._runs = 0

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Count one run more while the block runs."""
        with self._lock:
            self._runs += 1
        try:
            yield
        finally:
            with self._lock:
                self._runs -= 1

    def look_s(self) -> float:
        """Return how many seconds a run waits between two looks at its node."""
        looks = self._looks
        return min(looks.most_s, max(looks.every_s, self._runs / looks.per_s))

    def may_refresh(self, shown: datetime | None, now: datetime, *, step: bool) -> bool:
        """Tell whether a card without a new phase is shown again; `step` is that of a writer."""
        if shown is None or (step and self._runs <= FEW):
            return True
        return now - shown >= timedelta(seconds=max(REFRESH_EVERY_S, self._runs / REFRESHES_PER_S))
