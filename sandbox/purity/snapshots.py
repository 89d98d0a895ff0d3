"""Taking, destroying, recovering and eradicating snapshots, with Purity's own refusals."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime

from sandbox.purity import names, refusals
from sandbox.purity.model import FlashArray, find
from sandbox.purity.objects import GroupSnapshot, ProtectionGroup, Snapshot, Transfer, Volume
from sandbox.purity.refusals import Refused


@dataclass(frozen=True)
class GroupOptions:
    """What may be asked for with a group snapshot; the VSS provider asks for neither."""

    replicate: bool = False
    apply_retention: bool = False


def take_of_volumes(
    array: FlashArray, sources: list[str], suffix: str | None, *, user: str
) -> list[Snapshot]:
    """Take one snapshot of each volume at the same instant, all or none."""
    with array.lock:
        volumes = [_live_volume(array, name) for name in sources]
        planned = [(volume, _free_suffix(array, volume.name, suffix)) for volume in volumes]
        visible_from = _visible_from(array)
        taken = []
        for volume, chosen in planned:
            name = f"{volume.name}.{chosen}"
            taken.append(_keep(array, volume, name, chosen, visible_from=visible_from))
        option = f"--suffix {suffix} " if suffix else ""
        listed = " ".join(volume.name for volume in volumes)
        array.note(user, "purevol", "snap", ",".join(volume.name for volume in volumes), option + listed)
        return taken


def take_of_group(
    array: FlashArray, source: str, suffix: str | None, *, user: str, options: GroupOptions
) -> GroupSnapshot:
    """Take a snapshot of every member of a protection group under one name."""
    with array.lock:
        group, chosen = check_group(array, source, suffix, options=options)
        snapshot = GroupSnapshot(
            f"{group.name}.{chosen}", group.name, chosen, array.now(), _visible_from(array)
        )
        members = array.members(group)
        for volume in members:
            name = names.member_snapshot(group.name, chosen, volume.name)
            kept = _keep(array, volume, name, chosen, visible_from=snapshot.visible_from)
            kept.group_snapshot = snapshot.name
        if options.replicate:
            snapshot.transfer = _transfer(array, sum(volume.size for volume in members))
        array.group_snapshots[snapshot.name.lower()] = snapshot
        array.note(user, "purepgroup", "snap", group.name, _group_details(group, suffix, options))
        return snapshot


def check_group(
    array: FlashArray, source: str, suffix: str | None, *, options: GroupOptions
) -> tuple[ProtectionGroup, str]:
    """Return the group and the suffix that a snapshot would have. Raises Refused if none can be taken."""
    group = _live_group(array, source)
    if options.replicate and not group.targets:
        raise Refused(group.name, "Protection group has no target.")
    return group, _free_suffix(array, group.name, suffix)


def destroy_snapshot(array: FlashArray, name: str, *, user: str) -> Snapshot:
    """Destroy a volume snapshot; it can be recovered until its eradication."""
    with array.lock:
        snapshot = _any_snapshot(array, name)
        if snapshot.destroyed_at is not None:
            raise refusals.destroyed(snapshot.name, "Volume snapshot", "purevol")
        if snapshot.group_snapshot is not None:
            # Whether one member alone can be destroyed is not proved; refusing is the careful answer.
            raise Refused(snapshot.name, "Volume snapshot belongs to a protection group snapshot.")
        snapshot.destroyed_at = array.now()
        array.note(user, "purevol", "destroy", snapshot.name, snapshot.name)
        return snapshot


def recover_snapshot(array: FlashArray, name: str, *, user: str) -> Snapshot:
    """Bring a destroyed volume snapshot back."""
    with array.lock:
        snapshot = _any_snapshot(array, name)
        if snapshot.destroyed_at is None:
            raise Refused(snapshot.name, "Volume snapshot is not destroyed.")
        snapshot.destroyed_at = None
        array.note(user, "purevol", "recover", snapshot.name, snapshot.name)
        return snapshot


def eradicate_snapshot(array: FlashArray, name: str, *, user: str) -> Snapshot:
    """Remove a destroyed volume snapshot for good."""
    with array.lock:
        snapshot = _any_snapshot(array, name)
        check_eradication(array, snapshot.name, snapshot.destroyed_at, "Volume snapshot")
        del array.snapshots[snapshot.name.lower()]
        array.note(user, "purevol", "eradicate", snapshot.name, snapshot.name)
        return snapshot


def destroy_group_snapshot(array: FlashArray, name: str, *, user: str) -> GroupSnapshot:
    """Destroy a group snapshot with every volume snapshot in it."""
    with array.lock:
        snapshot = any_group_snapshot(array, name)
        if snapshot.destroyed_at is not None:
            raise refusals.destroyed(snapshot.name, "Protection group snapshot", "purepgroup")
        _mark_group_snapshot(array, snapshot, array.now())
        array.note(user, "purepgroup", "destroy", snapshot.name, snapshot.name)
        return snapshot


def recover_group_snapshot(array: FlashArray, name: str, *, user: str) -> GroupSnapshot:
    """Bring a destroyed group snapshot back with its members."""
    with array.lock:
        snapshot = any_group_snapshot(array, name)
        if snapshot.destroyed_at is None:
            raise Refused(snapshot.name, "Protection group snapshot is not destroyed.")
        _mark_group_snapshot(array, snapshot, None)
        array.note(user, "purepgroup", "recover", snapshot.name, snapshot.name)
        return snapshot


def eradicate_group_snapshot(array: FlashArray, name: str, *, user: str) -> GroupSnapshot:
    """Remove a destroyed group snapshot and its members for good."""
    with array.lock:
        snapshot = any_group_snapshot(array, name)
        check_eradication(array, snapshot.name, snapshot.destroyed_at, "Protection group snapshot")
        for member in members_of(array, snapshot):
            del array.snapshots[member.name.lower()]
        del array.group_snapshots[snapshot.name.lower()]
        array.note(user, "purepgroup", "eradicate", snapshot.name, snapshot.name)
        return snapshot


def members_of(array: FlashArray, snapshot: GroupSnapshot) -> list[Snapshot]:
    """Return the volume snapshots inside a group snapshot."""
    return [one for one in array.snapshots.values() if one.group_snapshot == snapshot.name]


def is_visible(item: Snapshot | GroupSnapshot) -> bool:
    """Return whether the array lists a new snapshot yet."""
    return item.visible_from <= time.monotonic()


def check_eradication(array: FlashArray, name: str, destroyed_at: datetime | None, what: str) -> None:
    """Raise Refused unless the object is destroyed and SafeMode lets it go."""
    if array.switches.safemode:
        raise Refused(name, "Eradication is disabled.")
    if destroyed_at is None:
        raise Refused(name, f"{what} is not destroyed.")


def any_group_snapshot(array: FlashArray, name: str) -> GroupSnapshot:
    """Return a group snapshot, live or destroyed. Raises Refused."""
    return find(array.group_snapshots, name, "Protection group snapshot")


def _any_snapshot(array: FlashArray, name: str) -> Snapshot:
    snapshot = array.snapshots.get(name.lower())
    if snapshot is None:
        raise refusals.no_snapshot(name)
    return snapshot


def _live_volume(array: FlashArray, name: str) -> Volume:
    volume = array.volumes.get(name.lower())
    if volume is None:
        raise refusals.no_volume(name)
    if volume.destroyed_at is not None:
        raise refusals.destroyed(volume.name, "Volume", "purevol")
    return volume


def _live_group(array: FlashArray, name: str) -> ProtectionGroup:
    group = array.groups.get(name.lower())
    if group is None:
        raise refusals.no_group(name)
    if group.destroyed_at is not None:
        raise refusals.destroyed(group.name, "Protection group", "purepgroup")
    return group


def _free_suffix(array: FlashArray, source: str, suffix: str | None) -> str:
    if suffix is None:
        number = 1
        while _taken(array, f"{source}.{number}"):
            number += 1
        return str(number)
    names.check_suffix(suffix, source)
    if _taken(array, f"{source}.{suffix}"):
        raise Refused(f"{source}.{suffix}", f"Snapshot '{source}.{suffix}' already exists.")
    return suffix


def _taken(array: FlashArray, name: str) -> bool:
    # A destroyed snapshot keeps its name until it is eradicated.
    return name.lower() in array.snapshots or name.lower() in array.group_snapshots


def _keep(array: FlashArray, volume: Volume, name: str, suffix: str, *, visible_from: float) -> Snapshot:
    snapshot = Snapshot(
        name, volume.name, suffix, array.next_serial(), volume.size, array.now(), visible_from
    )
    array.snapshots[name.lower()] = snapshot
    return snapshot


def _visible_from(array: FlashArray) -> float:
    late_s = array.switches.snapshot_visible_after_s
    fault = array.faults.take("array.visible")
    if fault is not None:
        late_s += fault.delay_s
    return time.monotonic() + late_s / array.clock.speed


def _transfer(array: FlashArray, volume_bytes: int) -> Transfer:
    lasts_s = array.switches.transfer_lasts_s / array.clock.speed
    return Transfer(array.now(), time.monotonic(), lasts_s, volume_bytes)


def _mark_group_snapshot(array: FlashArray, snapshot: GroupSnapshot, when: datetime | None) -> None:
    snapshot.destroyed_at = when
    for member in members_of(array, snapshot):
        member.destroyed_at = when


def _group_details(group: ProtectionGroup, suffix: str | None, options: GroupOptions) -> str:
    # As recorded in an audit trail: a number, the group, then the options.
    details = f"{group.number} {group.name}"
    details += f" --suffix {suffix}" if suffix else ""
    details += " --replicate-now" if options.replicate else ""
    return details + (" --apply-retention" if options.apply_retention else "")
