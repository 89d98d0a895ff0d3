"""The world's clock: real time plus a skew per place, and simulated work whose length `speed` divides."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta


class Clock:
    """Tells the time at a place and spends simulated working time."""

    def __init__(self, speed: float = 1.0) -> None:
        if speed <= 0:
            raise ValueError("speed must be greater than 0")
        self.speed = speed
        self._skew_s: dict[str, float] = {}

    def now(self, place: str = "") -> datetime:
        """Return the UTC time that the clock at `place` (a node's or an array's name) shows."""
        return datetime.now(UTC) + timedelta(seconds=self._skew_s.get(place, 0.0))

    def set_skew(self, place: str, skew_s: float) -> None:
        """Set how many seconds the clock at `place` runs ahead of the real one."""
        self._skew_s[place] = skew_s

    def work(self, seconds: float, stop: threading.Event | None = None) -> bool:
        """Spend `seconds` of simulated work (divided by `speed`); return True if `stop` was set meanwhile."""
        real_s = seconds / self.speed
        if stop is not None:
            return stop.wait(real_s)
        time.sleep(real_s)
        return False
