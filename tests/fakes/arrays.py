"""Arrays in memory: volumes, groups and snapshots, and what goes wrong on the way to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.domain.array import ArraySnapshot, ArrayVolume, ProtectionGroup
from bot.ports import Refused, Unreachable
from tests.fakes.clock import FakeClock


@dataclass
class FakeArray:
    """One array. `trouble` is raised by every call while it is set, `troubles` by the next calls, one each."""

    name: str = "fa1"
    address: str = "fa1.example"
    volumes: dict[str, ArrayVolume] = field(default_factory=dict)  # by name
    groups: dict[str, ProtectionGroup] = field(default_factory=dict)
    snapshots: list[tuple[datetime, ArraySnapshot]] = field(default_factory=list)  # with when it is listed
    through_hosts: dict[str, tuple[str, ...]] = field(default_factory=dict)  # group -> volumes of its hosts
    shown_after_s: float = 0.0
    skew_s: float = 0.0
    trouble: Unreachable | Refused | None = None
    troubles: list[Unreachable | Refused] = field(default_factory=list)

    def add_volume(self, name: str, serial: str) -> ArrayVolume:
        """Make a volume; its groups are those that name it."""
        self.volumes[name] = ArrayVolume(self.name, name, serial.upper())
        return self.volumes[name]

    def rename(self, name: str, to: str) -> None:
        """Rename a volume; its own snapshots and its groups follow, its serial stays."""
        self.volumes[to] = replace(self.volumes.pop(name), name=to)
        self.groups = {
            key: replace(group, volumes=tuple(to if one == name else one for one in group.volumes))
            for key, group in self.groups.items()
        }
        self.snapshots = [(at, _renamed(snapshot, name, to)) for at, snapshot in self.snapshots]

    def snap(self, volumes: Sequence[str], suffix: str, at: datetime) -> None:
        """Snap volumes as the VSS provider does: a volume in a group by its group, with all its members."""
        for volume in volumes:
            group = next((one for one in self.groups.values() if volume in one.volumes), None)
            if group is None:
                self.keep(f"{volume}.{suffix}", volume, at)
            else:
                self.snap_group(group.name, suffix, at)

    def snap_group(self, group: str, suffix: str, at: datetime) -> None:
        """Snap every member of a protection group."""
        for member in self.groups[group].volumes:
            self.keep(member_name(group, suffix, member), member, at)

    def destroy(self, name: str) -> None:
        """Destroy a snapshot; it can be recovered for a day."""
        self.snapshots = [
            (at, replace(one, destroyed=one.destroyed or one.name == name)) for at, one in self.snapshots
        ]

    def keep(self, name: str, source: str, at: datetime) -> None:
        """Add a snapshot under its final name; one that is there already stays as it is."""
        if all(one.name != name for _, one in self.snapshots):
            created = (at + timedelta(seconds=self.skew_s)).replace(microsecond=0)
            shown = at + timedelta(seconds=self.shown_after_s)
            self.snapshots.append((shown, ArraySnapshot(self.name, name, source, created)))


def member_name(group: str, suffix: str, volume: str) -> str:
    """Return the name of a volume's snapshot in a group's; inside a pod the volume drops the pod."""
    return f"{group}.{suffix}.{volume.rpartition('::')[2] if '::' in group else volume}"


class FakeArrays:
    """ports.Arrays on FakeArray."""

    def __init__(self, clock: FakeClock, *arrays: FakeArray) -> None:
        self._clock = clock
        self.all = {array.name: array for array in arrays}

    def names(self) -> tuple[str, ...]:
        return tuple(self.all)

    def address(self, array: str) -> str:
        return self.all[array].address

    def about(self, array: str) -> dict[str, str]:
        return {"name": self._asked(array).name, "purity": "6.3.3", "rest": "1.19"}

    def volumes(self, array: str, serials: Sequence[str]) -> list[ArrayVolume]:
        asked, wanted = self._asked(array), {serial.upper() for serial in serials}
        return [
            replace(volume, protection_groups=tuple(sorted(_groups_of(asked, volume.name))))
            for volume in asked.volumes.values()
            if volume.serial in wanted
        ]

    def snapshots(self, array: str, suffix: str) -> list[ArraySnapshot]:
        wanted = suffix.upper()
        found = [one for one in self._listed(array) if wanted in one.name.upper().split(".")]
        return sorted(found, key=lambda one: one.name)

    def snapshots_of(self, array: str, volume: str) -> list[ArraySnapshot]:
        if volume not in self._asked(array).volumes:
            raise LookupError(f"{volume} does not exist")
        return [one for one in self._listed(array) if one.source == volume and ".VSS-" in one.name.upper()]

    def group(self, array: str, name: str) -> ProtectionGroup:
        found = self._asked(array).groups.get(name)
        if found is None:
            raise LookupError(f"{name} does not exist")
        return found

    def clock(self, array: str) -> datetime:
        ours = self._clock.now() + timedelta(seconds=self._asked(array).skew_s)
        return ours.replace(microsecond=0)

    def _listed(self, array: str) -> list[ArraySnapshot]:
        now = self._clock.now()
        return [one for at, one in self._asked(array).snapshots if at <= now]

    def _asked(self, array: str) -> FakeArray:
        asked = self.all[array]
        if asked.trouble is not None:
            raise asked.trouble
        if asked.troubles:
            raise asked.troubles.pop(0)
        return asked


def _groups_of(array: FakeArray, volume: str) -> list[str]:
    direct = {group.name for group in array.groups.values() if volume in group.volumes}
    return sorted(direct | {name for name, members in array.through_hosts.items() if volume in members})


def _renamed(snapshot: ArraySnapshot, name: str, to: str) -> ArraySnapshot:
    if snapshot.source != name:
        return snapshot
    alone = snapshot.name.startswith(f"{name}.")
    shown = f"{to}.{snapshot.name.removeprefix(name + '.')}" if alone else snapshot.name
    return replace(snapshot, name=shown, source=to)
