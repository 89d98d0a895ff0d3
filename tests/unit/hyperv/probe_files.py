"""The files of a probe of a healthy node, as the kit's commands would write them."""

from __future__ import annotations

from collections.abc import Sequence

SERIAL = "361019ECACE43DB3000120A4"  # from a recorded page 83 identifier
VOLUME = "9edf9657-4390-11f1-86ae-f1519abac96e"
DISK = "1c2f9c2e-6f0b-4c11-9f4e-0d7c5b1f2a33"
VM = "3F2504E0-4F89-11D3-9A0C-0305E82C3301"
CHECKPOINT = "AAAAAAAA-4F89-11D3-9A0C-0305E82C3301"


def table(columns: str, *rows: Sequence[str]) -> bytes:
    """Return what Export-Csv writes: a BOM, a heading, every cell quoted."""
    lines = [columns.split(","), *rows]
    text = "\r\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in line) for line in lines)
    return ("\ufeff" + text + "\r\n").encode()


def files(serial: str = SERIAL) -> dict[str, bytes]:
    """Return every file of the probe of hv-01 with one CSV, one disk and one VM."""
    return {
        "os.csv": table("BuildNumber,Boot", ("20348", "2026-11-01T03:00:00.0000000Z")),
        "services.csv": table(
            "Name,State",
            ("VSS", "Stopped"),
            ("EventSystem", "Running"),
            ("vmms", "Running"),
            ("ClusSvc", "Running"),
            ("pureprovider", "Running"),
        ),
        "nodes.csv": table("Name,State,NodeDrainStatus", ("HV-01", "0", "0"), ("HV-02", "0", "1")),
        "csv.csv": table(
            "Name,VolumeName,FaultState,BackupState",
            (r"C:\ClusterStorage\Volume1", rf"\\?\Volume{{{VOLUME}}}" + "\\", "0", "0"),
        ),
        "csv-resource.csv": table(
            "GroupComponent,PartComponent",
            (
                r'MSCluster_ClusterSharedVolume (Name = "C:\ClusterStorage\Volume1")',
                'MSCluster_Resource (Name = "Cluster Disk 1")',
            ),
        ),
        "resources.csv": table(
            "Name,Type,State,OwnerNode,OwnerGroup,IsClusterSharedVolume",
            ("Cluster Disk 1", "Physical Disk", "2", "HV-01", "0b1c", "True"),
        ),
        "resource-disks.csv": table(
            "GroupComponent,PartComponent",
            ('MSCluster_Resource (Name = "Cluster Disk 1")', 'MSCluster_Disk (Id = "0x4")'),
        ),
        "cluster-disks.csv": table(
            "Id,GptGuid,Signature,UniqueId,Number", ("0x4", f"{{{DISK}}}", "0", "624A9370" + serial, "4")
        ),
        "cluster-partitions.csv": table(
            "Path,VolumeGuid,FileSystem,FreeSpace,TotalSize",
            (rf"\\?\Volume{{{VOLUME}}}", f"{{{VOLUME}}}", "CSVFS", "500000", "1000000"),
        ),
        "disk-partitions.csv": table(
            "GroupComponent,PartComponent",
            ('MSCluster_Disk (Id = "0x4")', rf'MSCluster_DiskPartition (Path = "\\?\Volume{{{VOLUME}}}")'),
        ),
        "disks.csv": table(
            "Number,Guid,SerialNumber,UniqueId,BusType,FriendlyName,IsOffline",
            ("0", "", "  S3Z9NB0K  ", "eui.0025", "17", "SAMSUNG", "False"),
            ("4", f"{{{DISK}}}", f" {serial.lower()} ", "624A9370" + serial, "6", "PURE FlashArray", "False"),
        ),
        "vms.csv": table(
            "Name,ElementName,EnabledState", ("HV-01", "HV-01", "2"), (VM, "web-1", "2")
        ),
        "vm-settings.csv": table(
            "InstanceID,VirtualSystemIdentifier,ElementName,VirtualSystemType",
            (f"Microsoft:{VM}", VM, "web-1", "Microsoft:Hyper-V:System:Realized"),
        ),
        "vm-disks.csv": table(
            "InstanceID,HostResource",
            (rf"Microsoft:{VM}\83F8638B-8DCA-4152-9EDA-2CA8B33039B4\0\0\D", r"C:\ClusterStorage\Volume1\web-1\os.vhdx"),
            (rf"Microsoft:{VM}\83F8638B-8DCA-4152-9EDA-2CA8B33039B4\1\0\D", r"D:\iso\setup.ISO"),
            (r"Microsoft:Definition\72027ECE-E44A-446E-AF2B-8D8C4B8A2279\Default", ""),
        ),
        "vm-vss.csv": table(
            "InstanceID,EnabledState", (rf"Microsoft:{VM}\5CED1297-4598-4915-A5FC-AD21BB4D02A4", "2")
        ),
        "provider.txt": b"URL  Compatible Online Authenticated Array Name\r\nhttps://fa1.example.com/ yes yes yes fa1\r\n",
        "providers.txt": (
            b"Provider name: 'Pure Storage VSS Hardware Provider'\r\n   Provider type: Hardware\r\n"
            b"   Provider Id: {781c006a-5829-4a25-81e3-d5e43bd005ab}\r\n   Version: 1.8.96.0\r\n"
        ),
        "csvwriter.txt": b"",
        "diag.txt": (
            b"\r\nHKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\VSS\\Diag\r\n"
            b"    (Default)    REG_SZ    (value not set)\r\n"
        ),
        "processes.csv": table(
            "ProcessId,ParentProcessId,Name,CommandLine", ("4", "0", "System", ""), ("812", "4", "vmms.exe", "")
        ),
        "logs.txt": b"log=Application\r\nnumberOfLogRecords: 10\r\noldestRecordNumber: 1\r\n",
        "version.txt": b"1\r\n",
        "probe-errors.txt": b"",
    }  # fmt: skip
