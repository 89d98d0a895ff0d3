"""From a node's Hyper-V tables to its VMs with their disks."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.inventory import Vm
from integrations.hyperv.decoding import guids

Row = dict[str, str]

_RUNNING = "2"  # Msvm_ComputerSystem.EnabledState
_ENABLED = "2"  # Msvm_VssComponentSettingData.EnabledState
_VSS_COMPONENT = "5ced1297-4598-4915-a5fc-ad21bb4d02a4"  # names of the services are localised, this is not
_NOT_DISKS = (".iso", ".vfd", ".flp")  # what lies in a DVD or floppy drive is not backed up


def vms(
    node: str, systems: Sequence[Row], settings: Sequence[Row], disks: Sequence[Row], vss: Sequence[Row]
) -> tuple[Vm, ...]:
    """Return the VMs of a node by name; the node itself is in the same table and has no GUID as its name."""
    owner = _owners(settings)
    found = []
    for row in systems:
        ids = guids(row.get("Name", ""))
        if not ids:
            continue
        vm = ids[0]
        found.append(
            Vm(
                id=vm.upper(),
                name=row.get("ElementName", "") or vm.upper(),
                node=node,
                running=row.get("EnabledState", "").strip() == _RUNNING,
                disks=_disks(vm, owner, disks),
                backup_service=_has_backup_service(vm, vss),
                recovery_checkpoint=any(
                    owner.get(_first(s)) == vm and "recovery" in s.get("VirtualSystemType", "").lower()
                    for s in settings
                ),
            )
        )
    return tuple(sorted(found, key=lambda vm: (vm.name.lower(), vm.id)))


def _owners(settings: Sequence[Row]) -> dict[str, str]:
    """Return which VM a set of settings belongs to: its own, or one of its checkpoints."""
    return {_first(row): ids[0] for row in settings if (ids := guids(row.get("VirtualSystemIdentifier", "")))}


def _first(row: Row) -> str:
    ids = guids(row.get("InstanceID", ""))
    return ids[0] if ids else ""


def _disks(vm: str, owner: dict[str, str], rows: Sequence[Row]) -> tuple[str, ...]:
    mine = (row for row in rows if owner.get(_first(row), _first(row)) == vm)
    paths = (path.strip() for row in mine for path in row.get("HostResource", "").split("|"))
    return tuple(dict.fromkeys(p for p in paths if p and not p.lower().endswith(_NOT_DISKS)))


def _has_backup_service(vm: str, vss: Sequence[Row]) -> bool:
    rows = [row for row in vss if _first(row) == vm]
    ours = [row for row in rows if _VSS_COMPONENT in row.get("InstanceID", "").lower()] or rows
    return all(row.get("EnabledState", "").strip() == _ENABLED for row in ours)
