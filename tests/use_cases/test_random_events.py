"""Random trouble in random order: what must hold, whatever happens."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from bot.domain.array import suffix_for
from bot.domain.backup import Run, Stage
from bot.ports import Refused, Unreachable
from tests.builders import VM1
from tests.fakes.clock import TimeIsUp
from tests.fakes.engine import Killed
from tests.use_cases.rig import Rig

Event = Callable[[Rig, Run], None]


def node_silent(rig: Rig, run: Run) -> None:
    rig.node().silent = "no answer in time"


def node_back(rig: Rig, run: Run) -> None:
    for node in rig.nodes.all.values():
        node.silent, node.refuses, node.task_enabled = "", None, True


def other_node_silent(rig: Rig, run: Run) -> None:
    rig.node("hv-02").silent = "no answer in time"


def log_on_refused(rig: Rig, run: Run) -> None:
    rig.node().refuses = Refused("hv-01", "the log-on was not accepted", "login-refused")


def reply_lost(rig: Rig, run: Run) -> None:
    rig.node().lose_replies += 1


def node_restarts(rig: Rig, run: Run) -> None:
    rig.nodes.reboot("cluster1", "hv-01")


def array_silent(rig: Rig, run: Run) -> None:
    rig.array.trouble = Unreachable("fa1", "no answer in time")


def array_back(rig: Rig, run: Run) -> None:
    rig.array.trouble = None


def snapshot_destroyed(rig: Rig, run: Run) -> None:
    for _, snapshot in rig.array.snapshots:
        rig.array.destroy(snapshot.name)


def store_away(rig: Rig, run: Run) -> None:
    rig.runs.broken = True
    rig.clock.later(40, lambda: setattr(rig.runs, "broken", False))


def cancel_asked(rig: Rig, run: Run) -> None:
    if not rig.runs.broken and rig.now(run).stage not in (Stage.QUEUED,) and not rig.now(run).is_over:
        rig.runs.ask_cancel(run.id, run.requested_by)


def vm_left_out(rig: Rig, run: Run) -> None:
    rig.node().script.left_out = frozenset({VM1})


def veto(rig: Rig, run: Run) -> None:
    rig.node().script.hresult = 0x80042306


def fails_late(rig: Rig, run: Run) -> None:
    rig.node().script.hresult = 0x80042313
    rig.node().script.snapshot_all_the_same = True


def task_disabled(rig: Rig, run: Run) -> None:
    rig.node().task_enabled = False


def dies(rig: Rig, run: Run) -> None:
    rig.fate.deadly = rig.fate.changes + 1


def stops(rig: Rig, run: Run) -> None:
    rig.engine.stop()


EVENTS: list[Event] = [
    node_silent, node_back, other_node_silent, log_on_refused, reply_lost, node_restarts, array_silent,
    array_back, snapshot_destroyed, store_away, cancel_asked, vm_left_out, veto, fails_late, task_disabled,
    dies, stops,
]  # fmt: skip

happenings = st.lists(
    st.tuples(st.floats(0, 60).map(lambda seconds: round(seconds, 1)), st.sampled_from(EVENTS)), max_size=5
)


def live_on(rig: Rig, run: Run) -> None:
    for _ in range(20):
        try:
            rig.work()
        except TimeIsUp as err:
            raise AssertionError(f"{err}: {rig.now(run)}") from err
        except Killed:
            pass
        rig.clock.pass_time(110)  # until the store is back for good
        if rig.now(run).is_over:
            return
        rig.restart()
    raise AssertionError(f"the run never ended: {rig.now(run)}")


def proof_of(rig: Rig, run: Run) -> bool:
    """Tell by the world itself, not by what the bot believes, whether the backup is good."""
    (asked,) = [one for node in rig.nodes.all.values() for one in node.backups()]
    there = {snapshot.name for _, snapshot in rig.array.snapshots if not snapshot.destroyed}
    return (
        asked.set_id is not None
        and asked.exit_code == 0
        and "end" in asked.seen
        and f"csv1.{suffix_for(asked.set_id)}" in there
    )


@settings(
    max_examples=settings.default.max_examples // 2 + 10,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(happenings)
def test_whatever_happens_nothing_is_asked_twice_and_nothing_unproved_is_called_verified(
    happening: list[tuple[float, Event]],
) -> None:
    rig = Rig()
    with structlog.testing.capture_logs():
        run = rig.wish()
        for seconds, act in happening:
            rig.clock.later(seconds, lambda act=act: act(rig, run))  # type: ignore[misc]
        # In the end the world comes back, so that what still runs can end.
        for back in (node_back, array_back):
            rig.clock.later(700, lambda back=back: back(rig, run))  # type: ignore[misc]
        live_on(rig, run)
    ended = rig.now(run)
    event(str(ended.stage))
    assert ended.is_over
    assert len(rig.backups()) <= 1
    assert len(rig.sets()) <= 1
    assert ended.verdict is not None and ended.verdict.outcome is ended.stage
    assert rig.notices(run) == [f"notice:{run.id}:{ended.stage}"]
    if ended.stage is Stage.VERIFIED:
        assert snapshot_was_there(rig)
    if ended.stage in (Stage.CANCELLED, Stage.FAILED):
        assert not proof_of(rig, run) if rig.backups() else True


def snapshot_was_there(rig: Rig) -> bool:
    """The array may lose it after the proof, but it must have been taken and DiskShadow must have ended well."""
    (asked,) = [one for node in rig.nodes.all.values() for one in node.backups()]
    names = {snapshot.name for _, snapshot in rig.array.snapshots}
    whole = asked.exit_code == 0 and "end" in asked.seen
    return (
        whole
        and not asked.left_out
        and asked.set_id is not None
        and f"csv1.{suffix_for(asked.set_id)}" in names
    )
