"""Instances of root/virtualization/v2: the VMs registered on this node only."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from sandbox.node.programs.cim.schema import Instance
from sandbox.node.windows import windows_of

if TYPE_CHECKING:
    from sandbox.node.process import Call
    from sandbox.node.topology import Vm

_RUNNING, _OFF = 2, 3  # EnabledState
_BACKING_UP = 32776  # second OperationalStatus
_BACKUP_SERVICE = "5CED1297-4598-4915-A5FC-AD21BB4D02A4"  # the integration service's id in any language
_DEFINITION = "70BB60D2-A9D3-46AA-B654-3DE53004B4F8"


def _vms(call: Call) -> list[Vm]:
    win = windows_of(call.machine)
    return win.topology.vms_on(win.name)


def _systems(call: Call) -> list[Instance]:
    win = windows_of(call.machine)
    found: list[Instance] = [
        {
            "Caption": "Hosting Computer System",
            "Name": win.name,
            "ElementName": win.name,
            "Description": "Microsoft Hosting Computer System",
            "EnabledState": _RUNNING,
            "HealthState": 5,
            "OperationalStatus": (2,),
        }
    ]
    for vm in _vms(call):
        found.append(
            {
                "Caption": "Virtual Machine" if not win.culture.german else "Virtueller Computer",
                "Name": vm.id,
                "ElementName": vm.name,
                "Description": "Microsoft Virtual Machine",
                "EnabledState": _RUNNING if vm.running else _OFF,
                "HealthState": 5,
                "OperationalStatus": (2, _BACKING_UP) if vm.backing_up else (2,),
                "ProcessID": 5000 + len(found) * 4 if vm.running else None,
            }
        )
    return found


def _recovery_id(vm: Vm) -> str:
    return str(uuid.uuid5(uuid.UUID(vm.id), "recovery")).upper()


def _settings(call: Call) -> list[Instance]:
    found: list[Instance] = []
    for vm in _vms(call):
        found.append(_setting(vm, vm.id, vm.name, "Microsoft:Hyper-V:System:Realized"))
        if vm.recovery_checkpoint:
            name = f"{vm.name} - Backup"
            found.append(_setting(vm, _recovery_id(vm), name, "Microsoft:Hyper-V:Snapshot:Recovery"))
    return found


def _setting(vm: Vm, id_: str, name: str, kind: str) -> Instance:
    return {
        "InstanceID": f"Microsoft:{id_}",
        "ElementName": name,
        "VirtualSystemIdentifier": vm.id,
        "VirtualSystemType": kind,
        "VirtualSystemSubType": None,
        "ConfigurationDataRoot": vm.disks[0].rpartition("\\")[0] if vm.disks else None,
        "Version": "10.0",
    }


def _storage(call: Call) -> list[Instance]:
    found: list[Instance] = [
        {
            "InstanceID": f"Microsoft:Definition\\{_DEFINITION}\\{name}",
            "ElementName": "Hard Disk Image",
            "ResourceType": 31,
        }
        for name in ("Default", "Minimum", "Maximum", "Increment")
    ]
    for vm in _vms(call):
        for number, disk in enumerate(vm.disks):
            if vm.recovery_checkpoint:
                found.append(_disk(_recovery_id(vm), vm, number, path=disk))
                disk = disk.rpartition(".")[0] + "-AutoRecovery.AVHDX"  # noqa: PLW2901 - the VM runs on it now
            found.append(_disk(vm.id, vm, number, path=disk))
    return found


def _disk(owner: str, vm: Vm, number: int, *, path: str) -> Instance:
    controller = str(uuid.uuid5(uuid.UUID(vm.id), "scsi")).upper()
    return {
        "InstanceID": f"Microsoft:{owner}\\{controller}\\0\\{number}\\L",
        "ElementName": "Hard Disk Image",
        "ResourceType": 31,
        "ResourceSubType": "Microsoft:Hyper-V:Virtual Hard Disk",
        "HostResource": (path,),
        "PoolID": "",
    }


def _backup_services(call: Call) -> list[Instance]:
    found: list[Instance] = [
        {
            "InstanceID": f"Microsoft:Definition\\{_BACKUP_SERVICE}\\Default",
            "EnabledState": _RUNNING,
            "ElementName": "VSS",
        }
    ]
    german = windows_of(call.machine).culture.german
    for vm in _vms(call):
        found.append(
            {
                "InstanceID": f"Microsoft:{vm.id}\\{_BACKUP_SERVICE}",
                "ElementName": "Sicherung (Volumeschattenkopie)" if german else "Backup (volume shadow copy)",
                "EnabledState": _RUNNING if vm.backup_service else _OFF,
            }
        )
    return found


SERVERS = {
    "Msvm_ComputerSystem": _systems,
    "Msvm_VirtualSystemSettingData": _settings,
    "Msvm_StorageAllocationSettingData": _storage,
    "Msvm_VssComponentSettingData": _backup_services,
}
