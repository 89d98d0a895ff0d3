"""The cluster: what it is built of and what happens to it."""

from __future__ import annotations

from tests.sandbox.node_windows.conftest import Site


def test_the_default_cluster_has_two_nodes_three_csvs_and_six_spread_vms(site: Site) -> None:
    topology = site.cluster.topology
    assert [node.name for node in topology.nodes.values()] == ["HV-01", "HV-02"]
    assert [csv.path for csv in topology.csvs.values()] == [
        f"C:\\ClusterStorage\\Volume{n}" for n in (1, 2, 3)
    ]
    assert sorted(vm.node for vm in topology.vms.values()) == ["HV-01"] * 3 + ["HV-02"] * 3
    assert {csv.owner for csv in topology.csvs.values()} == {"HV-01", "HV-02"}


def test_draining_moves_csvs_and_vms_away(site: Site) -> None:
    site.cluster.drain("hv-01")
    topology = site.cluster.topology
    assert (
        {vm.node for vm in topology.vms.values()}
        == {"HV-02"}
        == {csv.owner for csv in topology.csvs.values()}
    )
    assert (topology.nodes["HV-01"].state, topology.nodes["HV-01"].drain) == (2, 2)
    site.cluster.resume("hv-01")
    assert topology.nodes["HV-01"].state == 0


def test_a_node_that_is_down_sees_no_csv_and_its_writers_take_no_part(site: Site) -> None:
    site.cluster.take_down("hv-02")
    assert "80042308" in site.run("hv-02", "add volume C:\\ClusterStorage\\Volume1\\", "exit")[1]
    assert not site.cluster.vss("hv-01").helpers()


def test_accounts_are_an_administrator_and_an_ordinary_one_that_may_use_winrm(site: Site) -> None:
    machine = site.cluster.machine("hv-01")
    assert machine.password_of("Administrator") == "Administrator-1"
    assert machine.password_of("svc-backup") == "Service-1"
    assert machine.accounts.is_admin("Administrator")
    assert not machine.accounts.is_admin("svc-backup")


def test_a_reboot_changes_process_ids_and_writer_instances(site: Site) -> None:
    win = site.cluster.windows("hv-01")
    before = (win.services["vmms"].pid, win.vss.writer("System Writer").instance)
    site.cluster.reboot("hv-01")
    after = (win.services["vmms"].pid, win.vss.writer("System Writer").instance)
    assert before[0] != after[0]
    assert before[1] != after[1]


def test_restarting_a_service_clears_its_writers_failure(site: Site) -> None:
    site.cluster.vss("hv-01").writer("Microsoft Hyper-V VSS Writer").state = 8
    site.cluster.stop_service("hv-01", "vmms")
    site.cluster.start_service("hv-01", "vmms")
    assert site.cluster.vss("hv-01").writer("Microsoft Hyper-V VSS Writer").state == 1


def test_cluster_events_carry_the_csv(site: Site) -> None:
    site.cluster.pause_csv("hv-01", "Volume1")
    site.cluster.snapshot_unprepared("hv-01", "Volume1")
    found = site.cluster.windows("hv-01").logs.events("System")[-2:]
    assert [event.new.id for event in found] == [5120, 1584]
    assert all("<Data>Volume1</Data>" in event.xml() for event in found)


def test_published_faults_are_all_written_down(site: Site) -> None:
    from pathlib import Path

    import sandbox.node

    page = (Path(sandbox.node.__file__).parent / "supported.md").read_text(encoding="utf-8")
    for at, point in site.faults.points.items():
        if at.startswith("vss."):
            assert f"`{at}`" in page
            assert all(f"`{kind}`" in page for kind in point.kinds)


def test_sc_sees_the_services(site: Site) -> None:
    site.cluster.stop_service("hv-01", "pureprovider")
    machine = site.cluster.machine("hv-01")
    assert b"STOPPED" in machine.run("sc query pureprovider")[1]
    assert b"RUNNING" in machine.run("sc query VMMS")[1]
    assert machine.run("sc query nothing")[0] == 1060
