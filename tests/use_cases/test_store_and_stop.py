"""The bot's own troubles: a store that is away in mid run, and a process that is told to stop."""

from __future__ import annotations

import pytest

from bot.domain.backup import Stage
from bot.ports import StoreUnavailable
from tests.use_cases.rig import Rig


@pytest.mark.parametrize("after", [0.6, 2.0, 6.0, 15.0, 25.0, 31.0, 33.0])
@pytest.mark.parametrize("seconds", [5, 400])
def test_a_store_that_is_away_is_tried_again_and_nothing_is_done_twice(
    rig: Rig, after: float, seconds: float, capsys: pytest.CaptureFixture[str]
) -> None:
    rig.clock.later(after, lambda: setattr(rig.runs, "broken", True))
    rig.clock.later(after + seconds, lambda: setattr(rig.runs, "broken", False))
    run = rig.backup()
    assert run.stage is Stage.VERIFIED
    assert len(rig.backups()) == len(rig.sets()) == 1
    assert rig.engine.errors == {}


def test_without_the_store_a_wish_is_not_accepted(rig: Rig) -> None:
    rig.runs.broken = True
    with pytest.raises(StoreUnavailable):
        rig.wish()
    rig.runs.broken = False
    assert rig.runs.recent(5) == []


@pytest.mark.parametrize("after", [0.3, 1.2, 5.0, 12.0, 20.0, 28.0, 31.5])
def test_a_process_that_stops_leaves_at_once_and_the_next_one_goes_on(rig: Rig, after: float) -> None:
    run = rig.wish()
    left = []
    rig.clock.later(after, rig.engine.stop)
    rig.work()
    left.append((rig.clock.now() - run.requested_at).total_seconds() - after)
    assert left[0] <= 3, "it left late"
    assert not rig.now(run).is_over
    rig.restart()
    rig.work()
    assert rig.now(run).stage is Stage.VERIFIED
    assert len(rig.backups()) == len(rig.sets()) == 1


def test_a_process_that_stops_while_the_store_is_away_leaves_as_well(
    rig: Rig, capsys: pytest.CaptureFixture[str]
) -> None:
    run = rig.wish()
    rig.clock.later(10, lambda: setattr(rig.runs, "broken", True))
    rig.clock.later(50, rig.engine.stop)
    rig.work()
    assert (rig.clock.now() - run.requested_at).total_seconds() <= 53
    rig.runs.broken = False
    rig.restart()
    rig.work()
    assert rig.now(run).stage is Stage.VERIFIED


def test_a_run_that_waits_for_a_silent_node_leaves_when_the_process_stops(rig: Rig) -> None:
    run = rig.wish()
    rig.clock.later(12, lambda: setattr(rig.node(), "silent", "no answer in time"))
    rig.clock.later(500, rig.engine.stop)
    rig.work()
    assert rig.now(run).stage is Stage.UNKNOWN
    assert (rig.clock.now() - run.requested_at).total_seconds() <= 503
