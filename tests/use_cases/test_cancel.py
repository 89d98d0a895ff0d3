"""A cancel in each stage: it wins or it comes too late, and nobody has to guess which."""

from __future__ import annotations

import pytest

from bot.domain.answers import Told
from bot.domain.backup import Run, Stage
from tests.builders import NADIA, OMAR
from tests.fakes.nodes import SECONDS
from tests.use_cases.rig import Rig


def cancel(rig: Rig, run: Run) -> str:
    answer = rig.desk.cancel(run.id, by=OMAR, origin="slack:COPS")
    assert isinstance(answer, Told)
    return answer.what


def cancel_in(rig: Rig, run: Run, seconds: float) -> list[str]:
    told: list[str] = []
    rig.clock.later(seconds, lambda: told.append(cancel(rig, run)))
    return told


def test_in_the_queue_it_ends_at_once_and_no_node_is_asked(rig: Rig) -> None:
    run = rig.wish()
    assert "cancelled in the queue" in cancel(rig, run)
    assert rig.now(run).stage is Stage.CANCELLED
    rig.work()
    assert rig.now(run).stage is Stage.CANCELLED
    assert sum(node.asked for node in rig.nodes.all.values()) == 0
    assert rig.card(run)[-1].startswith("cancelled")
    assert f"card:{run.id}" in rig.outbox.final


def test_while_checking_no_shadow_copy_is_asked_for(rig: Rig) -> None:
    run = rig.wish()
    told = cancel_in(rig, run, 0.6)
    rig.work()
    assert "will be stopped at the gate" in told[0]
    assert rig.now(run).stage is Stage.CANCELLED
    assert rig.backups() == []


def test_before_the_kit_took_the_request_it_is_never_taken(rig: Rig) -> None:
    rig.node().script.hangs_before = "claim"
    run = rig.wish()
    cancel_in(rig, run, 10)
    rig.work()
    assert rig.now(run).stage is Stage.CANCELLED
    assert rig.sets() == []
    assert rig.array.snapshots == []


def test_before_the_gate_diskshadow_stops_there(rig: Rig) -> None:
    run = rig.wish()
    cancel_in(rig, run, 6)
    rig.work()
    ended = rig.now(run)
    assert ended.stage is Stage.CANCELLED
    assert rig.node().backups()[0].exit_code == 1
    assert rig.array.snapshots == []
    assert ended.cancel_by == OMAR.id


@pytest.mark.parametrize("after", [14.0, 22.0, 26.0, 31.0])
def test_past_the_gate_it_is_too_late_and_the_backup_is_whole(rig: Rig, after: float) -> None:
    run = rig.wish()
    told = cancel_in(rig, run, after)
    rig.work()
    assert "can no longer be cancelled" in told[0]
    assert rig.now(run).stage is Stage.VERIFIED
    assert rig.now(run).cancel_by is None


def test_when_it_is_over_it_says_how_it_ended(rig: Rig) -> None:
    run = rig.backup()
    assert "is over already: verified" in cancel(rig, run)
    assert rig.now(run).stage is Stage.VERIFIED


@pytest.mark.parametrize("tenths", range(84, 108, 2))
def test_at_the_gate_one_of_the_two_wins_and_the_outcome_fits(rig: Rig, tenths: int) -> None:
    run = rig.wish()
    cancel_in(rig, run, tenths / 10)
    rig.work()
    folder, ended = rig.node().backups()[0], rig.now(run)
    assert folder.committed != folder.cancelled
    assert ended.stage is (Stage.CANCELLED if folder.cancelled else Stage.VERIFIED)
    assert len(rig.sets()) == int(folder.committed)


def test_asking_twice_is_asking_once_and_the_first_asker_stays(rig: Rig) -> None:
    run = rig.wish()
    cancel_in(rig, run, 5)
    rig.clock.later(5.5, lambda: rig.desk.cancel(run.id, by=NADIA, origin="slack:COPS"))
    rig.work()
    assert rig.now(run).cancel_by == OMAR.id
    assert rig.now(run).stage is Stage.CANCELLED


def test_while_contact_is_lost_it_is_kept_and_raced_when_the_node_is_back(rig: Rig) -> None:
    rig.node().script.seconds = {**SECONDS, "gate": 900.0}
    run = rig.wish()
    rig.clock.later(5, lambda: setattr(rig.node(), "silent", "no answer in time"))
    cancel_in(rig, run, 200)
    rig.clock.later(400, lambda: setattr(rig.node(), "silent", ""))
    rig.work()
    assert rig.now(run).stage is Stage.CANCELLED
    assert rig.sets() == []


def test_a_diskshadow_that_goes_on_past_a_shut_gate_is_told_as_it_is(rig: Rig) -> None:
    rig.node().script.passes_a_shut_gate = True
    run = rig.wish()
    cancel_in(rig, run, 6)
    rig.work()
    ended = rig.now(run)
    assert ended.stage is Stage.VERIFIED
    assert ended.verdict is not None and "The cancel did not stop it" in ended.verdict.why
    assert len(rig.sets()) == 1


def test_a_cancel_that_won_is_not_believed_before_the_array_was_asked(rig: Rig) -> None:
    from bot.ports import Unreachable

    run = rig.wish()
    cancel_in(rig, run, 6)
    rig.clock.later(7, lambda: setattr(rig.array, "trouble", Unreachable("fa1", "no answer in time")))
    seen: list[Stage] = []
    rig.clock.later(300, lambda: seen.append(rig.now(run).stage))
    rig.clock.later(301, lambda: setattr(rig.array, "trouble", None))
    rig.work()
    assert seen == [Stage.UNKNOWN]
    assert rig.now(run).stage is Stage.CANCELLED
