"""What the check before a backup warns about: it is said on the card and changes nothing."""

from __future__ import annotations

from collections.abc import Iterator

from bot.domain.inventory import Csv, NodeProbe, Vm
from bot.domain.inventory_check import Question, is_array
from bot.domain.inventory_views import (
    Places,
    csv_of,
    is_node,
    lies_outside,
    nodes_without_vms,
    places_of,
    vms_of,
    volumes_of,
)

LOW_FREE_PERCENT, LOW_FREE_MB = 10, 20 * 1024

_NO_DIRECT_IO = 1  # CLUSTER_CSV_VOLUME_FAULT_STATE


def warnings(question: Question, node: str | None) -> Iterator[str]:
    """Yield a plain sentence for everything that a person should know before the backup."""
    for name, path in question.volumes.items():
        csv = csv_of(path, question.probes)
        if csv is not None:
            yield from _of_csv(name, csv)
    for silent in nodes_without_vms(question.nodes, question.probes):
        yield f"{silent} did not tell its VMs: the backup cannot be verified for them."
    in_set = vms_of(question.volumes, question.probes)
    if not in_set and not nodes_without_vms(question.nodes, question.probes):
        yield f"No VM has a disk on {', '.join(question.volumes)}."
    places = places_of(question.volumes, question.probes)
    everywhere = places_of(question.paths, question.probes)
    for probe in question.probes.values():
        for vm in probe.vms:
            if volumes_of(vm, places):
                yield from _of_vm(question, vm, places, everywhere)
    for probe in question.probes.values():
        yield from _of_node(question, probe, is_requester=node is not None and is_node(node, probe.node))


def _of_csv(name: str, csv: Csv) -> Iterator[str]:
    if csv.fault_state & _NO_DIRECT_IO and csv.file_system.upper() != "REFS":
        yield f"The CSV of {name} is in redirected mode: the backup works, but is slower."
    if csv.file_system.upper() == "REFS":
        yield f"The CSV of {name} is formatted with ReFS: this provider is not known to be tested with it."
    if csv.free_mb is None or csv.total_mb is None:
        return
    if csv.free_mb < LOW_FREE_MB or csv.free_mb * 100 < csv.total_mb * LOW_FREE_PERCENT:
        yield (
            f"The CSV of {name} has only {csv.free_mb / 1024:.1f} GB free of {csv.total_mb / 1024:.1f} GB:"
            " VM checkpoints grow there while a backup runs."
        )


def _of_vm(question: Question, vm: Vm, places: Places, everywhere: Places) -> Iterator[str]:
    if vm.id.lower() in question.accepted or vm.name.lower() in question.accepted:
        return
    outside = lies_outside(vm, places)
    if outside:
        others = volumes_of(vm, everywhere)
        offer = [name for name in others if name not in question.volumes]
        advice = f"; back up {' '.join([*question.volumes, *offer])} together" if offer else ""
        yield f"VM {vm.name} also has a disk at {outside[0]}, so VSS will leave it out{advice}."
    if not vm.backup_service:
        yield f"VM {vm.name} on {vm.node} has its backup integration service switched off: only crash-consistent."
    if vm.recovery_checkpoint:
        yield f"VM {vm.name} on {vm.node} already has a recovery checkpoint, left over or of another backup."


def _of_node(question: Question, probe: NodeProbe, *, is_requester: bool) -> Iterator[str]:
    if is_requester and probe.diag_disabled:
        yield f"Writer progress is switched off on {probe.node} (VSS\\Diag); the card shows phases only."
    if probe.diskshadow_pids:
        yield f"DiskShadow already runs on {probe.node}: another backup may be under way."
    if is_requester:
        for row in probe.provider_arrays:
            bad = not (row.compatible and row.online and row.authenticated)
            if bad and not any(is_array(row, *ours) for ours in question.arrays.items()):
                yield f"The VSS provider on {probe.node} has trouble with the array {row.name}, which is not needed here."
    if probe.problems:
        yield f"The check of {probe.node} was not complete: {'; '.join(probe.problems)}."
