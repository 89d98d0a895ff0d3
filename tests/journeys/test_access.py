"""Who may ask, and where the card goes when it cannot be where the wish was."""

from __future__ import annotations

from tests.journeys.stories import Story
from tests.journeys.world import IVO, NADIA, OPS, RANDOM, TOM, Town, until


def test_an_outsider_is_refused_and_audited(town: Town) -> None:
    cluster = town.unused()
    before = town.nodes(cluster)
    answer = town.answer(f"/vss backup {cluster} volume1", user=IVO)
    assert "You may not do that" in answer
    assert town.runs(cluster) == []
    entry = town.audit()[-1]
    assert (entry["actor"], entry["origin"], entry["decision"]) == (IVO, f"slack:{OPS}", "refused")
    assert entry["what"] == f"backup {cluster} volume1"
    assert town.nodes(cluster) == before


def test_a_team_member_may_look_and_not_start(town: Town) -> None:
    cluster = town.unused()
    answer = town.answer(f"/vss backup {cluster} volume1", user=TOM)
    assert "You may not do that" in answer
    assert f"add you to the operators of {cluster}" in answer
    assert "You may not do that" not in town.answer("/vss status", user=TOM)
    assert town.runs(cluster) == []


def test_a_click_is_checked_again_by_who_clicks(town: Town) -> None:
    cluster = town.cluster()
    town.post("node", action="set_timing", cluster=cluster, start_s=120.0)
    run = town.backup(cluster, "volume1")
    until(
        lambda: town.rows("select ts from outbox where key = ? and ts is not null", f"card:{run}"), "a card"
    )
    card = town.card(run)
    clicked = {"user": IVO, "channel": OPS, "ts": card["ts"], "action_id": "vss_cancel"}
    assert town.post("slack/click", **clicked) == {"ok": True}
    until(lambda: [a for a in town.audit() if a["actor"] == IVO and a["what"] == f"cancel {run}"], "audited")
    assert town.rows("select cancel_by from runs where id = ?", run) == [{"cancel_by": None}]


def test_a_wish_in_a_direct_message_has_its_card_in_the_clusters_channel(town: Town) -> None:
    cluster = town.cluster()
    answer = town.answer(f"/vss backup {cluster} volume1", channel="D0ONCALL001")
    assert f"<#{OPS}>" in answer
    run = str(town.runs(cluster)[0]["id"])
    until(
        lambda: town.rows("select ts from outbox where key = ? and ts is not null", f"card:{run}"), "a card"
    )
    assert town.card(run)
    assert all(message["ephemeral_to"] == NADIA for message in town.messages("D0ONCALL001"))


def test_a_wish_where_the_bot_is_no_member_has_its_card_in_the_clusters_channel(
    town: Town, stories: dict[str, Story]
) -> None:
    story = stories["elsewhere asked"]
    assert town.ends(story.run) == "verified"
    card = town.card(story.run, OPS)
    assert card["text"].startswith(f"Verified: backup of {story.cluster} volume1")
    assert len(card["revisions"]) > 1
    assert all(message["ephemeral_to"] == NADIA for message in town.messages(RANDOM))
