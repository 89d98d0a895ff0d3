"""Instances of root/microsoft/windows/storage: every node sees all disks, under numbers of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.node.programs.cim.schema import Instance
from sandbox.node.windows import windows_of

if TYPE_CHECKING:
    from sandbox.node.process import Call

_FIBRE_CHANNEL, _SAS = 6, 10
_MB = 1024 * 1024


def _disks(call: Call) -> list[Instance]:
    win = windows_of(call.machine)
    node = win.topology.nodes.get(win.name)
    shift = node.id - 1 if node is not None else 0  # disks are numbered as each node found them
    found: list[Instance] = [
        {
            "Number": 0,
            "FriendlyName": "DELL PERC H755",
            "Model": "PERC H755",
            "Manufacturer": "DELL",
            "SerialNumber": f"00B1{win.name}",
            "UniqueId": f"6D09466{abs(hash(win.name)) % 10**9:025d}",
            "UniqueIdFormat": 3,
            "Guid": "{5f1bbd5b-0000-4000-8000-000000000001}",
            "BusType": _SAS,
            "Size": 479_559_942_144,
            "IsBoot": True,
            "IsSystem": True,
            "IsClustered": False,
            **_STATE,
        }
    ]
    for csv in win.topology.csvs.values():
        for position, serial in enumerate([csv.serial, *csv.clones]):
            found.append(
                {
                    "Number": csv.disk_number + shift + 100 * position,
                    "FriendlyName": "PURE FlashArray",
                    "Model": "FlashArray",
                    "Manufacturer": "PURE",
                    "SerialNumber": serial,
                    "UniqueId": f"624A9370{serial}",
                    "UniqueIdFormat": 3,
                    "Guid": f"{{{csv.disk_guid}}}",
                    "BusType": _FIBRE_CHANNEL,
                    "Size": csv.size_mb * _MB,
                    "IsBoot": False,
                    "IsSystem": False,
                    "IsClustered": position == 0,
                    **_STATE,
                    "IsOffline": position > 0,
                }
            )
    return found


_STATE: Instance = {
    "IsOffline": False,
    "IsReadOnly": False,
    "HealthStatus": 0,
    "OperationalStatus": (0xD010,),
    "PartitionStyle": 2,
    "LogicalSectorSize": 512,
    "PhysicalSectorSize": 512,
    "ProvisioningType": 1,
}

SERVERS = {"MSFT_Disk": _disks}
