"""The writers that take part in a session, on this node and on the others, phase by phase."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from sandbox.node.vss import codes, diag, events, writers
from sandbox.node.vss.service import VssService, WriterFailure
from sandbox.node.vss.writers import Writer

_FAILED_AT = {
    "IDENTIFY": 6,
    "PREPAREBACKUP": 7,
    "PREPARESNAPSHOT": 8,
    "FREEZE": 9,
    "THAW": 10,
    "POSTSNAPSHOT": 11,
    "BACKUPCOMPLETE": 12,
    "BACKUPSHUTDOWN": 15,
}
_STATE_AFTER = {
    "PREPARESNAPSHOT": codes.WAITING_FOR_FREEZE,
    "FREEZE": codes.WAITING_FOR_THAW,
    "THAW": codes.WAITING_FOR_POST_SNAPSHOT,
    "POSTSNAPSHOT": codes.WAITING_FOR_BACKUP_COMPLETE,
    "BACKUPCOMPLETE": codes.STABLE,
    "ABORT": codes.STABLE,
}
_QUICK_SHARE = 0.1  # ordinary writers are done after this part of a phase; Hyper-V and CSV need all of it


@dataclass(eq=False)
class Member:
    """One writer of one node in a session."""

    service: VssService
    writer: Writer
    remote: bool = False
    failed_at: str = ""

    def record(self, phase: str, set_id: str, *, enter: bool) -> None:
        """Leave the phase in the node's diagnostics."""
        win = self.service.win
        pid = win.services[self.writer.kind.service].pid
        tid = pid + 8 + _FAILED_AT.get(phase, 0) * 4
        if self.remote and not win.unknowns.remote_writers_know_the_set and set_id != diag.NO_SET:
            set_id = str(uuid.uuid5(uuid.UUID(set_id), win.name))
        record = diag.Record(
            phase, enter, win.now(), pid, tid, self.writer.state, self.writer.failure, set_id
        )
        diag.write(win.registry, self.writer.kind.name, record)

    def fail(self, failure: WriterFailure) -> None:
        """Fail in a phase: state, result, and event 8229 (with 1544 for the cluster's writers)."""
        self.failed_at = failure.phase
        self.writer.failure = failure.hresult
        self.writer.state = _FAILED_AT[failure.phase]
        events.writer_rejected(self.service.win, self.writer, failure.phase)
        if self.writer.kind.guid in (writers.CSV, writers.CLUSTER_DATABASE):
            events.backup_aborted(self.service.win)


class Members:
    """All writers of a session; goes through a phase with every one that has not failed."""

    def __init__(self, members: list[Member], failures: list[WriterFailure]) -> None:
        self.members = members
        self.failures = failures

    def start(self) -> None:
        """Begin a set: what an earlier set left of failures is forgotten."""
        for member in self.members:
            if not member.failed_at:
                member.writer.state, member.writer.failure = codes.STABLE, codes.S_OK

    def phase(self, name: str, set_id: str, seconds: float, work: Callable[[float], None]) -> list[Member]:
        """Let the members go through a phase that takes `seconds`; return those that failed in it."""
        active = [member for member in self.members if not member.failed_at]
        for member in active:
            member.record(name, set_id, enter=True)
        work(seconds * _QUICK_SHARE)
        failed = [
            member for member in active if not member.writer.kind.slow and self._leave(member, name, set_id)
        ]
        work(seconds * (1 - _QUICK_SHARE))
        failed += [
            member for member in active if member.writer.kind.slow and self._leave(member, name, set_id)
        ]
        return failed

    def _leave(self, member: Member, name: str, set_id: str) -> bool:
        failure = self._failure(member, name)
        if failure is not None:
            member.fail(failure)
        elif name in _STATE_AFTER:
            member.writer.state = _STATE_AFTER[name]
        member.record(name, set_id, enter=False)
        return failure is not None

    def _failure(self, member: Member, phase: str) -> WriterFailure | None:
        planned = member.service.failures if member.remote else [*self.failures, *member.service.failures]
        for failure in planned:
            if failure.phase == phase and failure.writer.lower() == member.writer.kind.name.lower():
                for known in (self.failures, member.service.failures):
                    if failure in known:
                        known.remove(failure)
                return failure
        return None
