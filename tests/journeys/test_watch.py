"""A person watches one backup from the question to the array snapshot's final name."""

from __future__ import annotations

import re

import pytest

from tests.journeys.shells import no_shell_is_left
from tests.journeys.stories import HYPER_V
from tests.journeys.world import Town, first, second, text_of

HEADLINES = (
    *("Queued", "Checking", "Gathering writers", "Gate", "Preparing", "Freeze and snapshot", "Thaw"),
    *("Completing", "Proving", "Verified"),
)
LENGTHS = {"identify_s": 60.0, "prepare_snapshot_s": 150.0, "freeze_s": 8.0, "post_snapshot_s": 150.0}


@pytest.fixture(scope="module")
def run(village: Town) -> str:
    """A backup of cluster1 volume1 whose phases are long enough to be seen one by one."""
    cluster = village.cluster()
    village.post("node", action="set_timing", cluster=cluster, **LENGTHS, complete_s=150.0)
    run = village.backup(cluster, "volume1")
    assert village.ends(run) == "verified"
    return run


def cluster_of(run: str) -> str:
    """Return the cluster with which a run's id begins."""
    return run.partition("-")[0]


def test_it_is_verified_by_the_name_that_the_array_lists(village: Town, run: str) -> None:
    cluster = cluster_of(run)
    [name] = village.snapshots(cluster)
    assert re.fullmatch(rf"{cluster}-csv1\.VSS-[0-9A-F]{{32}}", name)
    card = text_of(village.card(run))
    assert f"`{name}`" in card
    assert f"copy `{name}` to a new array volume" in card
    [notice] = village.notices(run)
    assert name in notice["text"]
    assert len(notice["revisions"]) == 1


def test_the_phases_come_in_order_with_writers_and_seconds_and_vms_by_name(village: Town, run: str) -> None:
    cluster = cluster_of(run)
    revisions = village.card(run)["revisions"]
    seen = [one["text"].partition(":")[0] for one in revisions]
    places = [HEADLINES.index(headline) for headline in seen]
    assert places == sorted(places)
    assert {"Queued", "Preparing", "Thaw", "Verified"} <= set(seen)
    live, last = [text_of(one) for one in revisions[:-1]], text_of(revisions[-1])
    assert any(f"*VSS writers on `{first(cluster)}`*" in text for text in live)
    for writer in (HYPER_V, "Cluster Shared Volume VSS Writer", "System Writer"):
        assert any(re.search(rf"(Now|Done) · `{writer}` · `[A-Z]+` · [\d.]+ s", text) for text in live)
    assert "took part and did not fail" in last
    assert f"`{cluster}-vm01` on `{first(cluster)}`" in last
    assert f"`{cluster}-vm02` on `{second(cluster)}`" in last


def test_it_leaves_files_below_one_folder_only_no_process_and_no_shell(village: Town, run: str) -> None:
    [owner, other] = village.nodes(cluster_of(run))
    fresh = set(village.nodes(village.unused())[0]["files"])
    for node in (owner, other):
        assert {path for path in node["files"] if not path.startswith("C:\\vssbot\\")} <= fresh
        assert [p["command_line"] for p in node["processes"] if p["exit_code"] is None] == []
        assert node["max_concurrent_creates"] <= 1
        no_shell_is_left(village, node["name"])
    assert [one["state"] for one in owner["shadow_copy_sets"]] == ["completed"]
    assert other["shadow_copy_sets"] == []
