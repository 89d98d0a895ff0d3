"""REST 1.x: volumes and their snapshots."""

from __future__ import annotations

import re

from sandbox.purity import refusals, snapshots
from sandbox.purity.call import Answer, Call
from sandbox.purity.listing import Row
from sandbox.purity.model import TIB, find
from sandbox.purity.objects import Snapshot, Volume
from sandbox.purity.refusals import Refused
from sandbox.purity.rows import volume_row

_UNITS = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": TIB, "P": 1 << 50}


def list_volumes(call: Call) -> object:
    """GET volume: volumes, or with `snap` their snapshots, or with `protect` their protection groups."""
    call.allow("names", "snap", "pending", "pending_only", "protect", "pgrouplist", listing=True)
    wanted = call.arguments.names("names")
    if call.arguments.flag("protect"):
        return call.list(_protection(call, _volumes(call, wanted)))
    if not call.arguments.flag("snap"):
        return call.list([_row(call, volume) for volume in _volumes(call, wanted)])
    found = _snapshots(call)
    if wanted is not None:
        found = [one for name in wanted for one in _named(call, found, name)]
    groups = call.arguments.names("pgrouplist")
    if groups is not None:
        held = {f"{group.lower()}." for group in groups}
        found = [one for one in found if (one.group_snapshot or "").lower().startswith(tuple(held))]
    return call.list([_row(call, one) for one in found])


def show_volume(call: Call) -> object:
    """GET volume/NAME: one volume; with `snap` its snapshots; with `pgroup` those inside a group snapshot."""
    call.allow("snap", "pending", "pending_only", "protect", "pgroup", listing=True)
    name = call.names[0]
    if call.arguments.flag("snap"):
        if call.arguments.flag("pgroup"):
            held = snapshots.any_group_snapshot(call.array, name)
            found = [one for one in _snapshots(call) if one.group_snapshot == held.name]
        else:
            found = _named(call, _snapshots(call), name)
        return call.list([_row(call, one) for one in found])
    volume = find(call.array.volumes, name, "Volume")
    if volume.destroyed_at is not None and not _pending(call):
        raise refusals.destroyed(volume.name, "Volume", "purevol")
    if call.arguments.flag("protect"):
        return call.list(_protection(call, [volume]))
    return _row(call, volume)


def list_hosts(call: Call) -> object:
    """GET volume/NAME/host: hosts with a private connection; `name` is the volume."""
    call.allow(listing=True)
    volume = find(call.array.volumes, call.names[0], "Volume")
    return call.list(
        [
            {"name": volume.name, "host": host.name, "lun": host.volumes[volume.name], "size": volume.size}
            for host in call.array.hosts.values()
            if volume.name in host.volumes
        ]
    )


def list_hgroups(call: Call) -> object:
    """GET volume/NAME/hgroup: host groups that share the volume, a row for each of their hosts."""
    call.allow(listing=True)
    volume = find(call.array.volumes, call.names[0], "Volume")
    rows: list[Row] = []
    for group in call.array.hgroups.values():
        if volume.name in group.volumes:
            row: Row = {"name": volume.name, "hgroup": group.name, "lun": group.volumes[volume.name]}
            rows += [row | {"host": host, "size": volume.size} for host in group.hosts or (None,)]
    return call.list(rows)


def take_snapshots(call: Call) -> object:
    """POST volume: snapshots of the listed sources."""
    call.allow("snap", "source", "suffix")
    sources = call.arguments.names("source")
    if not call.arguments.flag("snap") or not sources:
        raise Refused("source", "Required argument missing.")
    suffix = call.arguments.text("suffix")
    taken = snapshots.take_of_volumes(call.array, sources, suffix, user=call.user)
    return [volume_row(call.array, one, pending=False) for one in taken]


def create_volume(call: Call) -> object:
    """POST volume/NAME: a new volume of a size, or a copy of a volume or snapshot."""
    call.allow("size", "source", "overwrite")
    name, source = call.names[0], call.arguments.text("source")
    if source is None:
        volume = call.array.add_volume(name, _size(call.arguments.text("size") or ""))
        call.array.note(call.user, "purevol", "create", volume.name, f"--size {volume.size} {volume.name}")
        return volume_row(call.array, volume, pending=False)
    origin = _copy_source(call, source)
    existing = call.array.volumes.get(name.lower())
    if existing is not None and call.arguments.flag("overwrite"):
        existing.source, existing.size = origin.source or origin.name, origin.size
        volume = existing
    else:
        volume = call.array.add_volume(name, origin.size, source=origin.source or origin.name)
    call.array.note(call.user, "purevol", "copy", origin.name, f"{origin.name} {volume.name}")
    return volume_row(call.array, volume, pending=False)


def change_volume(call: Call) -> object:
    """PUT volume/NAME: recover what was destroyed, or give a volume another name."""
    call.allow("action", "name")
    name = call.names[0]
    new_name = call.arguments.text("name")
    if new_name is not None:
        volume = call.array.rename_volume(name, new_name)
        call.array.note(call.user, "purevol", "rename", name, f"{name} {volume.name}")
        return {"name": volume.name}
    if call.arguments.text("action") != "recover":
        raise Refused("action", "Invalid value.")
    if name.lower() in call.array.volumes:
        volume = call.array.volumes[name.lower()]
        if volume.destroyed_at is None:
            raise Refused(volume.name, "Volume is not destroyed.")
        volume.destroyed_at = None
        call.array.note(call.user, "purevol", "recover", volume.name, volume.name)
        return {"name": volume.name}
    return {"name": snapshots.recover_snapshot(call.array, name, user=call.user).name}


def delete_volume(call: Call) -> object:
    """DELETE volume/NAME: destroy a volume or snapshot, or with `eradicate` remove it for good."""
    call.allow("eradicate")
    name, eradicate = call.names[0], call.arguments.flag("eradicate")
    volume = call.array.volumes.get(name.lower())
    if volume is None:
        act = snapshots.eradicate_snapshot if eradicate else snapshots.destroy_snapshot
        return {"name": act(call.array, name, user=call.user).name}
    if eradicate:
        snapshots.check_eradication(call.array, volume.name, volume.destroyed_at, "Volume")
        del call.array.volumes[name.lower()]
    elif volume.destroyed_at is not None:
        raise refusals.destroyed(volume.name, "Volume", "purevol")
    else:
        volume.destroyed_at = call.array.now()
    verb = "eradicate" if eradicate else "destroy"
    call.array.note(call.user, "purevol", verb, volume.name, volume.name)
    return {"name": volume.name}


def _pending(call: Call) -> bool:
    return call.arguments.flag("pending") or call.arguments.flag("pending_only")


def _is_shown(call: Call, item: Volume | Snapshot) -> bool:
    if item.destroyed_at is not None:
        return _pending(call)
    return not call.arguments.flag("pending_only")


def _row(call: Call, item: Volume | Snapshot) -> Row:
    return volume_row(call.array, item, pending=_pending(call))


def _volumes(call: Call, wanted: list[str] | None) -> list[Volume]:
    every = call.array.volumes
    chosen = list(every.values()) if wanted is None else [find(every, name, "Volume") for name in wanted]
    return [volume for volume in chosen if _is_shown(call, volume)]


def _snapshots(call: Call) -> list[Snapshot]:
    every = call.array.snapshots.values()
    return [one for one in every if _is_shown(call, one) and snapshots.is_visible(one)]


def _named(call: Call, found: list[Snapshot], name: str) -> list[Snapshot]:
    """The snapshots of the volume called `name`, or the one snapshot of that name."""
    volume = call.array.volumes.get(name.lower())
    if volume is not None:
        return [one for one in found if one.source == volume.name]
    chosen = [one for one in found if one.name.lower() == name.lower()]
    if not chosen:
        raise refusals.no_snapshot(name)
    return chosen


def _protection(call: Call, volumes: list[Volume]) -> list[Row]:
    # The key `protection_group` follows the column of `purevol list --protect`; not proved by a capture.
    return [
        {"name": volume.name, "protection_group": group.name}
        for volume in volumes
        for group in call.array.groups.values()
        if group.destroyed_at is None and volume.name in group.volumes
    ]


def _copy_source(call: Call, name: str) -> Volume | Snapshot:
    found = call.array.volumes.get(name.lower()) or call.array.snapshots.get(name.lower())
    if found is None:
        raise refusals.no_snapshot(name)
    if found.destroyed_at is not None:
        raise refusals.destroyed(found.name, "Volume snapshot" if "." in name else "Volume", "purevol")
    return found


def _size(text: str) -> int:
    match = re.fullmatch(r"(\d+)([KMGTP]?)", text)
    if match is None:
        raise Refused("size", "Invalid value.")
    return int(match[1]) * _UNITS.get(match[2], 1)


ROUTES: dict[tuple[str, str], Answer] = {
    ("GET", "volume"): list_volumes,
    ("GET", "volume/NAME"): show_volume,
    ("GET", "volume/NAME/host"): list_hosts,
    ("GET", "volume/NAME/hgroup"): list_hgroups,
    ("POST", "volume"): take_snapshots,
    ("POST", "volume/NAME"): create_volume,
    ("PUT", "volume/NAME"): change_volume,
    ("DELETE", "volume/NAME"): delete_volume,
}
