"""What exists: the configured clusters with their nodes, volumes, channels and rights, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.domain.backup import BackupType
from bot.domain.wording import Known


@dataclass(frozen=True)
class Cluster:
    """One cluster as configured; people and groups are Slack ids."""

    name: str
    channel: str
    team_channel: str
    nodes: tuple[str, ...]
    volumes: Mapping[str, str]  # short name -> CSV path, in configuration order
    backup_type: BackupType = BackupType.FULL
    operators: frozenset[str] = frozenset()
    viewers: frozenset[str] = frozenset()
    crash_consistent_vms: frozenset[str] = frozenset()  # names, lower case


@dataclass(frozen=True)
class Catalog:
    """Everything that may be named, and who is an admin."""

    workspace: str
    clusters: Mapping[str, Cluster]
    admins: frozenset[str] = frozenset()
    known: Known = field(default_factory=Known)
