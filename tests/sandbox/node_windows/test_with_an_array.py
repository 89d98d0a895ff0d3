"""Shadow copies of a cluster's CSVs on a FlashArray, asked over its REST."""

from __future__ import annotations

import threading

import pytest

from sandbox.faults import Fault
from sandbox.node.vss.provider import suffix_of
from tests.sandbox.node_windows.conftest import Site, write_script

PURE = "{781c006a-5829-4a25-81e3-d5e43bd005ab}"
HEAD = ("set verbose on", "set context persistent", "set option transportable", "begin backup")
TAIL = ("create", "end backup", "exit")


def add(number: int) -> str:
    return f"add volume C:\\ClusterStorage\\Volume{number}\\ alias a{number} provider {PURE}"


def test_the_array_snapshot_bears_the_set_id(site: Site) -> None:
    code, out = site.run("hv-01", *HEAD, add(1), *TAIL)
    made = site.cluster.vss("hv-01").sets[0]
    assert (code, made.state) == (0, "completed")
    assert f"Alias VSS_SHADOW_SET for shadow set ID {made.id} set" in out
    assert {one.name for one in site.array.snapshots.values()} == {f"csv1.{suffix_of(made.id)}"}


def test_a_volume_in_a_protection_group_has_the_group_snapped(site: Site) -> None:
    site.run("hv-02", *HEAD, add(1), add(2), add(3), *TAIL)
    suffix = suffix_of(site.cluster.vss("hv-02").sets[0].id)
    names = {f"csv1.{suffix}", f"csv3.{suffix}", f"pg1.{suffix}.csv2", f"pg1.{suffix}.sql"}
    assert {one.name for one in site.array.snapshots.values()} == names
    assert {one.name for one in site.array.group_snapshots.values()} == {f"pg1.{suffix}"}


def test_local_vms_come_from_the_hyper_v_writer_and_others_from_the_csv_writer(site: Site) -> None:
    _, out = site.run("hv-01", *HEAD, add(1), *TAIL)
    vms = {vm.node: vm.id for vm in site.cluster.topology.vms.values() if "Volume1" in vm.disks[0]}
    hyper_v = out.split('* Including writer "Microsoft Hyper-V VSS Writer":')[1].split("\n\n")[0]
    csv = out.split('* Including writer "Cluster Shared Volume VSS Writer":')[1].split("\n\n")[0]
    assert vms["HV-01"] in hyper_v
    assert vms["HV-02"] in csv


def test_without_the_csv_writer_vms_of_other_nodes_are_silently_missing(site: Site) -> None:
    site.cluster.switch_csv_writer("hv-01", on=False)
    code, out = site.run("hv-01", *HEAD, add(1), *TAIL)
    elsewhere = next(vm for vm in site.cluster.topology.vms.values() if vm.node == "HV-02")
    assert (code, elsewhere.id in out) == (0, False)
    assert site.array.snapshots


def test_an_unreachable_array_is_a_veto_with_events(site: Site) -> None:
    site.server.close()
    code, out = site.run("hv-01", *HEAD, add(1), *TAIL)
    assert "\t- Returned HRESULT: 80042306\n\t- Error text: VSS_E_PROVIDER_VETO\n" in out
    assert code == 0
    found = {event.new.id for event in site.cluster.windows("hv-01").logs.events("Application")}
    assert {12289, 12293} <= found


def test_a_wrong_password_is_a_veto(site: Site) -> None:
    provider = site.cluster.windows("hv-01").provider
    provider.add("FlashArray", site.server.url, "vss-provider", "wrong")
    provider.restart()
    assert "80042306" in site.run("hv-01", *HEAD, add(1), *TAIL)[1]
    assert not site.array.snapshots


def test_a_disk_of_another_array_is_not_supported(site: Site) -> None:
    site.cluster.topology.csvs["Volume1"].serial = "0" * 24
    assert "8004230E" in site.run("hv-01", *HEAD, add(1), *TAIL)[1]


def test_the_provider_tool_asks_the_array(site: Site) -> None:
    machine = site.cluster.machine("hv-01")
    tool = '"C:\\Program Files\\Pure Storage\\VSS\\Provider\\pureproviderconfig.exe"'

    def rows(user: str = "Administrator") -> list[list[str]]:
        _, out, _ = machine.run(f"{tool} list", user=user)
        lines = out.decode().split("Supported REST version is 1.1\r\n")[1].splitlines()
        return [line.split() for line in lines]

    url = site.server.url.rstrip("/") + "/"
    assert rows() == [
        ["URL", "Compatible", "Online", "Authenticated", "Array", "Name"],
        [url, "yes", "yes", "yes", "FlashArray"],
    ]
    machine.run(f"{tool} add --url {url} --user vss-provider --password nope other", user="Administrator")
    assert rows()[2] == [url, "yes", "yes", "no", "other"]
    site.server.close()
    assert rows()[1] == [url, "no", "no", "no", "FlashArray"]


def test_a_slow_commit_fails_although_the_array_snapshot_exists(site: Site) -> None:
    site.faults.add(Fault("vss.provider", "slow", delay_s=11))
    assert "80042314" in site.run("hv-01", *HEAD, add(1), *TAIL)[1]
    assert len(site.array.snapshots) == 1


def test_the_provider_may_destroy_the_array_snapshot_after_a_late_failure(site: Site) -> None:
    site.cluster.set_unknown("provider_destroys_on_abort", True)
    site.faults.add(Fault("vss.create", "partial_failure"))
    assert "80042336" in site.run("hv-01", *HEAD, add(1), add(2), *TAIL)[1]
    assert all(snapshot.destroyed_at for snapshot in site.array.snapshots.values() if "csv1" in snapshot.name)
    assert all(snapshot.destroyed_at for snapshot in site.array.group_snapshots.values())


@pytest.mark.parametrize(("kind", "hresult"), [("flush_timeout", "80042313"), ("in_progress", "80042316")])
def test_failures_before_the_commit_leave_nothing(site: Site, kind: str, hresult: str) -> None:
    site.faults.add(Fault("vss.create", kind))
    assert hresult in site.run("hv-01", *HEAD, add(1), *TAIL)[1]
    assert not site.array.snapshots


def test_the_same_csv_from_two_nodes_and_two_sets_on_one_node_are_refused(site: Site) -> None:
    held = threading.Event()
    go = threading.Event()
    provider = site.cluster.windows("hv-01").provider
    commit = provider.commit

    def wait_then_commit(*args: object) -> list[str]:
        held.set()
        go.wait(20)
        return commit(*args)  # type: ignore[arg-type]

    provider.commit = wait_then_commit  # type: ignore[assignment,method-assign]
    first = threading.Thread(target=site.run, args=("hv-01", *HEAD, add(1), *TAIL))
    first.start()
    assert held.wait(20)
    assert "80042316" in site.run("hv-02", *HEAD, add(1), *TAIL)[1]
    assert "80042316" in site.run("hv-01", *HEAD, add(3), *TAIL)[1]
    assert "80042316" not in site.run("hv-02", *HEAD, add(2), *TAIL)[1]
    go.set()
    first.join(20)
    assert site.cluster.max_concurrent_creates() == {"hv-01": 2, "hv-02": 1}
    assert not site.cluster.topology.creating


def test_killing_diskshadow_in_a_freeze_aborts_the_set_and_frees_everything(site: Site) -> None:
    held = threading.Event()
    provider = site.cluster.windows("hv-01").provider
    machine = site.cluster.machine("hv-01")

    def hang(*_: object) -> list[str]:
        held.set()
        process = next(one for one in machine.processes if one.image.lower().endswith("diskshadow.exe"))
        process.stop.wait(20)
        process.check()
        return []

    provider.commit = hang  # type: ignore[assignment,method-assign]
    write_script(machine, *HEAD, add(1), *TAIL)
    remote = machine.start("diskshadow /s C:\\a.dsh", user="Administrator", cwd="C:\\", env={}, codepage=437)
    assert held.wait(20)
    assert any(vm.backing_up for vm in site.cluster.topology.vms.values())
    remote.kill()
    assert site.cluster.vss("hv-01").sets[0].state == "failed"
    assert not any(vm.backing_up for vm in site.cluster.topology.vms.values())
    assert not site.cluster.topology.creating
    assert not site.array.snapshots
