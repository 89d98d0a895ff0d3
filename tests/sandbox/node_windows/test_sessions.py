"""What a session leaves: diagnostics on all nodes, events, states of writers, VMs in backup."""

from __future__ import annotations

import struct
import uuid

import pytest

from sandbox.faults import Fault
from sandbox.node.process import Call
from sandbox.node.vss import diag
from sandbox.node.windows import Windows
from tests.sandbox.node_windows.conftest import Site
from tests.sandbox.node_windows.standin import Node, make_node

PURE = "{781c006a-5829-4a25-81e3-d5e43bd005ab}"
HYPER_V = "Microsoft Hyper-V VSS Writer"
CSV_WRITER = "Cluster Shared Volume VSS Writer"
SCRIPT = (
    "set context persistent",
    "set option transportable",
    "begin backup",
    f"add volume C:\\ClusterStorage\\Volume1\\ provider {PURE}",
    "create",
    "end backup",
    "exit",
)


def records(win: Windows, writer: str, *, only_ours: bool = True) -> dict[str, tuple[int, int, str]]:
    """Return phase -> (state, HRESULT, set id) of a writer's diagnostics, without those of other requesters."""
    found = {}
    ours = {
        diag.NO_SET,
        *(made.id.strip("{}") for service in win.vss.peers.values() for made in service.sets),
    }
    for value in win.registry.values(f"{diag.DIAG_KEY}\\{writer}"):
        assert isinstance(value.data, bytes)
        fields = struct.unpack("<QQIIIIII16s16s", value.data)
        assert (fields[0], len(value.data)) == (72, 72)
        assert value.name.endswith("(Enter)" if fields[5] else "(Leave)")
        set_id = uuid.UUID(bytes_le=fields[8])
        if not only_ours or str(set_id) in ours:
            found[value.name] = (fields[6], fields[7], f"{{{set_id}}}")
    return found


def event_ids(win: Windows, log: str) -> list[int]:
    return [event.new.id for event in win.logs.events(log)]


def test_every_writer_leaves_every_phase_with_the_set_id(site: Site) -> None:
    site.run("hv-01", *SCRIPT)
    made = site.cluster.vss("hv-01").sets[0].id
    phases = (
        "PREPAREBACKUP",
        "PREPARESNAPSHOT",
        "FREEZE",
        "THAW",
        "POSTSNAPSHOT",
        "BACKUPCOMPLETE",
        "BACKUPSHUTDOWN",
    )
    for node in ("hv-01", "hv-02"):
        found = records(site.cluster.windows(node), HYPER_V)
        for phase in phases:
            assert found[f"{phase} (Enter)"][2] == found[f"{phase} (Leave)"][2] == made
    system = records(site.cluster.windows("hv-01"), "System Writer")
    assert system["BACKUPCOMPLETE (Enter)"] == (5, 0, made)
    assert system["IDENTIFY (Enter)"][2] == f"{{{uuid.UUID(int=0)}}}"
    assert not records(site.cluster.windows("hv-02"), "System Writer")


def test_switched_off_diagnostics_write_nothing(site: Site) -> None:
    site.cluster.switch_diag("hv-01", on=False)
    site.run("hv-01", *SCRIPT)
    assert not records(site.cluster.windows("hv-01"), HYPER_V)
    assert records(site.cluster.windows("hv-02"), HYPER_V)


def test_a_writer_that_fails_before_the_freeze_is_seen_after_the_array_snapshot(site: Site) -> None:
    site.cluster.fail_writer("hv-01", CSV_WRITER, "PREPARESNAPSHOT", 0x800423F4)
    code, out = site.run("hv-01", *SCRIPT)
    assert "\t- Returned HRESULT: 800423F4\n\t- Error text: VSS_E_WRITERERROR_NONRETRYABLE\n" in out
    assert (code, len(site.array.snapshots)) == (0, 1)
    win = site.cluster.windows("hv-01")
    assert records(win, CSV_WRITER)["PREPARESNAPSHOT (Leave)"][:2] == (8, 0x800423F4)
    assert 8229 in event_ids(win, "Application")
    assert 1544 in event_ids(win, "System")
    assert win.vss.writer(CSV_WRITER).state == 8


def test_a_writer_failure_may_stop_the_array_snapshot(site: Site) -> None:
    site.cluster.set_unknown("writer_failure_stops_commit", True)
    site.cluster.fail_writer("hv-01", HYPER_V)
    assert "800423F3" in site.run("hv-01", *SCRIPT)[1]
    assert not site.array.snapshots


def test_a_freeze_that_times_out_ends_the_set(site: Site) -> None:
    site.faults.add(Fault("vss.writer", "timeout", detail=f"{HYPER_V}/FREEZE"))
    assert "800423F2" in site.run("hv-01", *SCRIPT)[1]
    assert not site.array.snapshots
    assert site.cluster.vss("hv-01").writer(HYPER_V).state == 9


def test_a_writer_without_components_in_the_set_may_fail_unnoticed(site: Site) -> None:
    site.cluster.fail_writer("hv-01", "System Writer", "FREEZE")
    assert "failed" not in site.run("hv-01", *SCRIPT)[1]


def test_the_next_set_forgets_an_old_failure(site: Site) -> None:
    site.cluster.fail_writer("hv-01", HYPER_V)
    site.run("hv-01", *SCRIPT)
    assert "failed" not in site.run("hv-01", *SCRIPT)[1]
    assert site.cluster.vss("hv-01").writer(HYPER_V).state == 1


def test_a_failed_vm_shows_only_in_the_log_of_its_own_node(site: Site) -> None:
    vm = next(
        vm for vm in site.cluster.topology.vms.values() if vm.node == "HV-02" and "Volume1" in vm.disks[0]
    )
    site.cluster.fail_vm(vm.name)
    code, out = site.run("hv-01", *SCRIPT)
    assert (code, "failed" in out, len(site.array.snapshots)) == (0, False, 1)
    log = site.cluster.windows("hv-02").logs.events("Microsoft-Windows-Hyper-V-VMMS-Admin")
    assert [event.new.id for event in log if event.new.level == 2] == [10150, 18012]
    assert f"<Parameter1>{vm.id}</Parameter1>" in log[0].xml()


def test_a_failed_vm_may_fail_the_set(site: Site) -> None:
    site.cluster.set_unknown("vm_failure_fails_create", True)
    site.faults.add(Fault("vss.vm", "fail", detail="cluster1-vm01"))
    assert "80042336" in site.run("hv-01", *SCRIPT)[1]


def test_a_vm_that_is_left_out_is_named(site: Site) -> None:
    site.faults.add(Fault("vss.vm", "left_out", detail="cluster1-vm01"))
    vm = site.cluster.topology.vms["cluster1-vm01"]
    out = site.run("hv-01", "set verbose on", *SCRIPT)[1]
    assert (
        f'Component "\\{vm.id}" from writer "{HYPER_V}" is excluded from backup,\n'
        "because it requires volume  which is not in the shadow copy set.\n" in out
    )


def test_healthy_servers_are_noisy(site: Site) -> None:
    site.run("hv-01", *SCRIPT)
    assert {8193, 8194, 8224} <= set(event_ids(site.cluster.windows("hv-01"), "Application"))


def test_quiet_servers_are_not(site: Site) -> None:
    win = site.cluster.windows("hv-01")
    before = event_ids(win, "Application")
    site.cluster.set_noise(on=False)
    site.run("hv-01", *SCRIPT)
    assert event_ids(win, "Application") == before


def test_vms_are_in_backup_from_the_preparation_to_the_end(site: Site) -> None:
    seen: list[list[bool]] = []
    machine = site.cluster.machine("hv-01")

    def look(call: Call) -> int:
        del call
        seen.append([vm.backing_up for vm in site.cluster.topology.vms.values()])
        return 0

    machine.programs["look.exe"] = look
    site.run("hv-01", *SCRIPT[:4], "exec look", "create", "exec look", "end backup", "exec look")
    assert seen == [[False] * 6, [True, True, False, False, False, False], [False] * 6]


@pytest.mark.parametrize(("nodes_up", "seconds"), [(1, 97), (2, 97), (3, 142), (6, 277)])
def test_the_time_to_the_array_snapshot_grows_with_the_nodes(nodes_up: int, seconds: int) -> None:
    node: Node = make_node()
    topology = node.win.topology
    for number in range(2, nodes_up + 1):
        topology.nodes[f"HV-0{number}"] = type(topology.nodes["HV-01"])(f"HV-0{number}", number)
    started = node.clock.at
    node.diskshadow(*SCRIPT)
    assert (node.provider.commits[0][0] - started).total_seconds() == seconds


def test_volatile_shadow_copies_go_with_their_requester(site: Site) -> None:
    site.run("hv-01", "set option transportable", *SCRIPT[2:])
    assert [bool(one.destroyed_at) for one in site.array.snapshots.values()] == [True]


def test_vss_runs_only_while_somebody_needs_it(site: Site) -> None:
    services = site.cluster.windows("hv-01").services
    seen: list[bool] = []
    site.cluster.machine("hv-01").programs["look.exe"] = lambda _: seen.append(services.running("VSS")) or 0  # type: ignore[func-returns-value]
    site.run("hv-01", *SCRIPT[:5], "exec look", *SCRIPT[5:])
    assert (seen, services.running("VSS")) == ([True], False)


def test_a_disabled_vss_fails_everything(site: Site) -> None:
    site.cluster.windows("hv-01").services["VSS"].start_mode = "Disabled"
    assert "80070422" in site.run("hv-01", *SCRIPT)[1]


def test_an_ordinary_user_is_no_requester(site: Site) -> None:
    machine = site.cluster.machine("hv-01")
    machine.files.write("C:\\b.dsh", b"list writers status\r\nexit\r\n")
    _, out, _ = machine.run("diskshadow /s C:\\b.dsh", user="svc-backup", cwd="C:\\")
    assert b"80070005" in out


def test_listing_writers_leaves_the_faults_to_the_next_set(site: Site) -> None:
    site.faults.add(Fault("vss.create", "in_progress"))
    site.cluster.machine("hv-01").run("vssadmin list writers")
    assert "80042316" in site.run("hv-01", *SCRIPT)[1]


def test_writers_of_other_nodes_may_record_another_set_id(site: Site) -> None:
    site.cluster.set_unknown("remote_writers_know_the_set", False)
    site.run("hv-01", *SCRIPT)
    made = site.cluster.vss("hv-01").sets[0].id
    assert records(site.cluster.windows("hv-01"), HYPER_V)["FREEZE (Enter)"][2] == made
    assert records(site.cluster.windows("hv-02"), HYPER_V, only_ours=False)["FREEZE (Enter)"][2] != made


def test_what_earlier_sessions_left_is_still_there(site: Site) -> None:
    win = site.cluster.windows("hv-01")
    assert not records(win, HYPER_V)
    assert records(win, HYPER_V, only_ours=False)["BACKUPCOMPLETE (Enter)"][0] == 5
    assert {"Lovelace(C:)", "SystemRestore", "VolSnap"} <= set(win.registry.subkeys(diag.DIAG_KEY))


def test_a_vm_that_another_product_backs_up_fails(site: Site) -> None:
    site.cluster.leave_checkpoint("cluster1-vm01")
    site.run("hv-01", *SCRIPT)
    assert 10150 in event_ids(site.cluster.windows("hv-01"), "Microsoft-Windows-Hyper-V-VMMS-Admin")
    assert site.cluster.topology.vms["cluster1-vm01"].recovery_checkpoint


def test_a_slow_writer_delays_the_array_snapshot() -> None:
    node: Node = make_node()
    node.faults.add(Fault("vss.writer", "slow", delay_s=1500))
    started = node.clock.at
    node.diskshadow(*SCRIPT)
    assert (node.provider.commits[0][0] - started).total_seconds() == 97 + 1500
