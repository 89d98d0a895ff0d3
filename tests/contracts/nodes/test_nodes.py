"""What every use case relies on when it speaks with a node; held against the fake and the adapter."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.domain.events import LOGS
from bot.domain.vss import PURE_PROVIDER
from bot.ports import Refused, RunFolder
from integrations.hyperv import kit

from .benches import CLUSTER, NODE, OTHER, VOLUMES, Bench, ask, new_id

PLACE = (CLUSTER, NODE)


def look(bench: Bench, request_id: str) -> RunFolder:
    return bench.nodes.look(*PLACE, request_id)


def done(bench: Bench, request_id: str) -> RunFolder:
    """Return the first look at which the request is done.

    The task may still be ending for the request before, and a start is ignored while it runs: hence the nudges.
    """

    def look_and_nudge() -> RunFolder | None:
        folder = look(bench, request_id)
        if not folder.claimed:
            bench.nodes.nudge(*PLACE)
        return folder if folder.done else None

    return bench.until(look_and_nudge)


def _is_under_way(bench: Bench, request_id: str) -> bool:
    folder = look(bench, request_id)
    if not folder.claimed:
        bench.nodes.nudge(*PLACE)
    return folder.started


@pytest.fixture
def disabled(bench: Bench) -> Iterator[Bench]:
    bench.enable_task(on=False)
    yield bench
    bench.enable_task(on=True)


@pytest.fixture
def at_the_gate(bench: Bench) -> Iterator[tuple[Bench, str]]:
    """Return a bench and a request whose DiskShadow runs and has not reached the gate."""
    bench.gather_for_long(long=True)
    request_id = new_id()
    ask(bench, request_id, "volume1", "events")
    bench.until(lambda: _is_under_way(bench, request_id))
    yield bench, request_id
    bench.gather_for_long(long=False)


def test_an_unknown_request_shows_nothing(bench: Bench) -> None:
    folder = look(bench, new_id())
    assert folder == RunFolder(claimed=False, seen_at=folder.seen_at)
    assert folder.seen_at.tzinfo is not None


def test_a_backup_is_claimed_committed_created_ended_and_done(bench: Bench) -> None:
    request_id, before = new_id(), bench.sets_made()
    ask(bench, request_id, "volume1", "volume2", "events")
    folder = done(bench, request_id)
    assert (folder.claimed, folder.started, folder.committed) == (True, True, True)
    assert (folder.created, folder.ended, folder.exit_code) == (True, True, 0)
    assert (folder.armed, folder.cancelled, folder.gone) == (False, False, False)
    assert folder.set_id is not None and len(folder.set_id) == 36 and folder.set_id.islower()
    assert set(folder.shadow_ids) == {"vssbot_1", "vssbot_2"}
    assert bench.sets_made() == before + 1


def test_asking_again_at_any_time_is_still_one_request(bench: Bench) -> None:
    request_id, before = new_id(), bench.sets_made()
    ask(bench, request_id, "volume1", "events")
    ask(bench, request_id, "volume1", "events")
    bench.until(lambda: _is_under_way(bench, request_id))
    ask(bench, request_id, "volume1", "events")
    first = done(bench, request_id)
    ask(bench, request_id, "volume1", "events")
    other = new_id()
    ask(bench, other, "probe")
    done(bench, other)
    again = look(bench, request_id)
    assert (again.set_id, again.exit_code, again.done) == (first.set_id, 0, True)
    assert not again.armed
    assert bench.sets_made() == before + 1


def test_a_request_whose_task_refuses_to_start_is_there_all_the_same(disabled: Bench) -> None:
    request_id = new_id()
    with pytest.raises(Refused) as refused:
        disabled.nodes.ask(*PLACE, request_id, ["volume1"])
    assert refused.value.code == "task-refused"
    assert refused.value.place == NODE
    folder = look(disabled, request_id)
    assert (folder.armed, folder.claimed) == (True, False)
    assert disabled.nodes.cancel(*PLACE, request_id)  # so that it runs nowhere later


def test_a_request_that_waits_is_taken_after_a_nudge(disabled: Bench) -> None:
    request_id = new_id()
    ask(disabled, request_id, "probe")
    disabled.enable_task(on=True)
    assert not look(disabled, request_id).claimed
    disabled.nodes.nudge(*PLACE)
    assert done(disabled, request_id).claimed


def test_a_cancel_before_the_claim_wins_for_good(disabled: Bench) -> None:
    request_id, later, before = new_id(), new_id(), disabled.sets_made()
    ask(disabled, request_id, "volume1", "events")
    assert disabled.nodes.cancel(*PLACE, request_id)
    assert disabled.nodes.cancel(*PLACE, request_id), "asked again it still tells who won"
    ask(disabled, request_id, "volume1", "events")
    disabled.enable_task(on=True)
    ask(disabled, later, "probe")
    done(disabled, later)
    folder = look(disabled, request_id)
    assert (folder.cancelled, folder.armed, folder.claimed, folder.committed) == (True, False, False, False)
    assert disabled.sets_made() == before


def test_a_cancel_at_the_gate_lets_diskshadow_end_without_a_shadow_copy(
    at_the_gate: tuple[Bench, str],
) -> None:
    bench, request_id = at_the_gate
    before = bench.sets_made()
    assert not look(bench, request_id).committed
    assert bench.nodes.cancel(*PLACE, request_id)
    folder = done(bench, request_id)
    assert (folder.cancelled, folder.committed, folder.created) == (True, False, False)
    assert folder.exit_code not in (0, None)
    assert folder.set_id is None
    assert bench.sets_made() == before
    report = bench.nodes.record(*PLACE, request_id).output
    assert not report.created
    assert "create" not in report.echoed


def test_a_cancel_after_the_gate_loses_and_changes_nothing(bench: Bench) -> None:
    request_id = new_id()
    ask(bench, request_id, "volume1", "events")
    bench.until(lambda: _is_under_way(bench, request_id) and look(bench, request_id).committed)
    assert not bench.nodes.cancel(*PLACE, request_id)
    folder = done(bench, request_id)
    assert (folder.cancelled, folder.exit_code) == (False, 0)


def test_a_cancel_of_an_unknown_request_wins_nothing(bench: Bench) -> None:
    request_id = new_id()
    assert not bench.nodes.cancel(*PLACE, request_id)
    assert not look(bench, request_id).cancelled


def test_a_restart_leaves_a_claimed_request_that_the_next_start_marks_as_gone(
    at_the_gate: tuple[Bench, str],
) -> None:
    bench, request_id = at_the_gate
    bench.reboot()
    folder = look(bench, request_id)
    assert (folder.claimed, folder.done, folder.gone) == (True, False, False)
    bench.nodes.nudge(*PLACE)
    gone = bench.until(lambda: found if (found := look(bench, request_id)).gone else None)
    assert (gone.done, gone.exit_code) == (False, None)


def test_while_it_runs_the_node_shows_how_far_its_writers_are(bench: Bench) -> None:
    request_id = new_id()
    ask(bench, request_id, "volume1", "events")
    seen = bench.until(
        lambda: folder.diag.records if (folder := look(bench, request_id)).diag.records else None
    )
    assert all(record.phase and record.at.tzinfo is not None for record in seen)
    done(bench, request_id)
    assert bench.nodes.diagnostics(*PLACE).records


def test_the_record_of_a_backup_says_everything(bench: Bench) -> None:
    request_id = new_id()
    ask(bench, request_id, "volume1", "events")
    folder = done(bench, request_id)
    record = bench.nodes.record(*PLACE, request_id)
    assert record.unreadable == ()
    assert (record.output.created, record.output.completed) == (True, True)
    assert record.output.set_id == folder.set_id
    assert record.output.shadow_ids == folder.shadow_ids
    assert record.output.hresult is None
    assert any(paths for paths in record.output.included.values())
    assert {state.log for state in record.logs_before} == set(LOGS)
    assert {state.log for state in record.logs_after} == set(LOGS)
    assert record.raw_output


def test_the_record_of_events_alone_lacks_nothing_that_was_wanted(bench: Bench) -> None:
    request_id = new_id()
    ask(bench, request_id, "events")
    folder = done(bench, request_id)
    assert not folder.started
    record = bench.nodes.record(*PLACE, request_id)
    assert record.unreadable == ()
    assert {state.log for state in record.logs_after} == set(LOGS)


def test_a_record_that_is_not_there_is_said_to_be_unreadable(bench: Bench) -> None:
    assert bench.nodes.record(*PLACE, new_id()).unreadable


def test_a_probe_tells_what_the_node_knows_of_its_cluster(bench: Bench) -> None:
    request_id = new_id()
    ask(bench, request_id, "probe")
    done(bench, request_id)
    probe = bench.nodes.probe(*PLACE, request_id)
    assert probe.problems == ()
    assert (probe.node, probe.kit_version) == (NODE, kit.version())
    assert probe.boot
    assert {node.name.lower() for node in probe.nodes} == {NODE, OTHER}
    assert all(node.is_fit for node in probe.nodes)
    assert {csv.path for csv in probe.csvs} >= {VOLUMES["volume1"], VOLUMES["volume2"]}
    assert all(csv.serial and len(csv.serial) == 24 and csv.online for csv in probe.csvs)
    assert probe.vms and all(vm.disks for vm in probe.vms)
    assert PURE_PROVIDER in {provider.provider_id.lower() for provider in probe.providers}
    assert probe.provider_arrays[0].authenticated
    assert probe.services is not None and probe.services["vmms"]
    assert probe.processes_known and probe.diskshadow_pids == ()
    assert {state.log for state in probe.logs} == set(LOGS)


def test_a_probe_that_was_not_asked_for_is_full_of_problems(bench: Bench) -> None:
    assert bench.nodes.probe(*PLACE, new_id()).problems


def test_an_installed_kit_is_known_by_version_and_volumes(bench: Bench) -> None:
    state = bench.nodes.kit(*PLACE)
    assert (state.installed, state.version, state.changed_files) == (True, kit.version(), ())
    assert set(state.volumes) == set(VOLUMES)


def test_a_kit_that_is_not_there_is_told_and_nothing_can_be_asked(bench: Bench) -> None:
    bench.hide_kit(hidden=True)
    try:
        assert not bench.nodes.kit(CLUSTER, OTHER).installed
        with pytest.raises(Refused) as refused:
            bench.nodes.ask(CLUSTER, OTHER, new_id(), ["probe"])
        assert refused.value.code == "kit-missing"
        assert refused.value.next_step
    finally:
        bench.hide_kit(hidden=False)
    assert bench.nodes.kit(CLUSTER, OTHER).installed


def test_a_changed_file_of_the_kit_is_named(bench: Bench) -> None:
    bench.change_kit_file("gate.cmd")
    assert bench.nodes.kit(CLUSTER, OTHER).changed_files == ("gate.cmd",)


def test_what_was_forgotten_is_opened_again(bench: Bench) -> None:
    look(bench, new_id())
    bench.nodes.forget(*PLACE)
    bench.nodes.forget(*PLACE)
    assert not look(bench, new_id()).claimed
