"""When the bot cannot see a node: nothing is begun twice, the lock stays, people are asked once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.backup import Run, Stage
from bot.ports import Refused
from tests.use_cases.rig import Rig

IN_CREATE_S = 12.0
"""When the node is past the gate and before its snapshot."""


def stages(rig: Rig, run: Run) -> list[str]:
    """Return the stages that the card showed, each change once."""
    words = [text.split(" | ")[0] for text in rig.card(run)]
    return [word for place, word in enumerate(words) if place == 0 or words[place - 1] != word]


def silence(rig: Rig, *, after: float, seconds: float, node: str = "hv-01") -> None:
    rig.clock.later(after, lambda: setattr(rig.node(node), "silent", "no answer in time"))
    rig.clock.later(after + seconds, lambda: setattr(rig.node(node), "silent", ""))


def test_a_silence_shorter_than_a_minute_is_nothing_to_talk_about(rig: Rig) -> None:
    silence(rig, after=IN_CREATE_S, seconds=45)
    run = rig.backup()
    assert run.stage is Stage.VERIFIED
    assert "unknown" not in stages(rig, run)


def test_a_node_that_is_silent_for_minutes_is_unknown_and_found_again(rig: Rig) -> None:
    silence(rig, after=IN_CREATE_S, seconds=300)
    run = rig.backup()
    assert run.stage is Stage.VERIFIED
    assert stages(rig, run) == [
        "queued",
        "checking",
        "creating",
        "unknown",
        "creating",
        "proving",
        "verified",
    ]
    assert rig.questions_to_people() == []
    assert len(rig.backups()) == len(rig.sets()) == 1
    assert not any("Contact with" in note for note in rig.runs.notes(run.id))


def test_an_unknown_run_says_what_goes_on_and_keeps_the_cluster(rig: Rig) -> None:
    first, seen = rig.wish("volume1"), []
    second = rig.wish("volume2")

    def look() -> None:
        seen.append((rig.now(first).stage, rig.now(second).stage, rig.runs.notes(first.id)))

    silence(rig, after=IN_CREATE_S, seconds=600)
    rig.clock.later(400, look)
    rig.work()
    stage, waiting, notes = seen[0]
    assert (stage, waiting) == (Stage.UNKNOWN, Stage.QUEUED)
    assert "hv-01 goes on by itself" in notes[0]
    assert rig.now(first).stage is Stage.VERIFIED
    assert rig.now(second).stage is Stage.VERIFIED


def test_after_a_quarter_of_an_hour_a_person_is_asked_once_and_it_still_goes_on(rig: Rig) -> None:
    silence(rig, after=IN_CREATE_S, seconds=2 * 3600)
    run = rig.backup()
    assert rig.questions_to_people() == [f"ask:{run.request_id}"]
    assert run.stage is Stage.VERIFIED
    assert len(rig.sets()) == 1


def test_the_question_to_a_person_is_the_same_one_after_a_restart(rig: Rig) -> None:
    silence(rig, after=IN_CREATE_S, seconds=3600)
    run = rig.wish()
    rig.clock.later(1800, rig.engine.stop)
    rig.work()
    assert rig.now(run).stage is Stage.UNKNOWN
    rig.restart()
    rig.work()
    assert rig.questions_to_people() == [f"ask:{run.request_id}"]
    assert rig.now(run).stage is Stage.VERIFIED


def test_a_node_that_never_claims_gives_the_request_back_and_the_run_fails(rig: Rig) -> None:
    rig.node().script.hangs_before = "claim"
    run = rig.backup()
    assert run.verdict is not None
    assert (run.stage, run.verdict.code) == (Stage.FAILED, "task-not-started")
    assert rig.node().backups()[0].cancelled
    assert 180 < (rig.clock.now() - run.requested_at).total_seconds() < 260
    rig.node().script.hangs_before = ""
    rig.clock.pass_time(600)
    rig.nodes.nudge("cluster1", "hv-01")
    rig.clock.pass_time(600)
    rig.nodes.nudge("cluster1", "hv-01")
    assert rig.sets() == []


def test_a_task_that_comes_late_is_started_again_until_it_takes_the_request(rig: Rig) -> None:
    def disable(*, enabled: bool) -> None:
        rig.node().task_enabled = enabled

    rig.node().script.seconds["claim"] = 30
    run = rig.backup()
    assert run.stage is Stage.VERIFIED
    assert len(rig.backups()) == 1


def refused_in(rig: Rig, after: float, code: str = "login-refused") -> None:
    refusal = Refused("hv-01", "the log-on of svc was not accepted", code, "Check the account.")
    rig.clock.later(after, lambda: setattr(rig.node(), "refuses", refusal))


def test_a_log_on_that_is_refused_in_the_check_is_tried_once_and_another_node_is_asked(rig: Rig) -> None:
    refused_in(rig, 0)
    run = rig.wish()
    rig.clock.wait(0)
    rig.work()
    assert rig.node().asked <= 2
    assert rig.now(run).node == "hv-02"


def test_a_log_on_that_every_node_refuses_ends_the_run_before_anything_was_begun(rig: Rig) -> None:
    for node in ("hv-01", "hv-02"):
        rig.node(node).refuses = Refused(node, "the log-on was not accepted", "login-refused", "Check it.")
    run = rig.backup()
    assert run.verdict is not None
    assert (run.stage, run.verdict.code) == (Stage.FAILED, "login-refused")
    assert "Check it." in run.verdict.next_step
    assert [rig.node(node).asked for node in ("hv-01", "hv-02")] == [1, 1]


def test_a_password_that_expires_in_mid_run_causes_no_storm_of_log_ons(rig: Rig) -> None:
    refused_in(rig, IN_CREATE_S)
    run = rig.wish()
    rig.clock.later(IN_CREATE_S + 1, lambda: setattr(rig.node(), "asked", 0))
    asked: list[int] = []
    rig.clock.later(IN_CREATE_S + 1800, lambda: asked.append(rig.node().asked))
    rig.clock.later(IN_CREATE_S + 1801, lambda: setattr(rig.node(), "refuses", None))
    rig.work()
    assert asked[0] <= 10, "an account is locked after some wrong passwords"
    assert rig.now(run).stage is Stage.VERIFIED
    assert "unknown" in stages(rig, run)


def test_a_request_that_is_refused_is_taken_back_and_not_left_behind(rig: Rig) -> None:
    run = rig.wish()
    rig.clock.later(0.9, lambda: setattr(rig.node(), "task_enabled", False))
    rig.work()
    run = rig.now(run)
    assert run.verdict is not None
    assert (run.stage, run.verdict.code) == (Stage.FAILED, "task-refused")
    rig.node().task_enabled = True
    rig.nodes.nudge("cluster1", "hv-01")
    rig.clock.pass_time(600)
    rig.nodes.nudge("cluster1", "hv-01")
    assert rig.sets() == []


def test_a_node_that_loses_its_power_and_stays_away_is_unknown_until_it_is_back(rig: Rig) -> None:
    def fall() -> None:
        rig.nodes.reboot("cluster1", "hv-01")

    rig.clock.later(IN_CREATE_S, fall)
    silence(rig, after=IN_CREATE_S, seconds=1800)
    run = rig.backup()
    assert run.verdict is not None
    assert (run.stage, run.verdict.code) == (Stage.FAILED, "interrupted")
    assert "unknown" in stages(rig, run)
    assert len(rig.backups()) == 1


@pytest.mark.parametrize("after", [4.0, 8.0, 15.0, 24.0, 30.0])
def test_a_cut_of_five_minutes_at_any_time_after_the_check_is_survived(rig: Rig, after: float) -> None:
    silence(rig, after=after, seconds=300)
    run = rig.backup()
    assert run.stage is Stage.VERIFIED
    assert len(rig.sets()) == 1


def test_a_run_that_takes_very_long_is_told_to_a_person_and_goes_on(rig: Rig) -> None:
    rig.node().script = replace(rig.node().script, seconds={**rig.node().script.seconds, "snapshot": 3600.0})
    run = rig.backup()
    assert rig.questions_to_people() == [f"ask:{run.request_id}"]
    assert run.stage is Stage.VERIFIED


def test_a_node_that_is_silent_during_the_check_leaves_the_backup_unproved(rig: Rig) -> None:
    """The other node takes it, but which VMs the silent one runs is not known."""
    silence(rig, after=0.0, seconds=300)
    run = rig.backup()
    assert (run.stage, run.node) == (Stage.UNVERIFIED, "hv-02")
    assert len(rig.sets()) == 1
