"""What the probes of a cluster's nodes show together: CSVs, VMs, and which volumes a VM ties together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.domain.backup import VmInSet
from bot.domain.inventory import ClusterNode, Csv, NodeProbe, Vm

_VM_TABLES = ("vms.csv", "vm-disks.csv", "vm-settings.csv")


def csv_of(path: str, probes: Mapping[str, NodeProbe]) -> Csv | None:
    """Return what is known of a CSV: its owner's view, else one that knows its disk, else any.

    A node that is not the owner may not see the disk; nodes that see different disks are not believed.
    """
    views = [(probe.node, csv) for probe in probes.values() for csv in probe.csvs if _same(csv.path, path)]
    views.sort(key=lambda view: (not is_node(view[0], view[1].owner), view[1].serial is None))
    if not views:
        return None
    if len({csv.serial for _, csv in views if csv.serial is not None}) > 1:
        return replace(views[0][1], serial=None, serial_problem="the nodes see different disks for it")
    return views[0][1]


def vms_of(volumes: Mapping[str, str], probes: Mapping[str, NodeProbe]) -> tuple[VmInSet, ...]:
    """Return the VMs with a disk on these volumes (short name -> CSV path), by name."""
    places = places_of(volumes, probes)
    found = [
        VmInSet(vm.id, vm.name, vm.node, names)
        for probe in probes.values()
        for vm in probe.vms
        if (names := volumes_of(vm, places))
    ]
    return tuple(sorted(found, key=lambda vm: (vm.name.lower(), vm.id)))


def vms_known(nodes: Sequence[str], probes: Mapping[str, NodeProbe]) -> bool:
    """Tell whether every node that is up has told its VMs."""
    return not nodes_without_vms(nodes, probes)


def linked(
    volumes: Sequence[str], paths: Mapping[str, str], probes: Mapping[str, NodeProbe]
) -> tuple[str, ...]:
    """Return these volumes and the configured ones that a VM ties to them, in the configuration's order."""
    wanted, places = set(volumes), places_of(paths, probes)
    while True:
        tied = {
            name
            for probe in probes.values()
            for vm in probe.vms
            if wanted.intersection(names := volumes_of(vm, places))
            for name in names
        }
        if tied <= wanted:
            return tuple(name for name in paths if name in wanted)
        wanted |= tied


Places = Mapping[str, tuple[str, ...]]
"""Short name -> how the path of a file on that volume begins, or what it holds, lower case."""


def places_of(volumes: Mapping[str, str], probes: Mapping[str, NodeProbe]) -> Places:
    """Return by what a file on each of these volumes (short name -> CSV path) is known."""
    places: dict[str, tuple[str, ...]] = {}
    for name, path in volumes.items():
        csv = csv_of(path, probes)
        guid = csv.volume_guid.strip("{}").lower() if csv else ""
        mark = (rf"\\?\volume{{{guid}}}" + "\\",) if guid else ()
        places[name] = (path.rstrip("\\").lower() + "\\", *mark)
    return places


def volumes_of(vm: Vm, places: Places) -> tuple[str, ...]:
    """Return the short names of the volumes on which a VM has a disk."""
    return tuple(name for name, starts in places.items() if any(_lies_on(d, starts) for d in vm.disks))


def lies_outside(vm: Vm, places: Places) -> tuple[str, ...]:
    """Return a VM's disks that are on none of these volumes."""
    return tuple(d for d in vm.disks if not any(_lies_on(d, starts) for starts in places.values()))


def nodes_without_vms(nodes: Sequence[str], probes: Mapping[str, NodeProbe]) -> tuple[str, ...]:
    """Return the nodes that are up, as far as anybody knows, and have not told their VMs."""
    return tuple(node for node in nodes if not _told_vms(probes.get(node)) and not _is_down(node, probes))


def is_node(name: str, other: str) -> bool:
    """Tell whether two names mean one node: without case and without a domain."""
    return bool(name) and name.split(".", maxsplit=1)[0].lower() == other.split(".", maxsplit=1)[0].lower()


def member(node: str, probe: NodeProbe) -> ClusterNode | None:
    """Return a cluster member as one probe sees it."""
    return next((n for n in probe.nodes if is_node(n.name, node)), None)


def _told_vms(probe: NodeProbe | None) -> bool:
    return probe is not None and not any(p.startswith(_VM_TABLES) for p in probe.problems)


def _is_down(node: str, probes: Mapping[str, NodeProbe]) -> bool:
    states = [seen.state for probe in probes.values() if (seen := member(node, probe)) is not None]
    return bool(states) and all(state == 1 for state in states)


def _lies_on(disk: str, starts: tuple[str, ...]) -> bool:
    return disk.replace("/", "\\").lower().startswith(starts)


def _same(path: str, other: str) -> bool:
    return path.rstrip("\\").lower() == other.rstrip("\\").lower()
