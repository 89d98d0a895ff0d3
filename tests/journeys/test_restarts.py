"""The bot dies or is stopped at every kind of moment: it finds its runs again and never makes a second set."""

from __future__ import annotations

from tests.journeys.shells import no_shell_is_left, open_shells
from tests.journeys.world import Town, first, second, text_of, until


def proved_once(village: Town, run: str) -> None:
    """Assert that a run ended with one set, one array snapshot, one final card and one notice."""
    cluster = run.partition("-")[0]
    assert village.ends(run) == "verified"
    assert len(village.sets(cluster)) == 1
    [name] = village.snapshots(cluster)
    card = village.card(run)
    assert f"`{name}`" in text_of(card)
    assert card["text"].startswith("Verified")
    [notice] = village.notices(run)
    assert name in notice["text"]
    assert max(node["max_concurrent_creates"] for node in village.nodes(cluster)) == 1


def test_killed_while_queued_checking_creating_and_proving_it_ends_each_run_once(village: Town) -> None:
    queued, checking, creating, proving = (village.cluster() for _ in range(4))
    village.post("node", action="set_timing", cluster=creating, prepare_snapshot_s=1200.0)
    proved = village.backup(proving, "volume1")
    village.comes_to(proved, "creating")
    # The other node's events are asked for while proving; its answer comes late.
    village.break_(f"winrm.command@{second(proving)}", "slow", delay_s=20.0)
    created = village.backup(creating, "volume1")
    village.comes_to(created, "creating")
    village.break_(f"winrm.command@{first(checking)}", "slow", delay_s=20.0)
    village.break_(f"winrm.command@{second(checking)}", "slow", delay_s=20.0)
    checked = village.backup(checking, "volume1")
    village.in_phase(created, "Preparing")
    village.in_phase(checked, "Checking")
    village.in_phase(proved, "Proving")
    waiting = village.backup(queued, "volume1")
    village.kill_bot()
    stages = [village.stage(run) for run in (checked, created, proved)]
    assert stages == ["checking", "creating", "proving"]
    assert village.stage(waiting) in ("queued", "checking")
    assert [one["state"] for one in village.sets(creating)] != ["completed"]
    village.start_bot()
    for run in (waiting, checked, created, proved):
        proved_once(village, run)
    for cluster in (queued, checking, creating, proving):
        for node in (first(cluster), second(cluster)):
            no_shell_is_left(village, node)


def test_stopped_during_create_it_leaves_at_once_and_the_node_goes_on(village: Town) -> None:
    cluster = village.cluster()
    village.post("node", action="set_timing", cluster=cluster, prepare_snapshot_s=600.0)
    run = village.backup(cluster, "volume1")
    village.in_phase(run, "Preparing")
    assert village.stop_bot() <= 10.0
    assert village.stage(run) == "creating"
    assert [p for p in village.nodes(cluster)[0]["processes"] if p["exit_code"] is None]
    assert not open_shells(village, first(cluster))
    until(lambda: [s["state"] for s in village.sets(cluster)] == ["completed"], "the node ends it by itself")
    village.start_bot()
    proved_once(village, run)


def test_killed_while_slack_is_away_it_tells_the_outcome_once_when_slack_is_back(village: Town) -> None:
    cluster = village.cluster()
    run = village.backup(cluster, "volume1")
    village.comes_to(run, "creating")
    for method in ("chat.postMessage", "chat.update"):
        village.break_(f"slack.{method}", "503", count=100_000)
    assert village.comes_to(run, "verified")
    village.kill_bot()
    assert village.notices(run) == []
    village.mend()
    village.start_bot()
    proved_once(village, run)
