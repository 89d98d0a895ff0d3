"""The world's truth as GET /_sandbox/state tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sandbox.world import ArrayPart, World


def state_of(world: World) -> dict[str, Any]:
    """Return nodes, arrays and messages; snapshots that the array does not list yet are in it."""
    clusters = world.clusters
    return {
        "now": world.clock.now().isoformat(),
        "nodes": clusters.states() if clusters is not None else [],
        "arrays": [_array(part) for part in world.arrays.values()],
        "slack": {"messages": world.slack.messages() if world.slack is not None else []},
    }


def _array(part: ArrayPart) -> dict[str, Any]:
    array = part.array
    with array.lock:
        return {
            "name": array.name,
            "volumes": [
                {"name": volume.name, "serial": volume.serial}
                for volume in array.volumes.values()
                if volume.destroyed_at is None
            ],
            "snapshots": [
                {"name": one.name, "source": one.source, "created": one.created.isoformat()}
                for one in array.snapshots.values()
                if one.destroyed_at is None
            ],
            "requests": part.server.requests,
        }
