"""REST 1.x: protection groups, their snapshots and transfers."""

from __future__ import annotations

from sandbox.purity import refusals, snapshots
from sandbox.purity.call import Answer, Call
from sandbox.purity.listing import Row
from sandbox.purity.model import find
from sandbox.purity.objects import GroupSnapshot, ProtectionGroup
from sandbox.purity.refusals import Refused
from sandbox.purity.rows import group_row, group_snapshot_row

_FLAGS = ("snap", "pending", "pending_only", "transfer")
_MEMBERS = {"vol": "volumes", "host": "hosts", "hgroup": "hgroups", "target": "targets"}
_MEMBER_ARGUMENTS = [f"{verb}{kind}list" for verb in ("", "add", "rem") for kind in _MEMBERS]


def list_groups(call: Call) -> object:
    """GET pgroup: groups, or with `snap` their snapshots, with `transfer` the replications of those."""
    call.allow(*_FLAGS, "names", listing=True)
    wanted = call.arguments.names("names")
    if call.arguments.flag("snap"):
        found = _snapshots(call)
        if wanted is not None:
            found = [one for name in wanted for one in _named(call, found, name)]
        return call.list(_snapshot_rows(call, found))
    every = call.array.groups
    chosen = list(every.values()) if wanted is None else [_group(call, name) for name in wanted]
    return call.list([_row(call, group) for group in chosen if _is_shown(call, group)])


def show_group(call: Call) -> object:
    """GET pgroup/NAME: one group; with `snap` a list of its snapshots."""
    call.allow(*_FLAGS, listing=True)
    name = call.names[0]
    if call.arguments.flag("snap"):
        return call.list(_snapshot_rows(call, _named(call, _snapshots(call), name)))
    group = _group(call, name)
    if group.destroyed_at is not None and not _pending(call):
        raise refusals.destroyed(group.name, "Protection group", "purepgroup")
    return _row(call, group)


def take_snapshots(call: Call) -> object:
    """POST pgroup: a snapshot of each listed group."""
    call.allow("snap", "source", "suffix", "replicate", "replicate_now", "apply_retention")
    sources = call.arguments.names("source")
    if not call.arguments.flag("snap") or not sources:
        raise Refused("source", "Required argument missing.")
    replicate = call.arguments.flag("replicate") or call.arguments.flag("replicate_now")
    options = snapshots.GroupOptions(replicate, call.arguments.flag("apply_retention"))
    suffix = call.arguments.text("suffix")
    for source in sources:
        snapshots.check_group(call.array, source, suffix, options=options)
    taken = [
        snapshots.take_of_group(call.array, source, suffix, user=call.user, options=options)
        for source in sources
    ]
    return [group_snapshot_row(call.array, one, pending=False, transfer=False) for one in taken]


def create_group(call: Call) -> object:
    """POST pgroup/NAME: a new group with members of one kind."""
    call.allow(*_MEMBER_ARGUMENTS)
    arguments = call.arguments
    group = call.array.add_group(
        call.names[0],
        volumes=arguments.names("vollist"),
        hosts=arguments.names("hostlist"),
        hgroups=arguments.names("hgrouplist"),
        targets=arguments.names("targetlist"),
    )
    call.array.note(call.user, "purepgroup", "create", group.name, group.name)
    return group_row(call.array, group, pending=False)


def change_group(call: Call) -> object:
    """PUT pgroup/NAME: recover it or its snapshot, or change its members."""
    call.allow("action", *_MEMBER_ARGUMENTS)
    name = call.names[0]
    if "action" in call.arguments:
        if call.arguments.text("action") != "recover":
            raise Refused("action", "Invalid value.")
        if name.lower() in call.array.group_snapshots:
            return {"name": snapshots.recover_group_snapshot(call.array, name, user=call.user).name}
        _group(call, name).destroyed_at = None
        call.array.note(call.user, "purepgroup", "recover", name, name)
        return {"name": _group(call, name).name}
    group = _group(call, name)
    for kind, attribute in _MEMBERS.items():
        setattr(group, attribute, _changed(call, kind, getattr(group, attribute)))
    call.array.note(call.user, "purepgroup", "setattr", group.name, group.name)
    return group_row(call.array, group, pending=False)


def delete_group(call: Call) -> object:
    """DELETE pgroup/NAME: destroy a group or a group snapshot, or with `eradicate` remove it for good."""
    call.allow("eradicate")
    name, eradicate = call.names[0], call.arguments.flag("eradicate")
    if name.lower() in call.array.group_snapshots or "." in name:
        act = snapshots.eradicate_group_snapshot if eradicate else snapshots.destroy_group_snapshot
        return {"name": act(call.array, name, user=call.user).name}
    group = _group(call, name)
    if eradicate:
        snapshots.check_eradication(call.array, group.name, group.destroyed_at, "Protection group")
        del call.array.groups[name.lower()]
    elif group.destroyed_at is not None:
        raise refusals.destroyed(group.name, "Protection group", "purepgroup")
    else:
        group.destroyed_at = call.array.now()
    call.array.note(call.user, "purepgroup", "eradicate" if eradicate else "destroy", group.name, group.name)
    return {"name": group.name}


def _pending(call: Call) -> bool:
    return call.arguments.flag("pending") or call.arguments.flag("pending_only")


def _is_shown(call: Call, item: ProtectionGroup | GroupSnapshot) -> bool:
    if item.destroyed_at is not None:
        return _pending(call)
    return not call.arguments.flag("pending_only")


def _group(call: Call, name: str) -> ProtectionGroup:
    return find(call.array.groups, name, "Protection group")


def _row(call: Call, group: ProtectionGroup) -> Row:
    return group_row(call.array, group, pending=_pending(call))


def _snapshots(call: Call) -> list[GroupSnapshot]:
    every = call.array.group_snapshots.values()
    return [one for one in every if _is_shown(call, one) and snapshots.is_visible(one)]


def _named(call: Call, found: list[GroupSnapshot], name: str) -> list[GroupSnapshot]:
    group = call.array.groups.get(name.lower())
    if group is not None:
        return [one for one in found if one.source == group.name]
    chosen = [one for one in found if one.name.lower() == name.lower()]
    if not chosen:
        raise refusals.no_group(name)
    return chosen


def _snapshot_rows(call: Call, found: list[GroupSnapshot]) -> list[Row]:
    transfer = call.arguments.flag("transfer")
    if transfer and not call.array.switches.transfer_rows_for_local:
        found = [one for one in found if one.transfer is not None]
    return [group_snapshot_row(call.array, one, pending=_pending(call), transfer=transfer) for one in found]


def _changed(call: Call, kind: str, members: list[str]) -> list[str]:
    given = call.arguments.names(f"{kind}list")
    added = call.arguments.names(f"add{kind}list") or []
    removed = call.arguments.names(f"rem{kind}list") or []
    if kind == "vol":
        added = [find(call.array.volumes, name, "Volume").name for name in added]
    base = members if given is None else given
    return [name for name in dict.fromkeys([*base, *added]) if name not in removed]


ROUTES: dict[tuple[str, str], Answer] = {
    ("GET", "pgroup"): list_groups,
    ("GET", "pgroup/NAME"): show_group,
    ("POST", "pgroup"): take_snapshots,
    ("POST", "pgroup/NAME"): create_group,
    ("PUT", "pgroup/NAME"): change_group,
    ("DELETE", "pgroup/NAME"): delete_group,
}
