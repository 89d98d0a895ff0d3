"""Comes back to what was left: runs whose witnesses could not all be asked are asked about again."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Event, Thread

import structlog

from bot.domain.backup import Run, Stage, Verdict
from bot.domain.catalog import Catalog
from bot.ports import (
    Audit,
    Clock,
    Conflict,
    Nodes,
    Refused,
    RunFolder,
    Runs,
    StoreUnavailable,
    Unreachable,
)
from bot.use_cases.ends import Ends
from bot.use_cases.prove import Prover
from bot.use_cases.views import Cards

FIRST_AFTER_S = 15.0
"""A cut is often over in a moment, and somebody waits for the word."""
EVERY_S = 60.0
LOOK_S = 5.0
OFTEN_FOR = timedelta(hours=1)
THEN_EVERY = timedelta(minutes=10)
TOLD_AGAIN = 20
GIVE_UP_AFTER = timedelta(hours=24)


class Recovery:
    """Asks about UNVERIFIED runs after 15 s, then every minute, after an hour every ten, for 24 hours."""

    def __init__(
        self,
        *,
        runs: Runs,
        nodes: Nodes,
        prover: Prover,
        cards: Cards,
        audit: Audit,
        catalog: Catalog,
        clock: Clock,
    ) -> None:
        self._runs = runs
        self._catalog = catalog
        self._nodes = nodes
        self._prover = prover
        self._ends = Ends(runs=runs, cards=cards, audit=audit, clock=clock)
        self._clock = clock
        self._asked: dict[str, datetime] = {}
        self._stop = Event()
        self._thread = Thread(target=self._loop, name="recovery", daemon=True)

    def start(self) -> None:
        """Begin to come back to runs."""
        self._thread.start()

    def stop(self) -> None:
        """Ask no more; what is being asked leaves at its next look."""
        self._stop.set()

    def catch_up(self) -> None:
        """Tell the last outcomes once more: an earlier life may have died between settling one and saying so."""
        for run in self._runs.recent(TOLD_AGAIN):
            if run.is_over:
                self._ends.tell(run)

    def tick(self) -> None:
        """Ask about every unproved run that is due."""
        now = self._clock.now()
        for run in self._runs.unproved():
            if self._stop.is_set() or not self._is_due(run, now):
                continue
            self._asked[run.id] = now
            self._ask_again(run)

    def _is_due(self, run: Run, now: datetime) -> bool:
        ended = run.ended_at or now
        if now - ended > GIVE_UP_AFTER or run.target.cluster not in self._catalog.clusters:
            return False
        if run.id not in self._asked:
            return now - ended >= timedelta(seconds=FIRST_AFTER_S)
        pause = timedelta(seconds=EVERY_S) if now - ended <= OFTEN_FOR else THEN_EVERY
        return now - self._asked[run.id] >= pause

    def _ask_again(self, run: Run) -> None:
        verdict = self._prover.prove(run, self._folder(run), self._stop.is_set)
        if self._stop.is_set() or verdict.outcome in (Stage.UNVERIFIED, Stage.UNKNOWN, Stage.CANCELLED):
            return
        self._settle(run, verdict)

    def _folder(self, run: Run) -> RunFolder | None:
        try:
            return self._nodes.look(run.target.cluster, str(run.node), run.request_id)
        except (Unreachable, Refused):
            return None

    def _settle(self, run: Run, verdict: Verdict) -> None:
        try:
            run = self._runs.change(run.id, Stage.UNVERIFIED, stage=verdict.outcome, verdict=verdict)
        except Conflict:
            return  # somebody else settled it meanwhile
        self._asked.pop(run.id, None)
        self._ends.tell(run)

    def _loop(self) -> None:
        log = structlog.get_logger("recovery")
        caught_up = False
        while not self._stop.wait(LOOK_S):
            try:
                if not caught_up:
                    self.catch_up()
                    caught_up = True
                self.tick()
            except StoreUnavailable as err:
                log.warning("store does not answer", error=str(err))
            except Exception:  # noqa: BLE001, RUF100 - outermost loop: the other runs must be asked about all the same
                log.exception("asking again broke off")
