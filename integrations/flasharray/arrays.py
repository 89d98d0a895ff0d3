"""The configured arrays, read only: volumes by serial, snapshots by suffix, groups, the array's clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from bot.domain.array import ArraySnapshot, ArrayVolume, ProtectionGroup
from bot.ports import Unreachable
from integrations.flasharray.rest1 import ArrayEndpoint, NotThere, Rest1

Row = Mapping[str, Any]


class FlashArrays:
    """Implements bot.ports.Arrays over REST 1.x."""

    def __init__(self, endpoints: Sequence[ArrayEndpoint]) -> None:
        self._wires = {endpoint.name: Rest1(endpoint) for endpoint in endpoints}

    def names(self) -> tuple[str, ...]:
        """Return the configured arrays' names."""
        return tuple(self._wires)

    def address(self, array: str) -> str:
        """Return an array's address as configured."""
        return self._wires[array].endpoint.address

    def about(self, array: str) -> dict[str, str]:
        """Return the array's own name, its Purity version and the REST version spoken."""
        wire = self._wires[array]
        row = wire.call("get")
        name, version = str(row.get("array_name", "")), str(row.get("version", ""))
        return {"name": name, "purity": version, "rest": wire.rest_version()}

    def volumes(self, array: str, serials: Sequence[str]) -> list[ArrayVolume]:
        """Return the volumes with these serials, whatever they are called now, with their protection groups."""
        wire = self._wires[array]
        wanted = {serial.upper() for serial in serials}
        rows = [row for row in wire.pages("list_volumes") if str(row.get("serial", "")).upper() in wanted]
        if not rows:
            return []
        groups = wire.pages("list_pgroups")
        return [
            ArrayVolume(array, row["name"], str(row["serial"]).upper(), _groups_of(wire, row["name"], groups))
            for row in rows
        ]

    def snapshots(self, array: str, suffix: str) -> list[ArraySnapshot]:
        """Return every volume snapshot with this suffix, anywhere on the array, pending eradication too.

        A volume's listing shows the snapshots of groups as well on the arrays we know of (recorded in the
        vendor's pictures); the groups' own snapshots are asked in addition, in case one does not.
        """
        wire = self._wires[array]
        rows = list(wire.pages("list_volumes", snap=True, pending=True))
        for group in wire.pages("list_pgroups", snap=True, pending=True):
            if _has_suffix(group["name"], suffix):
                rows += _tolerate_absence(wire, group["name"])
        found = {row["name"]: _snapshot(array, row) for row in rows if _has_suffix(row["name"], suffix)}
        return [found[name] for name in sorted(found)]

    def snapshots_of(self, array: str, volume: str) -> list[ArraySnapshot]:
        """Return the snapshots of one volume that a VSS provider made, pending eradication too."""
        rows = self._wires[array].call("get_volume", volume, snap=True, pending=True)
        return [_snapshot(array, row) for row in rows if ".VSS-" in row["name"].upper()]

    def group(self, array: str, name: str) -> ProtectionGroup:
        """Return a protection group's volumes and replication targets."""
        row = self._wires[array].call("get_pgroup", name)
        targets = tuple(str(target.get("name", "")) for target in row.get("targets") or ())
        return ProtectionGroup(array, name, tuple(row.get("volumes") or ()), targets)

    def clock(self, array: str) -> datetime:
        """Return the array's time, UTC, from its HTTP Date header (resolution one second)."""
        text = self._wires[array].date_header()
        try:
            return parsedate_to_datetime(text).astimezone(UTC)
        except ValueError as err:
            raise Unreachable(array, "its replies carry no date") from err


def _tolerate_absence(wire: Rest1, group_snapshot: str) -> list[dict[str, Any]]:
    try:
        return list(wire.call("get_volume", group_snapshot, snap=True, pgroup=True))
    except NotThere:
        return []  # eradicated between the two questions


def _groups_of(wire: Rest1, volume: str, groups: Iterable[Row]) -> tuple[str, ...]:
    """A volume belongs to a group by itself, by its host or by its host group (flasharray: three kinds)."""
    direct = {row["name"] for row in groups if volume in (row.get("volumes") or ())}
    by_host = {row["name"]: set(row.get("hosts") or ()) for row in groups if row.get("hosts")}
    by_hgroup = {row["name"]: set(row.get("hgroups") or ()) for row in groups if row.get("hgroups")}
    if by_host:
        hosts = {row["host"] for row in wire.call("list_volume_private_connections", volume)}
        direct |= {name for name, members in by_host.items() if members & hosts}
    if by_hgroup:
        hgroups = {row["hgroup"] for row in wire.call("list_volume_shared_connections", volume)}
        direct |= {name for name, members in by_hgroup.items() if members & hgroups}
    return tuple(sorted(direct))


def _has_suffix(name: str, suffix: str) -> bool:
    return suffix.upper() in name.upper().split(".")


def _snapshot(array: str, row: Row) -> ArraySnapshot:
    created = datetime.fromisoformat(str(row["created"]).replace("Z", "+00:00")).astimezone(UTC)
    return ArraySnapshot(
        array=array,
        name=row["name"],
        source=str(row.get("source", "")),
        created=created,
        destroyed=row.get("time_remaining") is not None,
    )
