"""What people ask for: who may, what is written down, and what they are told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.domain.answers import Accepted, Answer, Explained, HelpShown, Listing, Shown, Told
from bot.domain.backup import Actor, Run, Stage, Target
from bot.domain.wording import Backup, Complaint
from bot.ports import Request
from tests.builders import CLI, NADIA, NOBODY, OMAR, VERA, WORKSPACE
from tests.use_cases.rig import Rig

WISH = Backup("cluster1", ("volume1",))


def ask(rig: Rig, by: Actor, *, team: str = WORKSPACE, channel: str = "COPS") -> Answer:
    return rig.desk.backup(WISH, by=by, key=f"key-{by.id}", channel=channel, team=team)


def marks(answer: Answer) -> bool:
    """Tell whether a text holds Slack's own marks, which nothing outside the chat side may write."""
    texts = [answer.what, answer.why, answer.safe, answer.next_step] if isinstance(answer, Told) else []
    return any("<@" in text or "<#" in text for text in texts)


@pytest.mark.parametrize("by", [NADIA, OMAR, CLI])
def test_admins_operators_and_the_command_line_may_ask_for_a_backup(rig: Rig, by: Actor) -> None:
    assert isinstance(ask(rig, by), Accepted)
    entry = rig.audit.entries[-1]
    assert (entry.actor, entry.decision, entry.what) == (by.id, "allowed", "backup cluster1 volume1")
    assert entry.result.startswith("recorded cluster1-")


@pytest.mark.parametrize("by", [VERA, NOBODY])
def test_others_may_not_and_are_told_whom_to_ask(rig: Rig, by: Actor) -> None:
    answer = ask(rig, by)
    assert isinstance(answer, Told)
    assert "deny by default" in answer.why
    assert "operators of cluster1" in answer.next_step
    assert rig.runs.recent(5) == []
    entry = rig.audit.entries[-1]
    assert (entry.actor, entry.decision, entry.rule) == (by.id, "refused", "deny by default")


def test_a_member_of_an_operators_group_may(rig: Rig) -> None:
    assert isinstance(ask(rig, NOBODY), Told)
    rig.members["SONCALL"] = frozenset({NOBODY.id})
    assert isinstance(ask(rig, NOBODY), Accepted)


def test_an_admin_of_another_workspace_is_nobody(rig: Rig) -> None:
    answer = ask(rig, NADIA, team="T2")
    assert isinstance(answer, Told)
    assert rig.audit.entries[-1].rule == "other workspace"
    assert rig.runs.recent(5) == []


def test_a_wish_from_a_direct_message_has_its_card_in_the_clusters_channel(rig: Rig) -> None:
    answer = ask(rig, OMAR, channel="D123")
    assert isinstance(answer, Accepted)
    assert answer.run.channel == "COPS"
    assert rig.audit.entries[-1].origin == "slack:D123"


def test_a_wish_from_another_channel_has_its_card_there(rig: Rig) -> None:
    answer = ask(rig, OMAR, channel="COTHER")
    assert isinstance(answer, Accepted)
    assert answer.run.channel == "COTHER"
    assert not answer.note.startswith("<")


@pytest.fixture
def run(rig: Rig) -> Run:
    return rig.wish()


Verb = Callable[[Rig, Run, Actor], Answer]


def show(rig: Rig, run: Run, by: Actor) -> Answer:
    return rig.desk.show(run.id, by=by)


def cancel(rig: Rig, run: Run, by: Actor) -> Answer:
    return rig.desk.cancel(run.id, by=by, origin="slack:COPS")


@pytest.mark.parametrize(
    ("verb", "by", "allowed"),
    [
        (show, NADIA, True),
        (show, OMAR, True),
        (show, VERA, True),
        (show, NOBODY, False),
        (cancel, NADIA, True),
        (cancel, OMAR, True),
        (cancel, CLI, True),
        (cancel, VERA, False),
        (cancel, NOBODY, False),
    ],
)
def test_each_verb_has_its_people(rig: Rig, run: Run, verb: Verb, by: Actor, allowed: bool) -> None:
    answer = verb(rig, run, by)
    assert rig.audit.entries[-1].decision == ("allowed" if allowed else "refused")
    assert rig.audit.entries[-1].what == f"{verb.__name__} {run.id}"
    assert not marks(answer)
    if not allowed:
        assert isinstance(answer, Told) and "may not" in answer.what
        assert rig.now(run).stage is Stage.QUEUED


def test_a_cancel_by_somebody_in_slack_writes_no_chat_mark_up_into_the_verdict(rig: Rig, run: Run) -> None:
    cancel(rig, run, OMAR)
    verdict = rig.now(run).verdict
    assert verdict is not None and "<@" not in verdict.sentence()
    assert rig.now(run).cancel_by == OMAR.id


def test_a_run_is_found_by_the_end_of_its_id(rig: Rig, run: Run) -> None:
    answer = rig.desk.show(run.id[-4:], by=OMAR)
    assert isinstance(answer, Shown)
    assert answer.view.run.id == run.id


def test_an_end_that_two_runs_have_in_common_is_refused_with_both(rig: Rig) -> None:
    first = rig.wish("volume1")
    one, other = (
        replace(first, id=f"{target.cluster}-20261123t060000000z-4f2a", target=target)
        for target in (Target("cluster1", ("volume2",)), Target("cluster2", ("volume1",)))
    )
    for run in (one, other):
        rig.runs.add_or_join(Request(run.id, run))
    answer = rig.desk.cancel("4f2a", by=NADIA, origin="slack:COPS")
    assert isinstance(answer, Told)
    assert one.id in answer.what and other.id in answer.what
    assert rig.now(one).stage is Stage.QUEUED


@pytest.mark.parametrize("verb", [show, cancel])
def test_a_run_that_is_not_there_is_told(rig: Rig, verb: Verb, run: Run) -> None:
    del run
    for text in ("nope", ""):
        answer = rig.desk.show(text, by=OMAR)
        assert isinstance(answer, Told) and "no run" in answer.what


def test_status_lists_only_what_one_may_see(rig: Rig, run: Run) -> None:
    other = rig.wish("volume1", cluster="cluster2", by=NADIA)
    seen = rig.desk.status(None, by=VERA)
    assert isinstance(seen, Listing)
    assert {view.run.id for view in seen.live} == {run.id, other.id}  # a viewer of both
    nothing = rig.desk.status(None, by=NOBODY)
    assert nothing == Listing()
    rig.work()
    ended = rig.desk.status(None, by=VERA)
    assert isinstance(ended, Listing)
    assert ended.live == ()
    assert {one.id for one in ended.recent} == {run.id, other.id}


def test_status_of_a_run_is_its_show(rig: Rig, run: Run) -> None:
    answer = rig.desk.status(run.id, by=OMAR)
    assert isinstance(answer, Shown)
    assert answer.view.run == run


def test_bad_input_is_in_the_audit(rig: Rig) -> None:
    complaint = Complaint("unknown-verb", "`dance` is not a command.")
    rig.desk.refuse(complaint, by=NOBODY, origin="slack:COPS", text="dance")
    entry = rig.audit.entries[-1]
    assert (entry.decision, entry.rule, entry.what) == ("refused", "bad input", "dance")


def test_codes_are_explained_to_everybody_and_near_ones_offered(rig: Rig) -> None:
    known = rig.desk.explain("0x80042306", by=NOBODY, origin="slack:COPS")
    assert isinstance(known, Explained) and known.name == "VSS_E_PROVIDER_VETO"
    unknown = rig.desk.explain("task-not-startet", by=NOBODY, origin="slack:COPS")
    assert isinstance(unknown, Told) and unknown.next_step
    assert isinstance(rig.desk.help(by=NOBODY), HelpShown)


def test_a_run_of_a_cluster_that_is_no_longer_configured_is_for_admins(rig: Rig, run: Run) -> None:
    rig.catalog = replace(rig.catalog, clusters={"cluster2": rig.catalog.clusters["cluster2"]})
    rig.restart()
    assert isinstance(rig.desk.show(run.id, by=NADIA), Shown)
    assert isinstance(rig.desk.show(run.id, by=OMAR), Told)
    assert rig.audit.entries[-1].rule == "cluster is no longer configured"


def test_the_audit_is_a_whole_chain(rig: Rig) -> None:
    run = rig.backup()
    cancel(rig, run, OMAR)
    ask(rig, NOBODY)
    assert rig.audit.verify() is None
    assert [entry.decision for entry in rig.audit.entries] == ["allowed", "done", "allowed", "refused"]
