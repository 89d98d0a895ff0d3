"""Wishes that meet: the same twice, another volume of the same cluster, an envelope that comes twice."""

from __future__ import annotations

from tests.journeys.world import MARA, NADIA, Town, text_of, until


def test_the_same_wish_joins_and_another_volume_waits_its_turn(town: Town) -> None:
    cluster = town.cluster()
    town.post("node", action="set_timing", cluster=cluster, prepare_snapshot_s=300.0)
    first = town.backup(cluster, "volume1")
    assert f"Joined: backup of {cluster} volume1" in town.answer(f"/vss backup {cluster} volume1", user=MARA)
    assert f"It waits for run `{first}`" in town.answer(f"/vss backup {cluster} volume3")
    [one, other] = [str(row["id"]) for row in town.runs(cluster)]
    assert one == first
    until(lambda: f"Waits for run `{first}`" in text_of(town.card(other)), "the second card shows its place")
    assert town.stage(other) == "queued"
    assert town.ends(first) == "verified"
    assert town.ends(other) == "verified"
    assert f"joined by <@{MARA}>" in text_of(town.card(first))
    names = town.snapshots(cluster)
    assert [name.partition(".")[0] for name in names] == [f"{cluster}-csv1", f"{cluster}-csv3"]
    sets = town.sets(cluster)
    assert [one["volumes"] for one in sorted(sets, key=lambda s: s["started"])] == [
        ["C:\\ClusterStorage\\Volume1\\"],
        ["C:\\ClusterStorage\\Volume3\\"],
    ]
    assert max(node["max_concurrent_creates"] for node in town.nodes(cluster)) == 1


def test_an_envelope_that_comes_twice_is_one_run(town: Town) -> None:
    cluster = town.cluster()
    town.break_("slack.socket", "redeliver")
    run = town.backup(cluster, "volume1")
    allowed = f"backup {cluster} volume1"
    until(lambda: [a["what"] for a in town.audit()].count(allowed) == 2, "both envelopes were read")
    assert [row["id"] for row in town.runs(cluster)] == [run]
    assert [row["actor"] for row in town.rows("select actor from wishes where run_id = ?", run)] == [NADIA]
    assert town.card(run)
