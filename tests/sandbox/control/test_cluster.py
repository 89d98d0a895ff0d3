"""A world with a cluster: the wires lead to its nodes, and a shadow copy there is a snapshot on the array."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import winrm

from sandbox.control import ControlServer
from sandbox.kit import KitFailed, install_everywhere
from sandbox.world import Options, World

if TYPE_CHECKING:
    from .conftest import Control

PROVIDER = "{781c006a-5829-4a25-81e3-d5e43bd005ab}"
SCRIPT = f"""set context persistent
set option transportable
set metadata C:\\set.cab
begin backup
add volume C:\\ClusterStorage\\Volume1 alias one provider {PROVIDER}
add volume C:\\ClusterStorage\\Volume2 alias two provider {PROVIDER}
create
end backup
exit
""".replace("\n", "\r\n")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = World(Options(tmp_path_factory.mktemp("world"), frozenset({"array", "cluster"}), speed=500))
    yield world
    world.close()


@pytest.fixture(scope="module")
def run(control: Control) -> Callable[..., dict[str, Any]]:
    def run(command_line: str, **more: str) -> dict[str, Any]:
        body = {"node": "hv-01", "action": "run", "command_line": command_line, **more}
        answer: dict[str, Any] = control.post("node", body)
        return answer

    return run


def test_a_client_logs_on_at_each_node_as_the_configuration_says(world: World) -> None:
    entries = world.entries()
    user, password = entries.secrets["VSSBOT_NODE_USER"], entries.secrets["VSSBOT_NODE_PASSWORD"]
    names = []
    for node in entries.clusters[0].nodes:
        trust = str(world.options.folder / node.ca_file) if node.ca_file else None
        session = winrm.Session(
            node.url,
            auth=(user, password),
            transport=node.transport,
            ca_trust_path=trust,
            proxy=None,
            message_encryption="always" if node.url.startswith("http:") else "auto",
        )
        names.append(session.run_cmd("hostname").std_out.decode().strip().lower())
    assert names == ["hv-01", "hv-02"]


def test_basic_is_taken_on_the_first_node_only(world: World) -> None:
    first, second = world.entries().clusters[0].nodes
    auth = (world.entries().secrets["VSSBOT_NODE_USER"], world.entries().secrets["VSSBOT_NODE_PASSWORD"])
    trust = str(world.options.folder / "ca.pem")
    session = winrm.Session(first.url, auth=auth, transport="basic", ca_trust_path=trust, proxy=None)
    assert session.run_cmd("ver").status_code == 0
    with pytest.raises(winrm.exceptions.InvalidCredentialsError):
        winrm.Session(second.url, auth=auth, transport="basic", ca_trust_path=None, proxy=None).run_cmd("ver")


def test_a_shadow_copy_on_a_node_is_a_snapshot_on_the_array(
    world: World, control: Control, run: Callable[..., dict[str, Any]]
) -> None:
    world.clusters.machines["hv-01"].files.write("C:\\set.dsh", SCRIPT.encode())  # type: ignore[union-attr]
    done = run("diskshadow /s C:\\set.dsh", cwd="C:\\")
    assert done["exit_code"] == 0, done["stdout"]
    state = control.get("state")
    (made,) = state["nodes"][0]["shadow_copy_sets"]
    suffix = "VSS-" + made["id"].strip("{}").replace("-", "").upper()
    assert {one["name"] for one in state["arrays"][0]["snapshots"]} == {
        f"cluster1-csv1.{suffix}",
        f"pg-cluster1.{suffix}.cluster1-csv2",
        f"pg-cluster1.{suffix}.cluster1-sql-data",
    }
    assert state["nodes"][0]["max_concurrent_creates"] == 1
    assert any("diskshadow" in one["command_line"] for one in state["nodes"][0]["processes"])
    assert "C:\\set.cab" in state["nodes"][0]["files"]


def test_the_nodes_clock_can_be_wrong(world: World, control: Control) -> None:
    control.post("time", {"node": "HV-02", "skew_s": -90})
    machine = world.clusters.machines["hv-02"]  # type: ignore[union-attr]
    assert 89 < (world.clock.now() - machine.now()).total_seconds() < 91


def test_what_happens_to_nodes_and_vms_is_seen_by_the_cluster(world: World, control: Control) -> None:
    topology = world.clusters.cluster("cluster1").topology  # type: ignore[union-attr]
    control.post("node", {"action": "move_owner", "csv": "volume1", "node": "hv-02"})
    assert topology.csvs["Volume1"].owner == "HV-02"
    control.post("node", {"action": "take_down", "node": "hv-02"})
    assert [node.name for node in topology.up_nodes()] == ["HV-01"]
    control.post("node", {"action": "resume", "node": "hv-02"})
    control.post("node", {"action": "set_unknown", "name": "exit_zero_after_failed_create", "value": False})
    control.post("node", {"action": "set_timing", "prepare_snapshot_s": 1})
    control.post(
        "node",
        {
            "action": "write_event",
            "node": "hv-01",
            "log": "System",
            "source": "x",
            "id": 7,
            "level": 2,
            "data": ["a"],
        },
    )


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"node": "hv-01"}, "key 'action' is missing; known: attach_clone"),
        ({"node": "hv-01", "action": "explode"}, "no action 'explode'"),
        ({"node": "hv-77", "action": "pause"}, "no node 'hv-77'; known: hv-01, hv-02"),
        ({"cluster": "c", "action": "pause", "node": "hv-01"}, "no cluster 'c'; known: cluster1"),
        ({"action": "fail_vm", "vm": "vm99"}, "no vm 'vm99'"),
        ({"action": "move_owner", "csv": "volume9", "node": "hv-01"}, "no csv 'volume9'"),
        ({"action": "pause", "node": "hv-01", "drain": True}, "unknown key 'drain'; known: node"),
        ({"action": "switch_diag", "node": "hv-01", "on": "no"}, "'on' must be true or false"),
        ({"action": "set_unknown", "name": "moon", "value": True}, "no unknown 'moon'"),
        ({"action": "stop_service", "node": "hv-01", "service": "nope"}, "no such thing"),
    ],
)
def test_what_is_not_understood_is_refused_by_name(
    control: Control, body: dict[str, Any], named: str
) -> None:
    assert named in control.refused("node", body)


def zipped(folder: Path, **files: str) -> Path:
    kit = folder / "kit.zip"
    with zipfile.ZipFile(kit, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "/").replace("_cmd", ".cmd"), text.replace("\n", "\r\n"))
    return kit


def test_a_kit_is_installed_on_every_node_by_its_administrator(world: World, tmp_path: Path) -> None:
    install = "@echo off\nwhoami>C:\\by.txt\necho %1>C:\\for.txt\ncopy parts\\run.cmd C:\\run.cmd >nul\n"
    install_everywhere(world, zipped(tmp_path, install_cmd=install, parts__run_cmd="@echo hi\n"))
    assert world.clusters is not None
    for machine in world.clusters.machines.values():
        assert machine.files.read("C:\\by.txt").strip() == b"corp\\administrator"
        assert machine.files.read("C:\\for.txt").strip() == world.clusters.service_user.encode()
        assert machine.files.read("C:\\run.cmd") == b"@echo hi\r\n"


def test_an_installer_that_fails_is_told(world: World, tmp_path: Path) -> None:
    with pytest.raises(KitFailed, match=r"install.cmd on HV-0\d ended with 3: no room here"):
        install_everywhere(world, zipped(tmp_path, install_cmd="@echo no room here\n@exit /b 3\n"))


def test_a_file_that_is_no_kit_is_told(world: World, tmp_path: Path) -> None:
    with pytest.raises(KitFailed, match="holds no install"):
        install_everywhere(world, zipped(tmp_path, readme_cmd=""))
    (tmp_path / "kit.zip").write_text("nonsense")
    with pytest.raises(KitFailed, match="cannot be read"):
        install_everywhere(world, tmp_path / "kit.zip")


def test_ids_follow_from_the_seed(world: World, tmp_path: Path) -> None:
    again = World(Options(tmp_path, frozenset({"array", "cluster"}), clusters=2, seed=0))
    try:
        assert again.clusters is not None
        assert world.clusters is not None
        ours, theirs = (part.cluster("cluster1").topology for part in (world.clusters, again.clusters))
        assert [vm.id for vm in ours.vms.values()] == [vm.id for vm in theirs.vms.values()]
        assert [csv.serial for csv in ours.csvs.values()] == [csv.serial for csv in theirs.csvs.values()]
        assert again.clusters.service_password == world.clusters.service_password
        assert list(again.clusters.urls()) == ["hv-01", "hv-02", "hv-03", "hv-04"]
    finally:
        again.close()


@pytest.fixture(scope="module")
def control(world: World) -> Iterator[Control]:
    from .conftest import Control

    server = ControlServer(world)
    client = Control(server.url)
    yield client
    client.http.close()
    server.close()
