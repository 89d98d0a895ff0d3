"""What can be done to an array from outside: other people's snapshots, renames, switches, certificates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sandbox.purity import snapshots
from sandbox.purity.refusals import Refused
from sandbox.purity.server import server_context
from sandbox.wishes import BadRequest, one_of, take

if TYPE_CHECKING:
    from sandbox.world import ArrayPart, World

Act = Callable[["World", "ArrayPart", dict[str, Any]], Any]
OTHERS = "someone-else"


def act(world: World, part: ArrayPart, body: dict[str, Any]) -> Any:
    """Do what `body` asks for. Raises BadRequest naming what there is."""
    action = body.get("action")
    if not isinstance(action, str):
        raise BadRequest(f"key 'action' is missing; known: {', '.join(sorted(ACTIONS))}")
    rest = {key: value for key, value in body.items() if key != "action"}
    try:
        return one_of("action", action, ACTIONS)(world, part, rest) or {"ok": True}
    except Refused as err:
        raise BadRequest(str(err)) from err


def _switches(_: World, part: ArrayPart, body: dict[str, Any]) -> Any:
    switches = part.array.switches
    given = take(body, {}, {name: type(value) for name, value in asdict(switches).items()})
    for name, value in given.items():
        setattr(switches, name, value)
    return {"ok": True, "switches": asdict(switches)}


def _snapshot(_: World, part: ArrayPart, body: dict[str, Any]) -> Any:
    given = take(body, {"volume": str}, {"suffix": str})
    (taken,) = snapshots.take_of_volumes(part.array, [given["volume"]], given.get("suffix"), user=OTHERS)
    return {"ok": True, "name": taken.name}


def _group_snapshot(_: World, part: ArrayPart, body: dict[str, Any]) -> Any:
    given = take(body, {"group": str}, {"suffix": str, "replicate": bool})
    options = snapshots.GroupOptions(replicate=given.get("replicate", False))
    taken = snapshots.take_of_group(
        part.array, given["group"], given.get("suffix"), user=OTHERS, options=options
    )
    return {"ok": True, "name": taken.name}


def _destroy(_: World, part: ArrayPart, body: dict[str, Any]) -> Any:
    name = take(body, {"name": str})["name"]
    if name.lower() in part.array.group_snapshots:
        snapshots.destroy_group_snapshot(part.array, name, user=OTHERS)
    else:
        snapshots.destroy_snapshot(part.array, name, user=OTHERS)


def _rename_volume(_: World, part: ArrayPart, body: dict[str, Any]) -> Any:
    given = take(body, {"volume": str, "to": str})
    part.array.rename_volume(given["volume"], given["to"])


def _members(_: World, part: ArrayPart, body: dict[str, Any]) -> Any:
    given = take(body, {"group": str, "volumes": list})
    with part.array.lock:
        group = one_of("group", given["group"].lower(), part.array.groups)
        group.volumes = [one_of("volume", str(v).lower(), part.array.volumes).name for v in given["volumes"]]
    return {"ok": True, "volumes": group.volumes}


def _certificate(world: World, part: ArrayPart, body: dict[str, Any]) -> Any:
    which = take(body, {"by": str})["by"]
    pairs = {"ca": world.certificates.server, "other-ca": world.certificates.other_server}
    pair = one_of("authority", which, pairs)
    part.server.context = server_context(pair.certfile, pair.keyfile)


def _versions(_: World, part: ArrayPart, body: dict[str, Any]) -> Any:
    part.array.rest_versions = [str(version) for version in take(body, {"versions": list})["versions"]]


ACTIONS: dict[str, Act] = {
    "switches": _switches,
    "snapshot": _snapshot,
    "group_snapshot": _group_snapshot,
    "destroy": _destroy,
    "rename_volume": _rename_volume,
    "members": _members,
    "certificate": _certificate,
    "versions": _versions,
}
