"""What is shown while a run goes on: one card that follows every change, one notice per outcome."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from bot.domain.backup import Phase, Stage
from tests.use_cases.rig import Rig


def test_the_card_follows_the_run_through_its_phases_in_order(rig: Rig) -> None:
    run = rig.backup()
    shown = [text.split(" | ") for text in rig.card(run)]
    heads = list(dict.fromkeys(tuple(parts[:2]) for parts in shown))
    assert heads[0][0] == "queued"
    assert ("checking", "Checking") in heads
    assert ("creating", "Gathering writers") in heads
    assert ("proving", "Proving") in heads
    assert heads[-1][0] == "verified"
    phases = [time.phase for time in rig.runs.phases(run.id, 1)]
    assert phases == [phase for phase in Phase if phase in phases]
    assert Phase.GATE in phases and Phase.FREEZE in phases


def test_phases_follow_each_other_without_holes_and_all_end(rig: Rig) -> None:
    run = rig.backup()
    times = rig.runs.phases(run.id, 1)
    assert all(one.ended == other.started for one, other in pairwise(times))
    assert times[-1].ended == run.ended_at


def test_the_card_stands_in_its_channel_and_the_notice_in_the_teams(rig: Rig) -> None:
    run = rig.wish(channel="COTHER")
    rig.work()
    rows = {row.key: row for row in rig.outbox.take(50, rig.clock.now())}
    assert rows[f"card:{run.id}"].channel == "COTHER"
    assert rows[f"notice:{run.id}:verified"].channel == "CTEAM"
    assert rows[f"notice:{run.id}:verified"].urgent


@pytest.mark.parametrize(
    ("stage", "final"),
    [
        (Stage.VERIFIED, True),
        (Stage.INCOMPLETE, True),
        (Stage.FAILED, True),
        (Stage.CANCELLED, True),
        (Stage.UNVERIFIED, False),
        (Stage.UNKNOWN, False),
        (Stage.PROVING, False),
    ],
)
def test_a_card_is_final_exactly_when_nothing_can_change_any_more(
    rig: Rig, stage: Stage, final: bool
) -> None:
    run = rig.wish()
    rig.cards.show(replace(run, stage=stage))
    assert (f"card:{run.id}" in rig.outbox.final) is final


def test_no_success_is_claimed_before_it_is_proved(rig: Rig) -> None:
    run = rig.backup()
    for text in rig.card(run)[:-1]:
        assert "verified" not in text.lower()
        assert "VSS-" not in text


def test_a_view_holds_everything_there_is_to_see(rig: Rig) -> None:
    run = rig.backup("volume1", "volume2")
    view = rig.views.of(run)
    assert view.run == run
    assert [snapshot.volume for snapshot in view.snapshots] == ["volume1", "volume2"]
    assert len(view.vms) == 2
    assert view.writers
    assert view.usual_s[Phase.CHECKING] > 0
    assert view.phase_now() is None


def test_a_node_that_records_no_phases_is_said_and_the_array_tells_the_snapshot(rig: Rig) -> None:
    rig.node().probe = replace(rig.node().probe, diag_disabled=True)
    rig.node().script.seconds["create"] = 60
    run = rig.backup()
    assert run.stage is Stage.VERIFIED
    assert any("switched off" in note for note in rig.runs.notes(run.id))
