"""kill -9 at every moment: the outcome is the same, and a node is asked at most once for a shadow copy."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.domain.backup import Run, Stage
from tests.fakes.engine import Killed
from tests.use_cases.rig import Rig


def good(rig: Rig) -> None:
    del rig


def vetoed(rig: Rig) -> None:
    rig.node().script.hresult = 0x80042306


def cancelled(rig: Rig) -> None:
    rig.clock.later(
        6, lambda: rig.runs.ask_cancel(rig.runs.recent(1)[0].id, rig.runs.recent(1)[0].requested_by)
    )


def never_claimed(rig: Rig) -> None:
    rig.node().script.hangs_before = "claim"


STORIES = [
    (good, Stage.VERIFIED, 1),
    (vetoed, Stage.FAILED, 0),
    (cancelled, Stage.CANCELLED, 0),
    (never_claimed, Stage.FAILED, 0),
]


def live_on(rig: Rig) -> None:
    """Work on through every death."""
    while True:
        try:
            rig.work()
        except Killed:
            rig.restart()
        else:
            return


def check(rig: Rig, run: Run, stage: Stage, sets: int) -> None:
    run = rig.now(run)
    assert run.stage is stage, run.verdict
    assert len(rig.backups()) == 1
    assert len(rig.sets()) == sets
    assert rig.notices(run) == [f"notice:{run.id}:{stage}"]
    assert rig.card(run)[-1].startswith(str(stage))
    assert f"card:{run.id}" in rig.outbox.final
    ends = [entry for entry in rig.audit.entries if entry.decision == "done"]
    assert {entry.result for entry in ends} == {f"{run.id} {stage}"}
    assert rig.audit.verify() is None


@pytest.mark.parametrize(("story", "stage", "sets"), STORIES, ids=[one[0].__name__ for one in STORIES])
def test_a_death_after_any_change_alters_nothing(
    story: Callable[[Rig], None], stage: Stage, sets: int
) -> None:
    deaths = 0
    while True:
        rig = Rig()
        run = rig.wish()
        story(rig)
        rig.fate.changes, rig.fate.deadly = 0, deaths + 1
        live_on(rig)
        if rig.fate.changes < deaths + 1:
            break
        deaths += 1
        try:
            check(rig, run, stage, sets)
        except AssertionError as err:
            raise AssertionError(f"after death {deaths}: {err}") from err
    assert deaths > 15


@pytest.mark.parametrize("step", ["check", "ask", "follow"])
def test_a_step_that_was_done_and_not_remembered_is_done_again_without_harm(rig: Rig, step: str) -> None:
    run = rig.wish()
    rig.engine.kill_in(step)
    with pytest.raises(Killed):
        rig.work()
    rig.restart()
    rig.work()
    check(rig, run, Stage.VERIFIED, 1)


@pytest.mark.parametrize("changes", [5, 12, 20, 30])
def test_a_process_that_is_away_for_an_hour_finds_its_run_again(rig: Rig, changes: int) -> None:
    run = rig.wish()
    rig.fate.changes, rig.fate.deadly = 0, changes
    with pytest.raises(Killed):
        rig.work()
    rig.clock.pass_time(3600)
    rig.restart()
    rig.work()
    check(rig, run, Stage.VERIFIED, 1)


@pytest.mark.parametrize("nth", range(1, 8))
def test_an_answer_of_the_node_that_is_lost_is_no_second_request(rig: Rig, nth: int) -> None:
    run = rig.wish()
    node, there = rig.node(), rig.nodes

    def lose() -> None:
        node.lose_replies = 1

    rig.clock.later(nth * 0.7, lose)
    rig.work()
    assert rig.now(run).stage is Stage.VERIFIED
    assert len(rig.backups()) == 1
    assert len(there.all["cluster1", "hv-01"].sets) == 1
