"""Who waits for whom, who joins whom, and how recorded runs come to the engine."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.answers import Accepted
from bot.domain.backup import Phase, Stage
from bot.domain.wording import Backup
from tests.builders import NADIA, OMAR, WORKSPACE
from tests.use_cases.rig import Rig


def ask(rig: Rig, *volumes: str, key: str, cluster: str = "cluster1") -> Accepted:
    rig.clock.wait(0.001)  # two wishes have one order only if their times differ
    wish = Backup(cluster, volumes)
    answer = rig.desk.backup(wish, by=OMAR, key=key, channel="COPS", team=WORKSPACE)
    assert isinstance(answer, Accepted)
    return answer


def test_the_same_key_twice_is_one_run(rig: Rig) -> None:
    first, again = ask(rig, "volume1", key="trigger-1"), ask(rig, "volume1", key="trigger-1")
    assert again.run.id == first.run.id
    assert again.joined
    rig.work()
    assert len(rig.backups()) == 1


def test_a_wish_that_a_live_run_covers_joins_it(rig: Rig) -> None:
    first = ask(rig, "volume1", "volume2", key="1")
    joined = rig.desk.backup(
        Backup("cluster1", ("volume2",)), by=NADIA, key="2", channel="COPS", team=WORKSPACE
    )
    assert isinstance(joined, Accepted)
    assert (joined.joined, joined.run.id) == (True, first.run.id)
    assert rig.views.of(first.run).joined == (NADIA,)
    rig.work()
    assert len(rig.backups()) == 1


def test_a_wish_for_other_volumes_of_the_cluster_waits_and_then_runs(rig: Rig) -> None:
    first, second = ask(rig, "volume1", key="1"), ask(rig, "volume2", key="2")
    assert second.waits_for == first.run.id
    assert f"waits for {first.run.id}" in rig.card(second.run)[0]
    rig.work()
    assert [rig.now(one.run).stage for one in (first, second)] == [Stage.VERIFIED] * 2
    ended, began = rig.now(first.run).ended_at, rig.runs.phases(second.run.id, 1)[0].started
    assert ended is not None and ended <= began


def test_a_wish_after_the_shadow_copy_was_made_is_a_backup_of_its_own(rig: Rig) -> None:
    first, later = ask(rig, "volume1", key="1"), []
    rig.clock.later(29, lambda: later.append(ask(rig, "volume1", key="2")))
    rig.work()
    assert not later[0].joined
    rig.work()
    assert rig.now(later[0].run).stage is Stage.VERIFIED
    assert rig.now(first.run).set_id != rig.now(later[0].run).set_id


def test_two_clusters_do_not_wait_for_each_other(rig: Rig) -> None:
    first, other = ask(rig, "volume1", key="1"), ask(rig, "volume1", key="2", cluster="cluster2")
    assert other.waits_for is None
    rig.work()
    assert {rig.now(one.run).stage for one in (first, other)} == {Stage.VERIFIED}


def test_a_live_run_is_handed_over_once(rig: Rig) -> None:
    run = rig.wish()
    assert rig.dispatcher.tick() == [run.id]
    assert rig.dispatcher.tick() == []


def test_what_an_earlier_life_recorded_is_handed_over_after_a_restart(rig: Rig) -> None:
    run = rig.wish()
    rig.restart()
    assert rig.dispatcher.tick() == [run.id]
    rig.engine.run_until_idle()
    assert rig.now(run).stage is Stage.VERIFIED
    assert rig.dispatcher.tick() == []


def test_handing_over_twice_across_a_restart_is_one_backup(rig: Rig) -> None:
    rig.wish()
    rig.dispatcher.tick()
    rig.restart()
    rig.work()
    assert len(rig.backups()) == 1


def test_a_new_wish_wakes_the_dispatcher_and_a_joined_one_need_not(rig: Rig) -> None:
    ask(rig, "volume1", key="1")
    assert rig.woken == 1
    ask(rig, "volume1", key="1")
    assert rig.woken == 1


def test_a_wish_after_the_freeze_was_seen_is_a_backup_of_its_own(rig: Rig) -> None:
    first, later = ask(rig, "volume1", key="1"), []

    def once_frozen() -> None:
        reached = {time.phase for time in rig.runs.phases(first.run.id, 1)}
        if Phase.FREEZE in reached and not later:
            assert rig.now(first.run).set_id is None
            later.append(ask(rig, "volume1", key="2"))

    for second in range(1, 60):
        rig.clock.later(second, once_frozen)
    rig.work()
    assert not later[0].joined


def test_a_queued_run_of_a_cluster_that_was_taken_out_fails_and_says_so(rig: Rig) -> None:
    run = rig.wish("volume1")
    rig.catalog = replace(rig.catalog, clusters={})
    rig.restart()
    rig.work()
    ended = rig.now(run)
    assert ended.stage is Stage.FAILED
    assert ended.verdict is not None and ended.verdict.code == "not-configured"
    assert rig.backups() == []
