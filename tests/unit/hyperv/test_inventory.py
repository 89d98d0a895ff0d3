"""A node's probe becomes what it knows."""

import pytest

from integrations.hyperv import inventory
from tests.unit.hyperv.probe_files import CHECKPOINT, DISK, SERIAL, VM, VOLUME, files, table


def test_a_healthy_probe_is_read_without_a_problem() -> None:
    probe = inventory.probe(files(), "hv-01")
    assert probe.problems == ()
    assert (probe.build, probe.boot, probe.kit_version) == (20348, "2026-11-01T03:00:00.0000000Z", "1")
    assert probe.services == {
        "vss": False,
        "eventsystem": True,
        "vmms": True,
        "clussvc": True,
        "pureprovider": True,
    }
    assert [(n.name, n.state, n.is_fit) for n in probe.nodes] == [("HV-01", 0, True), ("HV-02", 0, False)]
    assert probe.csv_writer_enabled and not probe.diag_disabled
    assert probe.processes_known and probe.diskshadow_pids == ()
    assert probe.logs[0].newest == 10
    assert probe.providers[0].version == "1.8.96.0"
    assert probe.provider_arrays[0].name == "fa1"


def test_a_csv_leads_to_its_array_volumes_serial() -> None:
    (csv,) = inventory.probe(files(), "hv-01").csvs
    assert csv.path == r"C:\ClusterStorage\Volume1"
    assert (csv.volume_guid, csv.resource, csv.owner, csv.online) == (VOLUME, "Cluster Disk 1", "HV-01", True)
    assert (csv.serial, csv.serial_problem) == (SERIAL, "")
    assert (csv.file_system, csv.free_mb, csv.total_mb) == ("CSVFS", 500000, 1000000)


def test_a_vm_has_its_disks_and_no_iso() -> None:
    (vm,) = inventory.probe(files(), "hv-01").vms
    assert (vm.id, vm.name, vm.node, vm.running) == (VM, "web-1", "hv-01", True)
    assert vm.disks == (r"C:\ClusterStorage\Volume1\web-1\os.vhdx",)
    assert vm.backup_service and not vm.recovery_checkpoint


def test_a_recovery_checkpoint_and_its_disks_belong_to_their_vm() -> None:
    all_files = files() | {
        "vm-settings.csv": table(
            "InstanceID,VirtualSystemIdentifier,ElementName,VirtualSystemType",
            (f"Microsoft:{VM}", VM, "web-1", "Microsoft:Hyper-V:System:Realized"),
            (f"Microsoft:{CHECKPOINT}", VM, "web-1 - backup", "Microsoft:Hyper-V:Snapshot:Recovery"),
        ),
        "vm-disks.csv": table(
            "InstanceID,HostResource",
            (rf"Microsoft:{CHECKPOINT}\X\0\0\D", r"C:\ClusterStorage\Volume2\a.avhdx"),
        ),
    }
    (vm,) = inventory.probe(all_files, "hv-01").vms
    assert vm.recovery_checkpoint
    assert vm.disks == (r"C:\ClusterStorage\Volume2\a.avhdx",)


def test_a_switched_off_backup_service_is_seen() -> None:
    row = (rf"Microsoft:{VM}\5CED1297-4598-4915-A5FC-AD21BB4D02A4", "3")
    all_files = files() | {"vm-vss.csv": table("InstanceID,EnabledState", row)}
    assert not inventory.probe(all_files, "hv-01").vms[0].backup_service


DISKS = "Number,Guid,SerialNumber,UniqueId,BusType,FriendlyName,IsOffline"


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([], "does not see its disk"),
        ([("4", f"{{{DISK}}}", SERIAL, "624A9370" + SERIAL, "6", "", "")] * 2, "clone"),
        ([("4", f"{{{DISK}}}", SERIAL, "624A9370" + SERIAL, "17", "", "")], "NVMe"),
        ([("4", f"{{{DISK}}}", "WD-1234", "624A9370" + SERIAL, "6", "", "")], "serial number is not"),
        ([("4", f"{{{DISK}}}", SERIAL, "624A9370" + SERIAL[::-1], "6", "", "")], "do not agree"),
    ],
)
def test_a_disk_that_is_not_plainly_one_array_volume_has_no_serial(
    rows: list[tuple[str, ...]], words: str
) -> None:
    (csv,) = inventory.probe(files() | {"disks.csv": table(DISKS, *rows)}, "hv-01").csvs
    assert csv.serial is None and words in csv.serial_problem


def test_the_resource_leads_to_the_disk_where_the_partition_does_not() -> None:
    (csv,) = inventory.probe(files() | {"disk-partitions.csv": b""}, "hv-01").csvs
    assert csv.serial == SERIAL


def test_references_as_wmi_paths_are_understood() -> None:
    all_files = files() | {
        "csv-resource.csv": table(
            "GroupComponent,PartComponent",
            (
                r'\\HV-01\root\mscluster:MSCluster_ClusterSharedVolume.Name="C:\\ClusterStorage\\Volume1"',
                r'\\HV-01\root\mscluster:MSCluster_Resource.Name="Cluster Disk 1"',
            ),
        )
    }
    assert inventory.probe(all_files, "hv-01").csvs[0].resource == "Cluster Disk 1"


def test_a_switched_off_csv_writer_and_diagnostics_are_seen() -> None:
    all_files = files() | {
        "csvwriter.txt": b"\r\nHKEY_LOCAL_MACHINE\\SOFTWARE\\X\r\n    EnableCsvVssWriter    REG_DWORD    0x0\r\n\r\n",
        "diag.txt": (
            b"HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\VSS\\Diag\r\n"
            b"    (Standard)    REG_SZ    Disabled\r\n"
        ),
    }
    probe = inventory.probe(all_files, "hv-01")
    assert not probe.csv_writer_enabled and probe.diag_disabled


def test_a_running_diskshadow_is_seen() -> None:
    row = ("4711", "812", "diskshadow.exe", r"diskshadow.exe /s script.dsh")
    all_files = files() | {"processes.csv": table("ProcessId,ParentProcessId,Name,CommandLine", row)}
    assert inventory.probe(all_files, "hv-01").diskshadow_pids == (4711,)


@pytest.mark.parametrize(
    "name", sorted(set(files()) - {"csvwriter.txt", "diag.txt", "version.txt", "probe-errors.txt"})
)
def test_a_missing_file_is_named(name: str) -> None:
    rest = {key: value for key, value in files().items() if key != name}
    assert f"{name} is missing" in inventory.probe(rest, "hv-01").problems


def test_without_the_list_of_processes_nothing_is_said_about_diskshadow() -> None:
    rest = {key: value for key, value in files().items() if key != "processes.csv"}
    assert not inventory.probe(rest, "hv-01").processes_known


def test_what_powershell_complained_about_is_kept() -> None:
    probe = inventory.probe(files() | {"probe-errors.txt": b"Get-CimInstance : Invalid class\r\n"}, "hv-01")
    assert probe.problems == ("PowerShell reported: Get-CimInstance : Invalid class",)


def test_vms_without_any_disk_are_a_problem_and_not_a_fact() -> None:
    probe = inventory.probe(files() | {"vm-disks.csv": b""}, "hv-01")
    assert probe.problems == ("vm-disks.csv names no disk of any VM",)
