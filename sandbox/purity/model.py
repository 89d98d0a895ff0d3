"""What a FlashArray holds, and how it is looked up: names keep their case and are found in any."""

from __future__ import annotations

import hashlib
import threading
import uuid
from collections import deque
from datetime import datetime, timedelta
from typing import TypeVar

from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.purity import names
from sandbox.purity.objects import (
    Account,
    AuditRow,
    GroupSnapshot,
    Host,
    HostGroup,
    ProtectionGroup,
    Role,
    Snapshot,
    Switches,
    Volume,
)
from sandbox.purity.refusals import Refused

TIB = 1 << 40
AUDIT_ROWS = 10_000
# Purity 6.3.3 as recorded; 2.12 never existed.
REST_VERSIONS = [f"1.{n}" for n in range(20)] + [f"2.{n}" for n in range(16) if n != 12]

_Item = TypeVar("_Item")


class FlashArray:
    """One array: volumes, snapshots, protection groups, hosts, accounts and the audit trail.

    Take `lock` around anything that reads or changes more than one of them.
    """

    def __init__(self, name: str, clock: Clock, faults: Faults | None = None, *, seed: int = 0) -> None:
        self.name = name
        self.clock = clock
        self.faults = faults if faults is not None else Faults()
        self.switches = Switches()
        self.rest_versions = list(REST_VERSIONS)
        self.version = "6.3.3"
        self.eradication_delay = timedelta(days=1)
        self.lock = threading.RLock()
        self.volumes: dict[str, Volume] = {}
        self.snapshots: dict[str, Snapshot] = {}
        self.groups: dict[str, ProtectionGroup] = {}
        self.group_snapshots: dict[str, GroupSnapshot] = {}
        self.hosts: dict[str, Host] = {}
        self.hgroups: dict[str, HostGroup] = {}
        self.accounts: dict[str, Account] = {}
        self.audit: deque[AuditRow] = deque(maxlen=AUDIT_ROWS)
        digest = hashlib.sha256(f"{seed}/{name}".encode()).digest()
        self._seed = digest
        self.id = str(uuid.UUID(bytes=digest[:16], version=4))
        self._serials = 0x00011010
        self._audit_ids = 240
        self._group_numbers = 201718760
        self.faults.publish("array.visible", late="a new snapshot is listed delay_s simulated seconds later")

    def now(self) -> datetime:
        """Return the array's own time, whole seconds as REST 1.x shows it."""
        return self.clock.now(self.name).replace(microsecond=0)

    def next_serial(self) -> str:
        """Return a new serial: 16 hex digits of the array's id, then a running number of 8."""
        self._serials += 1
        return self.id.replace("-", "")[:16].upper() + f"{self._serials:08X}"

    def add_volume(self, name: str, size: int = 10 * TIB, *, source: str | None = None) -> Volume:
        """Create a volume of `size` bytes. Raises Refused for a bad or taken name."""
        with self.lock:
            names.check_name(name)
            if name.lower() in self.volumes:
                raise Refused(name, "Volume already exists.")
            volume = Volume(name, self.next_serial(), size, self.now(), source)
            self.volumes[name.lower()] = volume
            return volume

    def rename_volume(self, name: str, new_name: str) -> Volume:
        """Give a volume another name; its own snapshots and its groups follow, its serial stays."""
        with self.lock:
            names.check_name(new_name)
            volume = find(self.volumes, name, "Volume")
            if new_name.lower() in self.volumes and new_name.lower() != volume.name.lower():
                raise Refused(new_name, "Volume already exists.")
            old = volume.name
            del self.volumes[old.lower()]
            volume.name = new_name
            self.volumes[new_name.lower()] = volume
            for snapshot in [one for one in self.snapshots.values() if one.source == old]:
                snapshot.source = new_name
                if snapshot.group_snapshot is None:
                    del self.snapshots[snapshot.name.lower()]
                    snapshot.name = f"{new_name}.{snapshot.suffix}"
                    self.snapshots[snapshot.name.lower()] = snapshot
            for group in self.groups.values():
                group.volumes = [new_name if member == old else member for member in group.volumes]
            return volume

    def add_group(
        self,
        name: str,
        *,
        volumes: list[str] | None = None,
        hosts: list[str] | None = None,
        hgroups: list[str] | None = None,
        targets: list[str] | None = None,
    ) -> ProtectionGroup:
        """Create a protection group. Raises Refused for a bad or taken name or an unknown volume."""
        with self.lock:
            names.check_name(name, "Protection group")
            if name.lower() in self.groups:
                raise Refused(name, "Protection group already exists.")
            members = [find(self.volumes, member, "Volume").name for member in volumes or ()]
            self._group_numbers += 1
            group = ProtectionGroup(
                name, self._group_numbers, members, hosts or [], hgroups or [], targets or []
            )
            self.groups[name.lower()] = group
            return group

    def add_host(self, name: str, *, volumes: list[str] | None = None) -> Host:
        """Create a host with private connections to `volumes`, LUN 1 and up."""
        host = Host(name, volumes={volume: lun for lun, volume in enumerate(volumes or (), start=1)})
        self.hosts[name.lower()] = host
        return host

    def add_hgroup(self, name: str, *, hosts: list[str], volumes: list[str]) -> HostGroup:
        """Create a host group that shares `volumes`, LUN 254 and down."""
        luns = {volume: 254 - place for place, volume in enumerate(volumes)}
        group = HostGroup(name, hosts, luns)
        self.hgroups[name.lower()] = group
        return group

    def add_account(self, name: str, role: Role | str, *, password: str | None = None) -> Account:
        """Let someone in; the API token follows from the seed and the name."""
        digest = hashlib.sha256(self._seed + name.encode()).digest()
        account = Account(name, Role(role), str(uuid.UUID(bytes=digest[:16], version=4)), password)
        self.accounts[name.lower()] = account
        return account

    def note(self, user: str, command: str, event: str, component: str, details: str) -> None:
        """Add a row to the audit trail."""
        with self.lock:
            self._audit_ids += 1
            row = AuditRow(self._audit_ids, self.now(), user, command, component, event, details)
            self.audit.append(row)

    def members(self, group: ProtectionGroup) -> list[Volume]:
        """Return the live volumes that a snapshot of `group` covers, also those behind its hosts."""
        wanted = dict.fromkeys(group.volumes)
        for hgroup in group.hgroups:
            wanted |= dict.fromkeys(find(self.hgroups, hgroup, "Host group").volumes)
        for host in group.hosts:
            wanted |= dict.fromkeys(self.volumes_of_host(host))
        found = [self.volumes.get(name.lower()) for name in wanted]
        return [volume for volume in found if volume is not None and volume.destroyed_at is None]

    def volumes_of_host(self, host: str) -> list[str]:
        """Return the names of the volumes that a host sees, its own and its host groups'."""
        own = list(find(self.hosts, host, "Host").volumes)
        for hgroup in self.hgroups.values():
            if host.lower() in (member.lower() for member in hgroup.hosts):
                own += hgroup.volumes
        return own

    def forget_expired(self) -> None:
        """Eradicate what has been destroyed for longer than the eradication delay."""
        limit = self.now() - self.eradication_delay
        _drop_expired(self.volumes, limit)
        _drop_expired(self.snapshots, limit)
        _drop_expired(self.groups, limit)
        _drop_expired(self.group_snapshots, limit)


def _drop_expired(items: dict[str, _Item], limit: datetime) -> None:
    for key, item in list(items.items()):
        destroyed_at = getattr(item, "destroyed_at", None)
        if destroyed_at is not None and destroyed_at <= limit:
            del items[key]


def find(items: dict[str, _Item], name: str, what: str) -> _Item:
    """Return the item of that name in any case. Raises Refused, naming `what` does not exist."""
    item = items.get(name.lower())
    if item is None:
        raise Refused(name, f"{what} does not exist.")
    return item
