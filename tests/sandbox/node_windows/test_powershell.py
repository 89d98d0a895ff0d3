"""PowerShell's CIM one-liners: their CSV, and what is not understood."""

from __future__ import annotations

import csv
import io

import pytest

from sandbox.node.programs.cim import _SERVERS
from sandbox.node.programs.cim.schema import known_classes
from tests.sandbox.node_windows.conftest import Site
from tests.sandbox.node_windows.standin import SERIAL, Node, make_node

PREFIX = "powershell -NoProfile -NonInteractive -ExecutionPolicy Bypass -Command "
CLUSTER = "root/mscluster"
HYPER_V = "root/virtualization/v2"


@pytest.fixture
def node() -> Node:
    return make_node()


def ask(node: Node, cim: str, select: str) -> list[dict[str, str]]:
    result = node.run(f'{PREFIX}"{cim} | Select-Object {select} | ConvertTo-Csv -NoTypeInformation"')
    assert (result.code, result.err) == (0, "")
    return list(csv.DictReader(io.StringIO(result.out)))


def test_csvs_lead_to_their_disks(node: Node) -> None:
    csv_row = ask(
        node, f"Get-CimInstance -Namespace {CLUSTER} MSCluster_ClusterSharedVolume", "Name,VolumeName"
    )[0]
    assert csv_row["Name"] == "C:\\ClusterStorage\\Volume1"
    disk = ask(node, f"Get-CimInstance -Namespace {CLUSTER} -ClassName MSCluster_Disk", "Id,GptGuid")[0]
    link = ask(
        node, f"Get-CimInstance -Namespace {CLUSTER} MSCluster_ResourceToDisk", "GroupComponent,PartComponent"
    )[0]
    assert link["PartComponent"] == f'MSCluster_Disk (Id = "{disk["Id"]}")'
    seen = ask(
        node,
        "Get-CimInstance -Namespace root/microsoft/windows/storage MSFT_Disk -Filter \\\"FriendlyName='PURE FlashArray'\\\"",
        "Number,SerialNumber,UniqueId,Guid",
    )
    assert [(row["SerialNumber"], row["UniqueId"], row["Guid"]) for row in seen] == [
        (SERIAL, f"624A9370{SERIAL}", disk["GptGuid"])
    ]


def test_export_writes_a_byte_order_mark_and_quotes_everything(node: Node) -> None:
    line = f"Get-CimInstance -Namespace {HYPER_V} -ClassName Msvm_ComputerSystem -Filter \\\"ElementName='vm01'\\\""
    select = "Name,OperationalStatus,@{n='All';e={$_.OperationalStatus -join '|'}},Caption"
    result = node.run(
        f'{PREFIX}"{line} | Select-Object -Property {select} | Export-Csv -NoTypeInformation -Encoding UTF8 -Path vms.csv"'
    )
    assert (result.code, result.raw, result.raw_err) == (0, b"", b"")
    vm = node.win.topology.vms["vm01"]
    assert node.files.read("C:\\work\\vms.csv") == (
        b'\xef\xbb\xbf"Name","OperationalStatus","All","Caption"\r\n'
        + f'"{vm.id}","System.UInt16[]","2","Virtual Machine"\r\n'.encode()
    )


def test_dates_are_local_unless_asked_for_in_utc() -> None:
    node = make_node(locale="de-DE")
    boot = "@{n='Boot';e={$_.LastBootUpTime.ToUniversalTime().ToString('o')}}"
    row = ask(node, "Get-CimInstance Win32_OperatingSystem", f"LastBootUpTime,{boot}")[0]
    assert row == {"LastBootUpTime": "15.02.2025 10:54:38", "Boot": "2025-02-15T10:54:38.0000000Z"}


def test_a_misspelt_property_is_an_empty_column(node: Node) -> None:
    out = node.run(
        f'{PREFIX}"Get-CimInstance Win32_Service -Filter \\"Name=\'vmms\'\\" | Select Name,Stat,State | ConvertTo-Csv -NoTypeInformation"'
    ).out
    assert out == '"Name","Stat","State"\n"vmms",,"Running"\n'


def test_several_statements_run_one_after_another(node: Node) -> None:
    one = "Get-CimInstance Win32_TimeZone | Select-Object Bias | Export-Csv -NoTypeInformation"
    result = node.run(f'{PREFIX}"{one} C:\\work\\a.csv; {one} C:\\work\\b.csv"')
    assert result.code == 0
    assert node.files.read("C:\\work\\a.csv") == node.files.read("C:\\work\\b.csv") == b'"Bias"\r\n"0"\r\n'


def test_an_unknown_class_is_an_error_and_the_code_is_that_of_the_last_statement(node: Node) -> None:
    bad = "Get-CimInstance Win32_Nothing | Select-Object A | Export-Csv -NoTypeInformation -Encoding UTF8 bad.csv"
    good = "Get-CimInstance Win32_TimeZone | Select-Object Bias | Export-Csv -NoTypeInformation good.csv"
    result = node.run(f'{PREFIX}"{bad}"')
    assert result.err.startswith("Get-CimInstance : Invalid class \n")
    assert "HRESULT 0x80041010" in result.err
    assert result.code == 1
    assert node.files.read("C:\\work\\bad.csv") == b"\xef\xbb\xbf"
    assert node.run(f'{PREFIX}"{bad}; {good}"').code == 0


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("Get-Cluster", "The term 'Get-Cluster' is not recognized"),
        (
            "Get-CimInstance Win32_Service -Frob 1 | Select Name | ConvertTo-Csv",
            "matches parameter name 'Frob'",
        ),
        (
            "Get-CimInstance -Namespace root/nothing X | Select A | ConvertTo-Csv -NoTypeInformation",
            "Invalid namespace",
        ),
        (
            "Get-CimInstance Win32_Service | Select Name | Sort-Object Name",
            "The term 'Sort-Object' is not recognized",
        ),
        (
            "Get-CimInstance Win32_Service | Select @{n='x';e={$_.Name.Length * 2}} | ConvertTo-Csv",
            "does not know",
        ),
        ("Get-CimInstance Win32_Service | Select 'Name | ConvertTo-Csv", "missing the terminator"),
    ],
)
def test_anything_else_is_refused(node: Node, script: str, words: str) -> None:
    result = node.run(f'{PREFIX}"{script}"')
    assert words in result.err
    assert result.code == 1


def test_an_ordinary_user_sees_no_cluster(node: Node) -> None:
    node.machine.add_account("alice", "x")
    result = node.run(
        f'{PREFIX}"Get-CimInstance -Namespace {CLUSTER} MSCluster_Node | Select Name | ConvertTo-Csv"',
        user="alice",
    )
    assert "Access denied" in result.err
    assert result.code == 1


def test_exporting_into_a_missing_folder_fails(node: Node) -> None:
    result = node.run(f'{PREFIX}"Get-CimInstance Win32_TimeZone | Select Bias | Export-Csv C:\\no\\a.csv"')
    assert "Could not find a part of the path 'C:\\no\\a.csv'." in result.err
    assert result.code == 1


def test_vms_in_backup_run_on_their_recovery_disks(node: Node) -> None:
    vm = node.win.topology.vms["vm01"]
    vm.backing_up = vm.recovery_checkpoint = True
    state = ask(
        node,
        f"Get-CimInstance -Namespace {HYPER_V} Msvm_ComputerSystem",
        "ElementName,@{n='S';e={$_.OperationalStatus -join '|'}}",
    )
    assert {"ElementName": "vm01", "S": "2|32776"} in state
    kinds = ask(
        node,
        f"Get-CimInstance -Namespace {HYPER_V} Msvm_VirtualSystemSettingData",
        "VirtualSystemIdentifier,VirtualSystemType",
    )
    assert {
        "VirtualSystemIdentifier": vm.id,
        "VirtualSystemType": "Microsoft:Hyper-V:Snapshot:Recovery",
    } in kinds
    disks = ask(
        node,
        f"Get-CimInstance -Namespace {HYPER_V} Msvm_StorageAllocationSettingData",
        "InstanceID,@{n='P';e={$_.HostResource -join '|'}}",
    )
    running = [row["P"] for row in disks if row["InstanceID"].startswith(f"Microsoft:{vm.id}\\")]
    assert running == ["C:\\ClusterStorage\\Volume1\\vm01\\disk-AutoRecovery.AVHDX"]


def test_every_node_sees_all_disks_but_only_its_own_vms(site: Site) -> None:
    def count(node: str, namespace: str, name: str) -> int:
        command = f'{PREFIX}"Get-CimInstance -Namespace {namespace} {name} | Select Name,Number | ConvertTo-Csv -NoTypeInformation"'
        _, out, _ = site.cluster.machine(node).run(command)
        return len(out.splitlines()) - 1

    for node in ("hv-01", "hv-02"):
        assert count(node, "root/microsoft/windows/storage", "MSFT_Disk") == 4
        assert count(node, HYPER_V, "Msvm_ComputerSystem") == 4
        assert count(node, CLUSTER, "MSCluster_ResourceGroup") == 10


def test_a_diskshadow_run_is_a_process_with_a_command_line(node: Node) -> None:
    rows = ask(
        node,
        "Get-CimInstance Win32_Process -Filter \\\"Name='powershell.exe'\\\"",
        "ProcessId,CommandLine,@{n='C';e={$_.CreationDate.ToUniversalTime().ToString('o')}}",
    )
    assert len(rows) == 1
    assert rows[0]["CommandLine"].startswith("powershell -NoProfile")
    assert rows[0]["C"] == "2025-02-15T10:54:38.0000000Z"


def test_instances_have_only_properties_of_their_class(site: Site) -> None:
    machine = site.cluster.machine("hv-01")
    site.cluster.leave_checkpoint("cluster1-vm01")
    calls = []
    machine.programs["look.exe"] = lambda call: calls.append(call) or 0  # type: ignore[func-returns-value]
    machine.run("look")
    classes = {found.name: found for found in known_classes().values()}
    assert set(_SERVERS) == set(classes)
    for name, serve in _SERVERS.items():
        for one in serve(calls[0]):
            assert set(one) <= set(classes[name].properties), name
            arrays = {key for key, value in one.items() if isinstance(value, tuple)}
            assert arrays <= set(classes[name].array_types), name
