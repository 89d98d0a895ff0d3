"""The array as values, and the pure match between a shadow copy set and array snapshots."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class ArrayVolume:
    """A volume on an array, known by its serial (24 upper-case hex digits)."""

    array: str
    name: str
    serial: str
    protection_groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class ArraySnapshot:
    """A snapshot of one volume as the array lists it; `created` is UTC by the array's clock."""

    array: str
    name: str
    source: str  # the volume's name
    created: datetime
    destroyed: bool = False


@dataclass(frozen=True)
class ProtectionGroup:
    """A protection group and its members; a snapshot of it snaps them all."""

    array: str
    name: str
    volumes: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()


def suffix_for(set_id: str) -> str:
    """Return the suffix the provider gives: `VSS-` and the set id, 32 upper-case hex digits."""
    digits = re.sub(r"[^0-9a-fA-F]", "", set_id).upper()
    if len(digits) != 32:
        raise ValueError(f"not a shadow copy set id: {set_id!r}")
    return f"VSS-{digits}"
