"""Wishes that meet: the same twice, another volume of the same cluster, an envelope that comes twice."""

from __future__ import annotations

from tests.journeys.stories import Story
from tests.journeys.world import MARA, NADIA, Town, text_of, until


def test_the_same_wish_joins_and_another_volume_waits_its_turn(town: Town, stories: dict[str, Story]) -> None:
    story = stories["queue"]
    assert f"Joined: backup of {story.cluster} volume1" in story.answer
    assert f"It waits for run `{story.run}`" in story.answer
    assert town.ends(story.run) == "verified"
    assert town.ends(story.behind) == "verified"
    assert f"joined by <@{MARA}>" in text_of(town.card(story.run))
    waited = [text_of(one) for one in town.card(story.behind)["revisions"]]
    assert any(f"Waits for run `{story.run}`" in text for text in waited)
    names = town.snapshots(story.cluster)
    assert [name.partition(".")[0] for name in names] == [f"{story.cluster}-csv1", f"{story.cluster}-csv3"]
    sets = sorted(town.sets(story.cluster), key=lambda one: one["started"])
    paths = [["C:\\ClusterStorage\\Volume1\\"], ["C:\\ClusterStorage\\Volume3\\"]]
    assert [one["volumes"] for one in sets] == paths
    assert max(node["max_concurrent_creates"] for node in town.nodes(story.cluster)) == 1


def test_an_envelope_that_comes_twice_is_one_run(town: Town) -> None:
    cluster = town.cluster()
    town.break_("slack.socket", "redeliver")
    run = town.backup(cluster, "volume1")
    allowed = f"backup {cluster} volume1"
    until(lambda: [a["what"] for a in town.audit()].count(allowed) == 2, "both envelopes were read")
    assert [row["id"] for row in town.runs(cluster)] == [run]
    assert [row["actor"] for row in town.rows("select actor from wishes where run_id = ?", run)] == [NADIA]
    assert town.card(run)
