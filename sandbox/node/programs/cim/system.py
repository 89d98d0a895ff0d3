"""Instances of root/cimv2: the operating system, services, processes, volumes and surfaced shadow copies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.node.programs.cim.schema import Instance
from sandbox.node.services import RUNNING
from sandbox.node.vss.provider import PROVIDER_ID
from sandbox.node.windows import windows_of

if TYPE_CHECKING:
    from sandbox.node.process import Call

_MB = 1024 * 1024


def _operating_systems(call: Call) -> list[Instance]:
    win = windows_of(call.machine)
    return [
        {
            "Name": "Microsoft Windows Server 2022 Datacenter|C:\\Windows|\\Device\\Harddisk0\\Partition3",
            "Caption": "Microsoft Windows Server 2022 Datacenter",
            "Version": "10.0.20348",
            "BuildNumber": "20348",
            "CSName": win.name,
            "LastBootUpTime": call.machine.boot_time,
            "LocalDateTime": win.now(),
            "OSArchitecture": "64-Bit" if win.culture.german else "64-bit",
            "OSLanguage": 1031 if win.culture.german else 1033,
            "Locale": "0407" if win.culture.german else "0409",
            "CodeSet": "1252",
            "MUILanguages": (win.culture.name,),
            "ProductType": 3,
            "OperatingSystemSKU": 8,
            "SystemDrive": "C:",
            "SystemDirectory": "C:\\Windows\\system32",
            "WindowsDirectory": "C:\\Windows",
            "Status": "OK",
        }
    ]


def _computers(call: Call) -> list[Instance]:
    win = windows_of(call.machine)
    return [
        {
            "Name": win.name,
            "DNSHostName": win.name,
            "Domain": win.topology.domain or "WORKGROUP",
            "PartOfDomain": bool(win.topology.domain),
            "HypervisorPresent": True,
            "Manufacturer": "Dell Inc.",
            "Model": "PowerEdge R750",
            "NumberOfLogicalProcessors": 64,
            "TotalPhysicalMemory": 549_755_813_888,
            "CurrentTimeZone": _offset(call),
        }
    ]


def _offset(call: Call) -> int:
    win = windows_of(call.machine)
    offset = win.now().astimezone(win.culture.zone).utcoffset()
    return int(offset.total_seconds() // 60) if offset is not None else 0


def _services(call: Call) -> list[Instance]:
    win = windows_of(call.machine)
    return [
        {
            "Name": service.name,
            "DisplayName": service.display,
            "Caption": service.display,
            "State": service.state,
            "Started": service.state == RUNNING,
            "StartMode": service.start_mode,
            "StartName": service.account,
            "PathName": service.path,
            "ProcessId": service.pid,
            "ExitCode": 0 if service.state == RUNNING else 1077,
            "Status": "OK",
            "SystemName": win.name,
        }
        for service in win.services.values()
    ]


def _processes(call: Call) -> list[Instance]:
    win = windows_of(call.machine)
    booted = call.machine.boot_time
    found: list[Instance] = [
        {
            "Name": service.path.rpartition("\\")[2].split()[0],
            "ProcessId": service.pid,
            "ParentProcessId": 700,
            "CommandLine": service.path,
            "CreationDate": booted,
            "SessionId": 0,
        }
        for service in win.services.values()
        if service.state == RUNNING
    ]
    for process in call.machine.processes:
        if process.exit_code is not None:
            continue
        found.append(
            {
                "Name": process.image.rpartition("\\")[2],
                "ProcessId": process.pid,
                "ParentProcessId": process.parent_pid,
                "ExecutablePath": process.image,
                "CommandLine": process.command_line,
                "CreationDate": process.started,
                "SessionId": 0,
                "Handle": str(process.pid),
            }
        )
    return found


def _volumes(call: Call) -> list[Instance]:
    win = windows_of(call.machine)
    found: list[Instance] = [
        {
            "Name": volume.path,
            "DeviceID": volume.guid_path,
            "DriveLetter": volume.path.rstrip("\\"),
            "DriveType": 3,
            "FileSystem": "NTFS",
            "Capacity": 478_000_000_000,
            "FreeSpace": 400_000_000_000,
            "BootVolume": True,
        }
        for volume in win.vss.local_volumes
    ]
    for csv in win.topology.csvs.values() if win.vss.sees_csvs else ():
        found.append(
            {
                "Name": csv.volume_name,
                "DeviceID": csv.volume_name,
                "DriveType": 3,
                "FileSystem": "CSVFS",
                "Label": csv.label or csv.name,
                "Capacity": csv.size_mb * _MB,
                "FreeSpace": csv.free_mb * _MB,
                "BootVolume": False,
            }
        )
    return found


def _shadow_copies(call: Call) -> list[Instance]:
    win = windows_of(call.machine)
    return [
        {
            "ID": copy.id.upper(),
            "SetID": made.id.upper(),
            "ProviderID": copy.provider.upper(),
            "VolumeName": copy.volume.guid_path,
            "DeviceObject": copy.device,
            "InstallDate": copy.created,
            "Count": len(made.shadows),
            "HardwareAssisted": copy.provider.lower() == PROVIDER_ID,
            "Transportable": False,
            "State": 12,
            "OriginatingMachine": win.fqdn,
        }
        for made in win.vss.sets
        if made.state in ("created", "completed") and not made.options.transportable
        for copy in made.shadows
    ]


def _time_zones(call: Call) -> list[Instance]:
    return [{"Bias": _offset(call), "Caption": str(windows_of(call.machine).culture.zone)}]


SERVERS = {
    "Win32_OperatingSystem": _operating_systems,
    "Win32_ComputerSystem": _computers,
    "Win32_Service": _services,
    "Win32_Process": _processes,
    "Win32_Volume": _volumes,
    "Win32_ShadowCopy": _shadow_copies,
    "Win32_TimeZone": _time_zones,
}
