"""REST 1.x: the array itself, its audit trail, hosts, host groups and accounts; all to be read only."""

from __future__ import annotations

from datetime import timedelta

from sandbox.purity.call import Answer, Call
from sandbox.purity.model import find
from sandbox.purity.rows import audit_row, host_row

_RECENT = timedelta(hours=24)


def show_array(call: Call) -> object:
    """GET array: its name, id and version; with `controllers` a row for each."""
    call.allow("controllers")
    array = call.array
    if call.arguments.flag("controllers"):
        common = {"model": "FA-X70R3", "version": array.version, "status": "ready"}
        return [
            {"name": "CT0", "mode": "primary"} | common,
            {"name": "CT1", "mode": "secondary"} | common,
        ]
    return {
        "array_name": array.name,
        "id": array.id,
        "version": array.version,
        "revision": "202203310000+sandbox",
    }


def list_messages(call: Call) -> object:
    """GET message: with `audit` the audit trail; alerts are none here."""
    call.allow("audit", "recent", "user", listing=True)
    if not call.arguments.flag("audit"):
        return call.list([])
    found = list(call.array.audit)
    if call.arguments.flag("recent"):
        found = [row for row in found if row.opened >= call.array.now() - _RECENT]
    user = call.arguments.text("user")
    if user is not None:
        found = [row for row in found if row.user == user]
    return call.list([audit_row(row) for row in found])


def list_hosts(call: Call) -> object:
    """GET host: every array host."""
    call.allow(listing=True)
    return call.list([host_row(call.array, host) for host in call.array.hosts.values()])


def show_host(call: Call) -> object:
    """GET host/NAME: one array host."""
    call.allow()
    return host_row(call.array, find(call.array.hosts, call.names[0], "Host"))


def list_host_volumes(call: Call) -> object:
    """GET host/NAME/volume: what the host sees, its own and its host group's; `name` is the host."""
    call.allow(listing=True)
    host = find(call.array.hosts, call.names[0], "Host")
    own: list[dict[str, object]] = [
        {"name": host.name, "vol": volume, "lun": lun, "hgroup": None} for volume, lun in host.volumes.items()
    ]
    shared: list[dict[str, object]] = [
        {"name": host.name, "vol": volume, "lun": lun, "hgroup": group.name}
        for group in call.array.hgroups.values()
        if host.name in group.hosts
        for volume, lun in group.volumes.items()
    ]
    return call.list(own + shared)


def list_hgroups(call: Call) -> object:
    """GET hgroup: every host group."""
    call.allow(listing=True)
    return call.list([{"name": g.name, "hosts": list(g.hosts)} for g in call.array.hgroups.values()])


def show_hgroup(call: Call) -> object:
    """GET hgroup/NAME: one host group."""
    call.allow()
    group = find(call.array.hgroups, call.names[0], "Host group")
    return {"name": group.name, "hosts": list(group.hosts)}


def list_hgroup_volumes(call: Call) -> object:
    """GET hgroup/NAME/volume: what the host group shares."""
    call.allow(listing=True)
    group = find(call.array.hgroups, call.names[0], "Host group")
    return call.list([{"name": group.name, "vol": v, "lun": lun} for v, lun in group.volumes.items()])


def list_admins(call: Call) -> object:
    """GET admin: the accounts and their roles, never their secrets."""
    call.allow(listing=True)
    accounts = call.array.accounts.values()
    return call.list([{"name": a.name, "role": a.role.value, "type": "local"} for a in accounts])


ROUTES: dict[tuple[str, str], Answer] = {
    ("GET", "array"): show_array,
    ("GET", "message"): list_messages,
    ("GET", "host"): list_hosts,
    ("GET", "host/NAME"): show_host,
    ("GET", "host/NAME/volume"): list_host_volumes,
    ("GET", "hgroup"): list_hgroups,
    ("GET", "hgroup/NAME"): show_hgroup,
    ("GET", "hgroup/NAME/volume"): list_hgroup_volumes,
    ("GET", "admin"): list_admins,
}
