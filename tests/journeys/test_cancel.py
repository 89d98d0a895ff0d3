"""Cancelling: in the queue, before the gate, past the gate; a cancel is never said to have won when it has not."""

from __future__ import annotations

from tests.journeys.stories import Story
from tests.journeys.world import NADIA, Town, text_of


def test_a_cancel_before_the_gate_stops_diskshadow_where_a_failing_script_does(
    town: Town, stories: dict[str, Story]
) -> None:
    story = stories["cancelled"]
    assert town.ends(story.run) == "cancelled"
    assert town.snapshots(story.cluster) == []
    assert town.sets(story.cluster) == []
    assert all(p["exit_code"] is not None for n in town.nodes(story.cluster) for p in n["processes"])
    verdict = town.verdict(story.run)
    assert "until then nothing is certain" in story.answer
    assert "before the shadow copy" in verdict["why"]
    assert f"Cancel asked for by <@{NADIA}>" in text_of(town.card(story.run))
    assert len(town.notices(story.run)) == 1


def test_a_cancel_that_did_not_stop_diskshadow_is_not_called_one(
    town: Town, stories: dict[str, Story]
) -> None:
    story = stories["not stopped"]
    outcome = town.ends(story.run)
    [name] = town.snapshots(story.cluster)
    verdict = town.verdict(story.run)
    assert outcome in ("verified", "incomplete")
    assert name in verdict["what"] + verdict["safe"]
    if outcome == "verified":
        assert "The cancel did not stop it" in verdict["why"]


def test_a_cancel_past_the_gate_is_refused_and_the_backup_goes_on(
    town: Town, stories: dict[str, Story]
) -> None:
    story = stories["too late"]
    assert "can no longer be cancelled: it is past the gate" in story.answer
    assert town.rows("select cancel_by from runs where id = ?", story.run)[0]["cancel_by"] is None
    assert town.ends(story.run) == "verified"


def test_a_run_that_waits_is_cancelled_in_the_queue_by_its_button(town: Town) -> None:
    cluster = town.cluster()
    town.post("node", action="set_timing", cluster=cluster, prepare_snapshot_s=300.0)
    running = town.backup(cluster, "volume1")
    waiting = town.backup(cluster, "volume2")
    town.in_phase(running, "Preparing")
    card = town.card(waiting)
    assert f"Waits for run `{running}`" in text_of(card)
    clicked = {"user": NADIA, "channel": card["channel"], "ts": card["ts"], "action_id": "vss_cancel"}
    assert town.post("slack/click", **clicked) == {"ok": True}
    assert town.ends(waiting) == "cancelled"
    assert town.verdict(waiting)["why"] == "It was still in the queue."
    assert town.ends(running) == "verified"
    [name] = town.snapshots(cluster)
    assert name.startswith(f"{cluster}-csv1.")
