"""The things on a FlashArray."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


@dataclass
class Volume:
    """A volume; a name with `pod::` or `group/` says where it lives. `size` in bytes."""

    name: str
    serial: str
    size: int
    created: datetime
    source: str | None = None
    destroyed_at: datetime | None = None


@dataclass
class Snapshot:
    """A volume snapshot; `visible_from` is monotonic time, `group_snapshot` the name of what holds it."""

    name: str
    source: str
    suffix: str
    serial: str
    size: int
    created: datetime
    visible_from: float = 0.0
    group_snapshot: str | None = None
    destroyed_at: datetime | None = None


@dataclass
class Transfer:
    """A replication of one group snapshot; `began` is monotonic time, `lasts_s` real seconds."""

    started: datetime
    began: float
    lasts_s: float
    volume_bytes: int


@dataclass
class GroupSnapshot:
    """A snapshot of a protection group."""

    name: str
    source: str
    suffix: str
    created: datetime
    visible_from: float = 0.0
    destroyed_at: datetime | None = None
    transfer: Transfer | None = None


@dataclass
class ProtectionGroup:
    """A protection group: its members are volumes, hosts or host groups; targets are other arrays."""

    name: str
    number: int
    volumes: list[str] = field(default_factory=list)
    hosts: list[str] = field(default_factory=list)
    hgroups: list[str] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)
    destroyed_at: datetime | None = None


@dataclass
class Host:
    """An array host and the volumes connected to it alone, with their LUNs."""

    name: str
    iqn: list[str] = field(default_factory=list)
    wwn: list[str] = field(default_factory=list)
    volumes: dict[str, int] = field(default_factory=dict)


@dataclass
class HostGroup:
    """Array hosts that share volumes."""

    name: str
    hosts: list[str] = field(default_factory=list)
    volumes: dict[str, int] = field(default_factory=dict)


class Role(StrEnum):
    """What an account may do."""

    ARRAY_ADMIN = "array_admin"
    STORAGE_ADMIN = "storage_admin"
    READONLY = "readonly"


@dataclass(frozen=True)
class Account:
    """Someone who may log in, by API token or by name and password."""

    name: str
    role: Role
    api_token: str
    password: str | None = None


@dataclass(frozen=True)
class AuditRow:
    """One line of the array's audit trail, with the keys that REST 1.x gives it."""

    id: int
    opened: datetime
    user: str
    component_type: str
    component_name: str
    event: str
    details: str


@dataclass
class Switches:
    """Where the real array is not known for sure: the worse answer is the default.

    snapshot_visible_after_s: seconds of simulated work until a new snapshot is listed.
    transfer_rows_for_local: `transfer` lists a snapshot that was never replicated too, with nulls.
    destroy_after_late_failure: a request that fails after its work has its snapshot destroyed again.
    safemode: eradication is refused.
    transfer_lasts_s: seconds of simulated work that a replication takes.
    """

    snapshot_visible_after_s: float = 20.0
    transfer_rows_for_local: bool = True
    destroy_after_late_failure: bool = False
    safemode: bool = False
    transfer_lasts_s: float = 120.0
