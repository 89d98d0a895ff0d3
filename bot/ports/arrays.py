"""The configured arrays, read only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.array import ArraySnapshot, ArrayVolume, ProtectionGroup


class Arrays(Protocol):
    """The configured arrays, read only. Every call has a deadline and raises Unreachable or Refused."""

    def names(self) -> tuple[str, ...]:
        """Return the configured arrays' names."""

    def address(self, array: str) -> str:
        """Return an array's address as configured."""

    def about(self, array: str) -> dict[str, str]:
        """Return the array's own name, version and the REST version spoken."""

    def volumes(self, array: str, serials: Sequence[str]) -> list[ArrayVolume]:
        """Return the volumes with these serials on one array, with their protection groups."""

    def snapshots(self, array: str, suffix: str) -> list[ArraySnapshot]:
        """Return every volume snapshot with this suffix on one array: of volumes and of groups, pending eradication too."""

    def snapshots_of(self, array: str, volume: str) -> list[ArraySnapshot]:
        """Return all snapshots of one volume whose suffix begins with VSS-, pending eradication too."""

    def group(self, array: str, name: str) -> ProtectionGroup:
        """Return a protection group's members and targets."""

    def clock(self, array: str) -> datetime:
        """Return the array's time now, UTC, as its HTTP Date header tells (resolution 1 s)."""
