"""The steps of a run as DBOS remembers them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar, cast

from dbos import DBOS

from bot.ports import Stopped
from integrations.engine.memory import recall, remember

T = TypeVar("T")


class DbosSteps:
    """Implements ports.Steps inside a DBOS workflow; `stop` is set when the process wants to end."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop

    def run(self, name: str, act: Callable[[], T]) -> T:
        """Run a step once. A failure of ours is remembered like a value and raised again; Stopped never is."""
        if self._stop.is_set():
            raise Stopped
        try:
            memory = DBOS.run_step({"name": name}, lambda: remember(act))
        except Exception:
            if self._stop.is_set():
                # DBOS may be gone already: whatever happened was not recorded and runs again at the next start.
                raise Stopped from None
            raise
        return cast(T, recall(memory))

    def sleep(self, seconds: float) -> None:
        """Wait until a time that is remembered, so that a restart does not begin the wait anew."""
        until = self.run("sleep", lambda: time.time() + seconds)
        left = min(seconds, until - time.time())  # a clock set back must not prolong the wait
        if left > 0 and self._stop.wait(left):
            raise Stopped

    def stopping(self) -> bool:
        """Tell whether the process wants to stop."""
        return self._stop.is_set()
