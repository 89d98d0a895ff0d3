"""One run from the queue to its outcome, as steps that can each be repeated: check, ask, follow, prove.

The store's stage is the truth; the engine only remembers how far the steps came. Whatever step a crash
interrupts is run again and looks before it acts.
"""

from __future__ import annotations

from collections.abc import Callable

import structlog

from bot.domain.backup import Phase, PhaseTime, Run, Stage, Verdict
from bot.domain.catalog import Catalog
from bot.ports import Audit, Clock, Nodes, Refused, Runs, Steps, Stopped, Unreachable
from bot.use_cases.ends import Ends
from bot.use_cases.follow import Follower, NeverStarted, NotAccepted
from bot.use_cases.precheck import Precheck
from bot.use_cases.prove import Prover
from bot.use_cases.views import Cards

OVER = "over"
AGAIN_AFTER_S = 30.0
UNKNOWN_AFTER_S = 60.0
Stopping = Callable[[], bool]


class BackupRun:
    """What the engine runs for each backup."""

    def __init__(
        self,
        *,
        runs: Runs,
        nodes: Nodes,
        precheck: Precheck,
        follower: Follower,
        prover: Prover,
        cards: Cards,
        audit: Audit,
        catalog: Catalog,
        clock: Clock,
    ) -> None:
        self._runs = runs
        self._nodes = nodes
        self._precheck = precheck
        self._follower = follower
        self._prover = prover
        self._cards = cards
        self._ends = Ends(runs=runs, cards=cards, audit=audit, clock=clock)
        self._catalog = catalog
        self._clock = clock

    def execute(self, run_id: str, steps: Steps) -> None:
        """Take the run to its outcome; each step names the next one."""
        step = "check"
        while step != OVER:
            step = self._step(step, run_id, steps)

    def _step(self, name: str, run_id: str, steps: Steps) -> str:
        return steps.run(name, lambda: self._guarded(name, run_id, steps.stopping))

    def _guarded(self, name: str, run_id: str, stopping: Stopping) -> str:
        acts: dict[str, Callable[[Run, Stopping], str]] = {
            "check": self._check,
            "ask": self._ask,
            "follow": self._follow,
        }
        try:
            run = self._runs.get(run_id)
            if run is None:
                return OVER
            if run.is_over:
                return self._close(run)
            if run.target.cluster not in self._catalog.clusters:
                return self._without_cluster(run, name, stopping)
            return acts[name](run, stopping)
        except Exception:  # noqa: BLE001
            # The outermost loop of a run: the cluster's lock must not go while a node may be at work,
            # so the run is looked at again instead of being given up.
            structlog.get_logger("run").exception(
                "a step broke off and is tried again", run_id=run_id, step=name
            )
            self._pause(AGAIN_AFTER_S, stopping)
            return name

    def _pause(self, seconds: float, stopping: Stopping) -> None:
        waited = 0.0
        while waited < seconds:
            if stopping():
                raise Stopped
            self._clock.wait(1.0)
            waited += 1.0

    def _without_cluster(self, run: Run, name: str, stopping: Stopping) -> str:
        """A run can outlive its configuration; what may run on a node is kept until it can be asked again."""
        if run.stage in (Stage.QUEUED, Stage.CHECKING):
            return self._end(run, _not_configured(run))
        text = f"{run.target.cluster} is no longer configured: put it back, so that the bot can see how this run ended."
        self._runs.save_note(run.id, "contact", text)
        self._pause(UNKNOWN_AFTER_S, stopping)
        return name

    # --- the steps ---

    def _check(self, run: Run, stopping: Stopping) -> str:
        if run.stage is Stage.QUEUED:
            run = self._runs.change(run.id, Stage.QUEUED, stage=Stage.CHECKING)
        if run.stage is not Stage.CHECKING:
            return "follow"
        self._runs.start_phase(run.id, run.attempt, PhaseTime(Phase.CHECKING, self._clock.now()))
        self._cards.show(run)
        decision = self._precheck.check(run, stopping)
        if stopping():
            raise Stopped  # a question that was broken off is no answer
        if isinstance(decision, Verdict):
            return self._end(run, decision)
        fresh = self._runs.get(run.id) or run
        if fresh.cancel_by is not None:
            return self._end(fresh, _cancelled_before_asking(fresh))
        # From here on a node may have been asked: the node is chosen durably first.
        self._runs.change(run.id, Stage.CHECKING, stage=Stage.CREATING, node=decision)
        return "ask"

    def _ask(self, run: Run, _stopping: Stopping) -> str:
        self._runs.start_phase(run.id, run.attempt, PhaseTime(Phase.GATHERING, self._clock.now()))
        self._cards.show(run)
        try:
            self._leave_request(run)
        except Unreachable:
            return "follow"  # perhaps it was left: the follower looks
        except Refused as err:
            return self._take_back(run, err)
        return "follow"

    def _leave_request(self, run: Run) -> None:
        wanted = [*run.target.volumes, "events"]
        if run.backup_type == "copy":
            wanted.append("copy")
        self._nodes.ask(run.target.cluster, str(run.node), run.request_id, wanted)

    def _take_back(self, run: Run, err: Refused) -> str:
        """A node that said no may hold the request all the same; only a cancel that won makes it certain."""
        try:
            folder = self._nodes.look(run.target.cluster, str(run.node), run.request_id)
            never = not (folder.armed or folder.claimed) or self._nodes.cancel(
                run.target.cluster, str(run.node), run.request_id
            )
        except (Unreachable, Refused):
            never = err.code in ("login-refused", "certificate-refused", "winrm-access-denied")
        if not never:
            return "follow"
        return self._end(run, refusal(run, err))

    def _follow(self, run: Run, stopping: Stopping) -> str:
        try:
            folder = self._follower.follow(run.id, self._leave_request, stopping)
        except NotAccepted as err:
            return self._take_back(self._runs.get(run.id) or run, err.refusal)
        except NeverStarted:
            now = self._runs.get(run.id) or run
            return self._end(now, _never_started(now))
        run = self._runs.get(run.id) or run
        if run.stage is not Stage.PROVING:
            run = self._runs.change(run.id, run.stage, stage=Stage.PROVING)
        self._runs.start_phase(run.id, run.attempt, PhaseTime(Phase.PROVING, self._clock.now()))
        self._cards.show(run)
        verdict = self._prover.prove(run, folder, stopping)
        if stopping():
            raise Stopped
        if verdict.outcome is Stage.UNKNOWN:
            run = self._runs.change(run.id, Stage.PROVING, stage=Stage.UNKNOWN)
            self._runs.save_note(run.id, "contact", verdict.why)
            self._cards.show(run)
            self._pause(UNKNOWN_AFTER_S, stopping)
            return "follow"
        return self._end(run, verdict)

    # --- the end ---

    def _end(self, run: Run, verdict: Verdict) -> str:
        now = self._clock.now()
        run = self._runs.change(run.id, run.stage, stage=verdict.outcome, verdict=verdict, ended_at=now)
        return self._close(run)

    def _close(self, run: Run) -> str:
        """Tell the outcome; told again after a crash it is the same message."""
        self._runs.end_phases(run.id, run.attempt, run.ended_at or self._clock.now())
        self._ends.tell(run)
        cluster = self._catalog.clusters.get(run.target.cluster)
        for node in cluster.nodes if cluster else ():
            self._nodes.forget(run.target.cluster, node)
        return OVER


UNTOUCHED = "No shadow copy was asked for. Earlier array snapshots are untouched."


def refusal(run: Run, err: Refused) -> Verdict:
    """Return the verdict for a node or array that said no before anything was begun."""
    return Verdict(
        Stage.FAILED,
        err.code,
        f"Backup of {run.target} failed.",
        f"{err.place} refused: {err.why}.",
        UNTOUCHED,
        err.next_step or "Run `vssbot check`, then start the backup again.",
    )


def _cancelled_before_asking(run: Run) -> Verdict:
    return Verdict(
        Stage.CANCELLED,
        "cancelled",
        f"Backup of {run.target} was cancelled.",
        "It was stopped before a node was asked.",
        UNTOUCHED,
    )


def _not_configured(run: Run) -> Verdict:
    return Verdict(
        Stage.FAILED,
        "not-configured",
        f"Backup of {run.target} was not started.",
        f"{run.target.cluster} is no longer in the configuration.",
        UNTOUCHED,
        "Put the cluster back into the configuration, then start the backup again.",
    )


def _never_started(run: Run) -> Verdict:
    if run.cancel_by is not None:
        return _cancelled_before_asking(run)
    return Verdict(
        Stage.FAILED,
        "task-not-started",
        f"Backup of {run.target} failed.",
        f"The kit's task on {run.node} did not take the request in time, and the request was taken back.",
        UNTOUCHED,
        f"Look at the task \\vssbot\\run on {run.node}: it must be enabled and not be running for another request.",
    )
