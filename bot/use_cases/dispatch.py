"""Hands recorded runs to the engine: those of this process, of the command line, and of an earlier life."""

from __future__ import annotations

from threading import Event, Thread

import structlog

from bot.ports import Engine, Runs, StoreUnavailable

EVERY_S = 0.5


class Dispatcher:
    """Submits every live run once; the store is the truth, so nothing recorded can be forgotten."""

    def __init__(self, runs: Runs, engine: Engine) -> None:
        self._runs = runs
        self._engine = engine
        self._submitted: set[str] = set()
        self._wake = Event()
        self._stop = Event()
        self._thread = Thread(target=self._loop, name="dispatcher", daemon=True)

    def start(self) -> None:
        """Begin to hand over runs."""
        self._thread.start()

    def wake(self) -> None:
        """Look now instead of in half a second."""
        self._wake.set()

    def stop(self) -> None:
        """Take no more runs."""
        self._stop.set()
        self._wake.set()
        self._thread.join(timeout=5)

    def tick(self) -> list[str]:
        """Submit what is live and was not submitted yet; return the ids."""
        live = self._runs.live()
        fresh = [run for run in live if run.id not in self._submitted]
        for run in fresh:
            self._engine.submit(run.id, run.target.cluster)
            self._submitted.add(run.id)
        self._submitted &= {run.id for run in live}
        return [run.id for run in fresh]

    def _loop(self) -> None:
        log = structlog.get_logger("dispatch")
        while not self._stop.is_set():
            try:
                for run_id in self.tick():
                    log.info("run handed to the engine", run_id=run_id)
            except StoreUnavailable as err:
                log.warning("store does not answer", error=str(err))
            self._wake.wait(EVERY_S)
            self._wake.clear()
