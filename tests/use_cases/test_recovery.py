"""Runs whose witnesses could not all be asked are asked about again, and given up after a day."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.domain.backup import Run, Stage
from bot.ports import Unreachable
from tests.fakes.engine import Killed
from tests.use_cases.rig import Rig

SILENT = Unreachable("fa1", "no answer in time")


@pytest.fixture
def unproved(rig: Rig) -> Run:
    rig.clock.later(20, lambda: setattr(rig.array, "trouble", SILENT))
    run = rig.backup()
    assert run.stage is Stage.UNVERIFIED
    return run


def tick_for(rig: Rig, seconds: float, every: float = 15.0) -> None:
    for _ in range(int(seconds / every)):
        rig.clock.pass_time(every)
        rig.recovery.tick()


def test_its_card_is_not_final_yet(rig: Rig, unproved: Run) -> None:
    assert f"card:{unproved.id}" not in rig.outbox.final
    assert rig.notices(unproved) == [f"notice:{unproved.id}:unverified"]


def test_it_is_settled_when_the_array_answers_again(rig: Rig, unproved: Run) -> None:
    tick_for(rig, 600)
    assert rig.now(unproved).stage is Stage.UNVERIFIED
    rig.array.trouble = None
    tick_for(rig, 120)
    run = rig.now(unproved)
    assert run.stage is Stage.VERIFIED
    assert rig.card(run)[-1].startswith("verified")
    assert f"card:{run.id}" in rig.outbox.final
    assert rig.notices(run) == [f"notice:{run.id}:unverified", f"notice:{run.id}:verified"]
    assert rig.audit.entries[-1].result == f"{run.id} verified"
    assert len(rig.runs.snapshots(run.id)) == 1


def destroyed(rig: Rig) -> None:
    rig.array.destroy(rig.array.snapshots[0][1].name)


def eradicated(rig: Rig) -> None:
    rig.array.snapshots.clear()


@pytest.mark.parametrize(
    ("story", "stage"),
    [(destroyed, Stage.FAILED), (eradicated, Stage.FAILED)],
    ids=["destroyed", "eradicated"],
)
def test_what_the_array_says_later_counts(
    rig: Rig, unproved: Run, story: Callable[[Rig], None], stage: Stage
) -> None:
    story(rig)
    rig.array.trouble = None
    tick_for(rig, 120)
    assert rig.now(unproved).stage is stage


def test_it_is_asked_every_minute_then_every_ten_and_no_more_after_a_day(rig: Rig, unproved: Run) -> None:
    def asked_in(seconds: float) -> int:
        rig.node().asked = 0
        tick_for(rig, seconds)
        return rig.node().asked

    per_question = asked_in(60)
    assert per_question > 0
    assert 50 <= asked_in(3500) / per_question <= 60
    assert 5 <= asked_in(3600) / per_question <= 7
    rig.clock.pass_time(24 * 3600)
    rig.recovery.tick()
    rig.array.trouble = None
    assert asked_in(1800) == 0
    assert rig.now(unproved).stage is Stage.UNVERIFIED


def test_a_restart_does_not_forget_it(rig: Rig, unproved: Run) -> None:
    rig.restart()
    rig.array.trouble = None
    tick_for(rig, 120)
    assert rig.now(unproved).stage is Stage.VERIFIED


def test_a_node_that_is_gone_as_well_leaves_it_open(rig: Rig, unproved: Run) -> None:
    rig.array.trouble = None
    rig.node().silent = "no answer in time"
    tick_for(rig, 300)
    assert rig.now(unproved).stage is Stage.UNVERIFIED
    rig.node().silent = ""
    tick_for(rig, 120)
    assert rig.now(unproved).stage is Stage.VERIFIED


def test_a_stopped_recovery_asks_no_more(rig: Rig, unproved: Run) -> None:
    rig.array.trouble = None
    rig.recovery.stop()
    tick_for(rig, 300)
    assert rig.now(unproved).stage is Stage.UNVERIFIED


def test_a_death_while_settling_never_leaves_people_with_an_old_card(rig: Rig, unproved: Run) -> None:
    rig.array.trouble = None
    for deaths in range(1, 12):
        rig.fate.changes, rig.fate.deadly = 0, deaths
        try:
            tick_for(rig, 120)
        except Killed:
            rig.restart()
    rig.fate.deadly = None
    rig.recovery.catch_up()
    tick_for(rig, 120)
    run = rig.now(unproved)
    assert run.stage is Stage.VERIFIED
    assert rig.card(run)[-1].startswith("verified")
    assert f"card:{run.id}" in rig.outbox.final
    assert f"notice:{run.id}:verified" in rig.notices(run)
    assert any(entry.result == f"{run.id} verified" for entry in rig.audit.entries)
