"""Everything that is known about a run when it is judged: the facts of the three witnesses, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from bot.domain.backup import BackupType, Target, VmInSet, WriterProgress
from bot.domain.events import RatedEvent
from bot.domain.match import VolumeAnswer
from bot.domain.vss import RequesterReport


class FolderFacts(Protocol):
    """What a node shows of one request; `bot.ports.RunFolder` is one."""

    @property
    def claimed(self) -> bool: ...
    @property
    def armed(self) -> bool: ...
    @property
    def committed(self) -> bool: ...
    @property
    def cancelled(self) -> bool: ...
    @property
    def started(self) -> bool: ...
    @property
    def created(self) -> bool: ...
    @property
    def set_id(self) -> str | None: ...
    @property
    def shadow_ids(self) -> Mapping[str, str]: ...
    @property
    def ended(self) -> bool: ...
    @property
    def exit_code(self) -> int | None: ...
    @property
    def done(self) -> bool: ...


@dataclass(frozen=True)
class Evidence:
    """The facts of one attempt. None and empty always mean "not known", never "nothing to worry about"."""

    target: Target
    node: str
    folder: FolderFacts | None = None  # None: the node could not be asked
    requester_gone: bool | None = None  # True only if proved: process gone, or the node rebooted since
    report: RequesterReport | None = None  # None: DiskShadow's output could not be read
    volumes: tuple[VolumeAnswer, ...] = ()  # the array's answer for each volume of the target
    array_settled: bool = True  # the array was asked long enough after DiskShadow's end for a late snapshot
    vms: tuple[VmInSet, ...] = ()
    vms_known: bool = True  # the inventory of every node that is up could be read
    accepted: frozenset[str] = frozenset()  # ids or names of VMs accepted as crash-consistent
    events: tuple[RatedEvent, ...] | None = None  # None: no log was read
    log_gaps: tuple[str, ...] = ()  # sentences
    unasked_nodes: tuple[str, ...] = ()  # nodes whose record is wanted and could not be read
    writers: tuple[WriterProgress, ...] = ()  # from VSS's diagnostics, of this run
    backup_type: BackupType = BackupType.FULL

    @property
    def is_gone(self) -> bool:
        """Tell whether DiskShadow has certainly ended (or certainly never ran)."""
        folder = self.folder
        if folder is None:
            return False
        return folder.exit_code is not None or folder.done or self.requester_gone is True

    @property
    def set_id(self) -> str | None:
        """Return the shadow copy set's id, by the marker first, then by DiskShadow's output."""
        by_marker = self.folder.set_id if self.folder else None
        return by_marker or (self.report.set_id if self.report else None)


def left_out(evidence: Evidence) -> tuple[VmInSet, ...]:
    """Return the VMs that the record does not show as included and that nobody accepted; in their order."""
    if evidence.report is None:
        return ()
    return tuple(
        vm for vm in mark_included(evidence.vms, evidence.report) if not vm.included and not _ok(vm, evidence)
    )


def mark_included(vms: Sequence[VmInSet], report: RequesterReport) -> tuple[VmInSet, ...]:
    """Return the VMs with `included` as DiskShadow's output shows it, and a note where it says why not.

    A component's last path segment is the VM's id, whether the Hyper-V writer of this node or the
    cluster's writer for the other nodes brings it in. Output that ended before DiskShadow came to its
    writers leaves `included` unknown.
    """
    told = bool(report.included) or report.created
    seen = {_last_segment(path) for paths in report.included.values() for path in paths}
    excluded = {_last_segment(part.component): part for part in report.excluded}
    marked = []
    for vm in vms:
        key = vm.id.strip("{}").lower()
        part = excluded.get(key)
        note = vm.note
        if part is not None and key not in seen:
            lacks = f": it needs {part.volume}" if part.volume else ""
            note = f"{part.writer} left it out{lacks}"
        marked.append(replace(vm, included=key in seen if told else None, note=note))
    return tuple(marked)


def _last_segment(path: str) -> str:
    return path.rstrip("\\").rpartition("\\")[2].strip().strip("{}").lower()


def _ok(vm: VmInSet, evidence: Evidence) -> bool:
    accepted = {item.strip("{}").lower() for item in evidence.accepted}
    return vm.id.strip("{}").lower() in accepted or vm.name.lower() in accepted
