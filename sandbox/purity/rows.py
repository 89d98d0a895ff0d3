"""How REST 1.x shows the things on the array."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from sandbox.purity.listing import Row
from sandbox.purity.model import FlashArray
from sandbox.purity.objects import AuditRow, GroupSnapshot, Host, ProtectionGroup, Snapshot, Transfer, Volume


def iso(when: datetime) -> str:
    """Return a time as REST 1.x writes it, UTC in whole seconds."""
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


def volume_row(array: FlashArray, item: Volume | Snapshot, *, pending: bool) -> Row:
    """Return a volume or a volume snapshot; with `pending` also the seconds left until its eradication."""
    row: Row = {
        "name": item.name,
        "serial": item.serial,
        "size": item.size,
        "source": item.source,
        "created": iso(item.created),
    }
    return row | ({"time_remaining": _time_remaining(array, item.destroyed_at)} if pending else {})


def group_row(array: FlashArray, group: ProtectionGroup, *, pending: bool) -> Row:
    """Return a protection group; kinds of members that it has none of are null, as real arrays say."""
    row: Row = {
        "name": group.name,
        "volumes": list(group.volumes) or None,
        "hosts": list(group.hosts) or None,
        "hgroups": list(group.hgroups) or None,
        "source": array.name,
        "targets": [{"name": name, "allowed": True} for name in group.targets] or None,
    }
    return row | ({"time_remaining": _time_remaining(array, group.destroyed_at)} if pending else {})


def group_snapshot_row(array: FlashArray, snapshot: GroupSnapshot, *, pending: bool, transfer: bool) -> Row:
    """Return a group snapshot; with `transfer` the progress of its replication, nulls if it has none."""
    row: Row = {"name": snapshot.name, "source": snapshot.source, "created": iso(snapshot.created)}
    if transfer:
        row |= _transfer_row(snapshot.transfer)
    return row | ({"time_remaining": _time_remaining(array, snapshot.destroyed_at)} if pending else {})


def host_row(array: FlashArray, host: Host) -> Row:
    """Return an array host."""
    groups = [group.name for group in array.hgroups.values() if host.name in group.hosts]
    return {
        "name": host.name,
        "iqn": list(host.iqn),
        "wwn": list(host.wwn),
        "hgroup": groups[0] if groups else None,
    }


def audit_row(row: AuditRow) -> Row:
    """Return a line of the audit trail."""
    return {
        "id": row.id,
        "opened": iso(row.opened),
        "user": row.user,
        "component_type": row.component_type,
        "component_name": row.component_name,
        "event": row.event,
        "details": row.details,
    }


def _time_remaining(array: FlashArray, destroyed_at: datetime | None) -> int | None:
    if destroyed_at is None:
        return None
    left = destroyed_at + array.eradication_delay - array.now()
    return max(0, int(left / timedelta(seconds=1)))


def _transfer_row(transfer: Transfer | None) -> Row:
    names = ("started", "completed", "progress", "data_transferred", "physical_bytes_written")
    if transfer is None:
        return dict.fromkeys(names)
    elapsed_s = time.monotonic() - transfer.began
    progress = min(1.0, elapsed_s / transfer.lasts_s) if transfer.lasts_s > 0 else 1.0
    sent = int(transfer.volume_bytes * progress) // 1000
    completed = transfer.started + timedelta(seconds=int(transfer.lasts_s)) if progress >= 1.0 else None
    values = (iso(transfer.started), completed and iso(completed), round(progress, 4), sent, sent // 3)
    return dict(zip(names, values, strict=True))
