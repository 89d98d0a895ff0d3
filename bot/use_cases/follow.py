"""Follows a run on its node: looks every few seconds, shows what was seen, keeps the lock while nothing is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.backup import PHASES, Phase, PhaseTime, Run, Stage, WriterProgress
from bot.domain.diagnostics import phase_seen, phase_times, progress
from bot.domain.vss import DiagReading
from bot.ports import Arrays, Clock, Nodes, Refused, RunFolder, Runs, Stopped, Unreachable
from bot.use_cases.share import Share
from bot.use_cases.views import Cards

POLL_S = 2.0
POLL_LOST_S = 30.0
POLL_REFUSED_S = 600.0
NUDGE_AFTER = timedelta(seconds=2)
NUDGE_CLAIMED_AFTER = timedelta(seconds=60)
UNKNOWN_AFTER = timedelta(seconds=60)
ASK_PERSON_AFTER = timedelta(minutes=15)
NOT_STARTED_AFTER = timedelta(minutes=3)
LONG_AFTER = timedelta(minutes=45)
ALWAYS_SHOWN = frozenset({Phase.GATE, Phase.PREPARING})
OLDER_THAN_OURS = timedelta(minutes=5)
"""How far a node's clock may be behind ours before its diagnostics are taken for old ones."""


class NeverStarted(Exception):
    """The request was taken back before the kit claimed it: nothing ran and nothing will."""


class NotAccepted(Exception):
    """The node said no to the request; whether it holds it all the same is to be looked at."""

    def __init__(self, refusal: Refused) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal


@dataclass
class Watch:
    """What one follower remembers between two looks; all of it can be lost in a crash."""

    began: datetime
    baseline: DiagReading = field(default_factory=DiagReading)
    nudged: datetime = field(init=False)
    could_start: datetime = field(init=False)  # since when the task could be started without a break
    silent_since: datetime | None = None
    pause_s: float = 0.0
    shown: datetime | None = None
    writers: tuple[WriterProgress, ...] = ()
    array_seen: bool = False
    before_gate: datetime | None = None  # when the gate was last seen not passed

    def __post_init__(self) -> None:
        self.nudged = self.could_start = self.began

    @property
    def since(self) -> datetime:
        """Return the time from which a node's diagnostics may be ours."""
        return self.began - OLDER_THAN_OURS


class Follower:
    """Looks at a node until the kit has written the whole record of a run."""

    def __init__(self, *, runs: Runs, nodes: Nodes, arrays: Arrays, cards: Cards, clock: Clock) -> None:
        self._runs = runs
        self._nodes = nodes
        self._arrays = arrays
        self._cards = cards
        self._clock = clock
        self._share = Share()

    def follow(
        self, run_id: str, ask_again: Callable[[Run], None], stopping: Callable[[], bool]
    ) -> RunFolder:
        """Return the last look, at a request that is done or that the kit has given up.

        Raises Stopped when the process stops, NeverStarted when the request was taken back in time,
        NotAccepted when the node said no to it.
        """
        with self._share.taken():
            return self._follow(run_id, ask_again, stopping)

    def _follow(
        self, run_id: str, ask_again: Callable[[Run], None], stopping: Callable[[], bool]
    ) -> RunFolder:
        run = self._get(run_id)
        watch = Watch(began=self._clock.now())
        self._take_baseline(run, watch)
        while True:
            if stopping():
                raise Stopped
            run = self._get(run_id)
            folder = self._look(run, watch)
            if folder is None:
                self._wait(watch.pause_s or (POLL_LOST_S if run.stage is Stage.UNKNOWN else POLL_S), stopping)
                continue
            run = self._found_again(run)
            if not (folder.claimed or folder.armed or folder.committed or folder.cancelled):
                # Also when a cancel was asked for: once the request is there, the rename decides for good,
                # and an earlier one that is still on its way can no longer arrive.
                self._ask_again(run, ask_again)
                continue
            self._race_gate(run, folder)
            self._page_if_long(run)
            self._note(run, folder, watch)
            if folder.done or folder.gone:
                return folder
            self._wake_task(run, folder, watch)
            self._clock.wait(self._share.look_s())

    def _wait(self, seconds: float, stopping: Callable[[], bool]) -> None:
        until = self._clock.now() + timedelta(seconds=seconds)
        while self._clock.now() < until and not stopping():
            self._clock.wait(min(POLL_S, seconds))

    def _ask_again(self, run: Run, ask: Callable[[Run], None]) -> None:
        try:
            ask(run)
        except Unreachable:
            self._clock.wait(POLL_S)
        except Refused as err:
            raise NotAccepted(err) from err

    # --- contact ---

    def _look(self, run: Run, watch: Watch) -> RunFolder | None:
        try:
            folder = self._nodes.look(run.target.cluster, str(run.node), run.request_id)
        except (Unreachable, Refused) as err:
            self._lost(run, watch, err)
            return None
        watch.silent_since = None
        watch.pause_s = 0.0
        return folder

    def _lost(self, run: Run, watch: Watch, err: Unreachable | Refused) -> None:
        now = self._clock.now()
        watch.silent_since = watch.silent_since or now
        watch.could_start = now
        silent = now - watch.silent_since
        # Asking on with a password that is refused would lock the account.
        watch.pause_s = POLL_REFUSED_S if isinstance(err, Refused) else 0.0
        if run.stage is not Stage.UNKNOWN and (silent >= UNKNOWN_AFTER or isinstance(err, Refused)):
            run = self._runs.change(run.id, run.stage, stage=Stage.UNKNOWN)
            self._runs.save_note(
                run.id,
                "contact",
                f"Contact with {run.node} is lost ({err.why}). {run.node} goes on by itself; nobody else may back up this cluster meanwhile.",
            )
            self._cards.show(run)
        if run.stage is Stage.UNKNOWN and silent >= ASK_PERSON_AFTER:
            self._cards.ask_person(run)

    def _found_again(self, run: Run) -> Run:
        if run.stage is not Stage.UNKNOWN:
            return run
        run = self._runs.change(run.id, Stage.UNKNOWN, stage=Stage.CREATING)
        self._runs.save_note(run.id, "contact", "")
        self._cards.show(run)
        return run

    # --- the gate and the task ---

    def _race_gate(self, run: Run, folder: RunFolder) -> None:
        if run.cancel_by is None or folder.committed or folder.cancelled:
            return
        try:
            won = self._nodes.cancel(run.target.cluster, str(run.node), run.request_id)
        except (Unreachable, Refused):
            return  # asked again at the next look: the rename tells who won whenever it is asked
        text = (
            "The cancel won: DiskShadow will stop at the gate."
            if won
            else "The cancel came too late: the gate is passed."
        )
        self._runs.save_note(run.id, "cancel", text)

    def _wake_task(self, run: Run, folder: RunFolder, watch: Watch) -> None:
        now = self._clock.now()
        place = (run.target.cluster, str(run.node))
        if folder.claimed:
            # A start is ignored while the task runs. If its instance is gone (the node restarted), a new one
            # marks the request as gone; nothing else on the node would ever say so.
            if now - watch.nudged > NUDGE_CLAIMED_AFTER:
                self._nudge(run, watch, now)
            return
        if folder.cancelled:
            raise NeverStarted
        if now - watch.could_start > NOT_STARTED_AFTER:
            if self._nodes.cancel(*place, run.request_id):
                raise NeverStarted
        elif now - watch.nudged > NUDGE_AFTER:
            self._nudge(run, watch, now)

    def _nudge(self, run: Run, watch: Watch, now: datetime) -> None:
        watch.nudged = now
        try:
            self._nodes.nudge(run.target.cluster, str(run.node))
        except (Unreachable, Refused) as err:
            self._runs.save_note(run.id, "task", f"The kit's task on {run.node} does not start: {err.why}.")

    def _take_baseline(self, run: Run, watch: Watch) -> None:
        try:
            if not self._nodes.look(run.target.cluster, str(run.node), run.request_id).started:
                watch.baseline = self._nodes.diagnostics(run.target.cluster, str(run.node))
        except (Unreachable, Refused):
            return  # without a baseline the records' times must do

    def _page_if_long(self, run: Run) -> None:
        """Ask a person to look at a run that takes very long; it is never ended for that (a CSV may take 1800 s)."""
        asked = next((p for p in self._runs.phases(run.id, run.attempt) if p.phase is Phase.GATHERING), None)
        if asked is not None and self._clock.now() - asked.started > LONG_AFTER:
            self._cards.ask_person(run)

    # --- what was seen ---

    def _note(self, run: Run, folder: RunFolder, watch: Watch) -> None:
        changed = False
        if folder.set_id is not None and run.set_id is None:
            run = self._runs.change(run.id, run.stage, set_id=folder.set_id)
            changed = True
        self._note_gate(run, folder, watch)
        changed |= self._note_phase(run, folder, watch)
        step = self._note_writers(run, folder, watch)
        now = self._clock.now()
        if changed or self._share.may_refresh(watch.shown, now, step=step):
            watch.shown = now
            self._cards.show(run)

    def _note_gate(self, run: Run, folder: RunFolder, watch: Watch) -> None:
        """Keep since when a shadow copy may exist: seen late, the gate may have been passed long ago."""
        if not folder.committed:
            watch.before_gate = folder.seen_at
        elif watch.before_gate is not None:
            self._runs.save_facts(run.id, "gate", {"after": watch.before_gate.isoformat()})
            watch.before_gate = None

    def _phase(self, run: Run, folder: RunFolder, watch: Watch) -> Phase:
        if folder.created or folder.ended or folder.exit_code is not None:
            return Phase.COMPLETING
        if not folder.committed:
            return Phase.GATHERING
        seen = phase_seen(folder.diag, watch.baseline, folder.set_id, watch.since)
        if seen in (Phase.FREEZE, Phase.THAW):
            return seen
        if folder.diag.disabled and self._array_shows_it(run, watch):
            return Phase.THAW
        return Phase.PREPARING

    def _note_phase(self, run: Run, folder: RunFolder, watch: Watch) -> bool:
        """Record the phases up to the one that was reached; those between two looks by VSS's own times."""
        reached = PHASES.index(self._phase(run, folder, watch))
        known = self._runs.phases(run.id, run.attempt)
        latest = max((PHASES.index(time.phase) for time in known), default=-1)
        if reached <= latest:
            return False
        now = self._clock.now()
        began = phase_times(folder.diag, watch.baseline, folder.set_id, watch.since, now)
        earliest = known[-1].started if known else now
        for phase in PHASES[latest + 1 : reached + 1]:
            if phase is Phase.CHECKING or (
                phase not in began and phase not in ALWAYS_SHOWN | {PHASES[reached]}
            ):
                continue
            earliest = min(max(began.get(phase, now), earliest), now)
            self._runs.start_phase(run.id, run.attempt, PhaseTime(phase, earliest))
        return True

    def _note_writers(self, run: Run, folder: RunFolder, watch: Watch) -> bool:
        if folder.diag.disabled:
            self._runs.save_note(
                run.id, "diag", f"{run.node} does not record its writers' phases (VSS\\Diag is switched off)."
            )
            return False
        writers = tuple(progress(folder.diag, watch.baseline, folder.set_id, watch.since, str(run.node)))
        if not writers or writers == watch.writers:
            return False
        watch.writers = writers
        self._runs.save_writers(run.id, run.attempt, writers)
        return True

    def _array_shows_it(self, run: Run, watch: Watch) -> bool:
        """Where writers' phases are not recorded, the array tells when the snapshot was taken."""
        if watch.array_seen:
            return True
        facts = self._runs.facts(run.id, "check") or {}
        gate = next((p for p in self._runs.phases(run.id, run.attempt) if p.phase is Phase.GATE), None)
        for rows in facts.get("array_volumes", {}).values():
            for row in rows:
                try:
                    found = self._arrays.snapshots_of(row["array"], row["name"])
                except (Unreachable, Refused, LookupError):
                    continue
                watch.array_seen |= gate is not None and any(s.created >= gate.started for s in found)
        return watch.array_seen

    def _get(self, run_id: str) -> Run:
        run = self._runs.get(run_id)
        if run is None:
            raise LookupError(f"run {run_id} is not in the store")
        return run
