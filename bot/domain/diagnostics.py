"""What VSS's diagnostics tell about one run: each writer's latest phase, and how far the run has come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.domain.backup import Phase, WriterProgress
from bot.domain.vss import DiagReading, DiagRecord

WRITER_PHASES = (
    "IDENTIFY",
    "PREPAREBACKUP",
    "PREPARESNAPSHOT",
    "FREEZE",
    "THAW",
    "POSTSNAPSHOT",
    "BACKUPCOMPLETE",
    "BACKUPSHUTDOWN",
)

SEEN_AS = {
    "IDENTIFY": Phase.GATHERING,
    "PREPAREBACKUP": Phase.GATHERING,
    "PREPARESNAPSHOT": Phase.PREPARING,
    "FREEZE": Phase.FREEZE,
    "THAW": Phase.THAW,
    "POSTSNAPSHOT": Phase.THAW,
    "BACKUPCOMPLETE": Phase.COMPLETING,
    "BACKUPSHUTDOWN": Phase.COMPLETING,
}

# Keys that are VSS itself, seen in public telemetry beside the writers; they are no writers.
_NOT_WRITERS = frozenset({"vssvcpublisher", "coordinator", "spp", "systemrestore", "volsnap"})

# VSS_WRITER_STATE: in which phase a failed state arises (there is none for the restore states 13 and 14).
_FAILS_IN = {
    6: "IDENTIFY",
    7: "PREPAREBACKUP",
    8: "PREPARESNAPSHOT",
    9: "FREEZE",
    10: "THAW",
    11: "POSTSNAPSHOT",
    12: "BACKUPCOMPLETE",
    15: "BACKUPSHUTDOWN",
}


def progress(
    reading: DiagReading, baseline: DiagReading, set_id: str | None, since: datetime, node: str
) -> list[WriterProgress]:
    """Return each writer's latest phase in our run, in the order the writers first appeared.

    VSS keeps only the last occurrence of each phase: a record older than `since`, equal to one of the
    baseline, or of another set is not ours. Before the set id is known the time alone must do.
    """
    writers: dict[str, list[DiagRecord]] = {}
    for record in _ours(reading, baseline, set_id, since):
        if record.key.lower() not in _NOT_WRITERS:
            writers.setdefault(record.key, []).append(record)
    return [_latest(records, node) for records in writers.values()]


def phase_seen(
    reading: DiagReading, baseline: DiagReading, set_id: str | None, since: datetime
) -> Phase | None:
    """Return the furthest phase that any record of our run shows, or None."""
    seen = [record.phase for record in _ours(reading, baseline, set_id, since)]
    return SEEN_AS[max(seen, key=WRITER_PHASES.index)] if seen else None


def phase_times(
    reading: DiagReading, baseline: DiagReading, set_id: str | None, since: datetime, now: datetime
) -> dict[Phase, datetime]:
    """Return when each phase began, moved to our clock: the newest record is taken to be of now.

    Looks come every two seconds and a freeze may be shorter than that; the records keep its times.
    """
    ours = _ours(reading, baseline, set_id, since)
    if not ours:
        return {}
    offset = now - ours[-1].at
    began: dict[Phase, datetime] = {}
    for record in ours:
        began.setdefault(SEEN_AS[record.phase], record.at + offset)
    return began


def _ours(
    reading: DiagReading, baseline: DiagReading, set_id: str | None, since: datetime
) -> list[DiagRecord]:
    before = {(record.key, record.value): record for record in baseline.records}
    ours = [
        record
        for record in reading.records
        if record.phase in SEEN_AS
        and record.at >= since
        and before.get((record.key, record.value)) != record
        and (set_id is None or record.set_id is None or record.set_id == set_id)
    ]
    return sorted(ours, key=_order)


def _order(record: DiagRecord) -> tuple[datetime, int, bool]:
    return record.at, WRITER_PHASES.index(record.phase), not record.enter


def _latest(records: Sequence[DiagRecord], node: str) -> WriterProgress:
    failed = [record for record in records if _has_failed(record)]
    last = failed[0] if failed else records[-1]
    entered = next(
        (r for r in reversed(records) if r.enter and r.phase == last.phase and r.at <= last.at), None
    )
    state = last.state if failed or not 6 <= last.state <= 15 else 0
    return WriterProgress(
        node=node,
        writer=last.key,
        phase=last.phase,
        running=last.enter and not failed,
        state=state,
        hresult=last.hresult if failed else 0,
        at=last.at,
        seconds=(last.at - entered.at).total_seconds() if entered and not last.enter else None,
    )


def _has_failed(record: DiagRecord) -> bool:
    """Tell a failure of this run from a state that an earlier run left behind."""
    if record.hresult >= 0x80000000:
        return True
    born = _FAILS_IN.get(record.state)
    return born is not None and WRITER_PHASES.index(record.phase) >= WRITER_PHASES.index(born)
