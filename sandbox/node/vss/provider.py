"""The hardware provider of a node: it finds a disk's volume on its registered arrays and snaps it there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sandbox.node.registry import Registry
from sandbox.node.vss.array_rest import ArrayRefused, ArrayRest, Volume

PROVIDER_ID = "{781c006a-5829-4a25-81e3-d5e43bd005ab}"
PROVIDER_NAME = "Pure Storage VSS Hardware Provider"
PROVIDER_VERSION = "1.8.96.0"
# The vendor says "in the registry", not where: this key is ours.
CONFIG_KEY = "HKLM\\SOFTWARE\\Pure Storage\\VSS\\Provider\\Arrays"


@dataclass(frozen=True)
class ArrayEntry:
    """An array the provider was told of; `ca_file` stands for the node's trusted root certificates."""

    name: str
    url: str
    user: str
    password: str
    ca_file: str | None = None


@dataclass(frozen=True)
class Found:
    """A disk's volume and the array it lies on."""

    entry: ArrayEntry
    volume: Volume


class HardwareProvider:
    """Arrays as configured, and as in use since the provider's last start; keeps no connection."""

    def __init__(self, registry: Registry, ca_file: str | None = None) -> None:
        self.ca_file = ca_file
        self.configured: dict[str, ArrayEntry] = {}
        self.in_use: dict[str, ArrayEntry] = {}
        self.log_level: int | None = None
        self._registry = registry

    def add(self, name: str, url: str, user: str, password: str) -> ArrayEntry:
        """Register an array; it counts after the next restart. `url` may lack its scheme."""
        full = url if "://" in url else f"https://{url}"
        entry = ArrayEntry(name, full.rstrip("/") + "/", user, password, self.ca_file)
        self.configured[name.lower()] = entry
        self._registry.set(f"{CONFIG_KEY}\\{name}", "Url", "REG_SZ", entry.url)
        self._registry.set(f"{CONFIG_KEY}\\{name}", "User", "REG_SZ", user)
        return entry

    def remove(self, name: str) -> ArrayEntry | None:
        """Take an array off the list (after the next restart); None when it is not there."""
        entry = self.configured.pop(name.lower(), None)
        if entry is not None:
            self._registry.delete_key(f"{CONFIG_KEY}\\{entry.name}")
        return entry

    def change(self, name: str, *, new_name: str | None, url: str | None) -> ArrayEntry | None:
        """Rename an array or change its address; None when it is not there."""
        entry = self.remove(name)
        if entry is None:
            return None
        changed = replace(entry, name=new_name or entry.name, url=url or entry.url)
        return self.add(changed.name, changed.url, changed.user, changed.password)

    def restart(self) -> None:
        """Use what is configured, as a restart of the provider's service does."""
        self.in_use = dict(self.configured)

    def find(self, serials: Iterable[str]) -> dict[str, Found]:
        """Return the volumes with these serials; raises ArrayRefused when an array cannot be asked."""
        wanted = {serial.upper() for serial in serials}
        found: dict[str, Found] = {}
        refusal: ArrayRefused | None = None
        for entry in self.in_use.values():
            try:
                with _open(entry) as array:
                    volumes = array.volumes()
            except ArrayRefused as err:
                refusal = err
                continue
            for volume in volumes:
                if volume.serial in wanted:
                    found.setdefault(volume.serial, Found(entry, volume))
        if refusal is not None and len(found) < len(wanted):
            raise refusal
        return found

    def commit(self, set_id: str, found: Iterable[Found]) -> list[str]:
        """Snap the volumes with the suffix of the set: one call per array and kind; return what was snapped.

        A volume in a protection group has the whole group snapped, neither replicated nor retained
        (recorded audit line of the vendor's own run). Raises ArrayRefused.
        """
        suffix = suffix_of(set_id)
        made: list[str] = []
        by_array: dict[ArrayEntry, list[Volume]] = {}
        for one in found:
            by_array.setdefault(one.entry, []).append(one.volume)
        for entry, volumes in by_array.items():
            with _open(entry) as array:
                groups = array.groups_of([volume.name for volume in volumes])
                alone = [volume.name for volume in volumes if volume.name not in groups]
                if alone:
                    made += array.snap_volumes(alone, suffix)
                if groups:
                    made += array.snap_groups(sorted(set(groups.values())), suffix)
        return made

    def destroy(self, set_id: str, found: Iterable[Found]) -> None:
        """Destroy what a set left on the arrays (never eradicate); raises ArrayRefused."""
        suffix = suffix_of(set_id)
        by_array: dict[ArrayEntry, list[str]] = {}
        for one in found:
            by_array.setdefault(one.entry, []).append(one.volume.name)
        for entry, names in by_array.items():
            with _open(entry) as array:
                groups = array.groups_of(names)
                for group in sorted(set(groups.values())):
                    array.destroy_group(f"{group}.{suffix}")
                for name in names:
                    if name not in groups:
                        array.destroy_volume(f"{name}.{suffix}")

    def check(self, entry: ArrayEntry) -> tuple[bool, bool, bool]:
        """Return whether the array is compatible, online and takes our account, asking it now."""
        return ArrayRest(entry.url, entry.user, entry.password, ca_file=entry.ca_file).check()


def suffix_of(set_id: str) -> str:
    """Return the array suffix of a shadow copy set: VSS- and 32 upper-case hex digits."""
    return "VSS-" + set_id.strip("{}").replace("-", "").upper()


def _open(entry: ArrayEntry) -> ArrayRest:
    return ArrayRest(entry.url, entry.user, entry.password, ca_file=entry.ca_file)
