"""Shadow copy sets: what a requester asks for, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

SYSTEM_PROVIDER_ID = "{b5946137-7b9f-4925-af80-51abd60b20d5}"


@dataclass(frozen=True)
class Volume:
    """A volume of the node: its path with a backslash, its GUID path, its CSV's name and disk serial ("")."""

    path: str
    guid_path: str
    csv: str = ""
    serial: str = ""


@dataclass(frozen=True)
class Options:
    """What the requester set before CREATE; `excluded` and `verified` hold lower-case ids, names, components."""

    persistent: bool = False
    writers: bool = True
    transportable: bool = False
    differential: bool = True
    excluded: frozenset[str] = frozenset()
    verified: frozenset[str] = frozenset()
    full: bool = False
    client_accessible: bool = False


@dataclass(frozen=True)
class Wanted:
    """A volume added to the set, with its alias and the provider asked for ("" lets VSS choose)."""

    volume: Volume
    alias: str = ""
    provider: str = ""


@dataclass(frozen=True)
class ShadowCopy:
    """One shadow copy of a set."""

    id: str
    volume: Volume
    provider: str
    created: datetime
    device: str = ""


@dataclass
class ShadowCopySet:
    """A set; `state` is creating, created, failed, aborted or completed; `committed` tells of the snapshot."""

    id: str
    volumes: tuple[str, ...]
    started: datetime
    state: str = "creating"
    committed: bool = False
    shadows: list[ShadowCopy] = field(default_factory=list)
    options: Options = field(default_factory=Options)


@dataclass(frozen=True)
class Requester:
    """Who drives a session: its process id, its command line and how it spends working time (may raise)."""

    pid: int
    command_line: str
    work: Callable[[float], None]
