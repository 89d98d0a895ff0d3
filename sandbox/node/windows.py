"""What every Windows program of a node can reach: registry, logs, services, culture and the switches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, cast

from sandbox.node.eventlog import EventLogs
from sandbox.node.registry import Registry
from sandbox.node.services import Services
from sandbox.node.topology import Topology

if TYPE_CHECKING:
    from sandbox.node.machine import Machine
    from sandbox.node.process import Call
    from sandbox.node.vss.provider import HardwareProvider
    from sandbox.node.vss.service import VssService


@dataclass(frozen=True)
class Culture:
    """Language and formats of a node: "en-US" or "de-DE"."""

    name: str = "en-US"
    zone: tzinfo = UTC

    @property
    def german(self) -> bool:
        """Tell whether the node speaks German."""
        return self.name.startswith("de")

    @property
    def codepage(self) -> int:
        """Return the OEM code page of consoles."""
        return 850 if self.german else 437

    def date_time(self, at: datetime) -> str:
        """Return a moment as the culture's general date and long time."""
        local = at.astimezone(self.zone)
        if self.german:
            return local.strftime("%d.%m.%Y %H:%M:%S")
        hour = local.hour % 12 or 12
        half = "AM" if local.hour < 12 else "PM"
        return f"{local.month}/{local.day}/{local.year} {hour}:{local:%M:%S} {half}"


@dataclass
class Unknowns:
    """Switches for what nobody could observe on a real node; the worse answer is the default."""

    output_only_at_exit: bool = True
    exit_zero_after_failed_create: bool = True
    continue_after_failed_line: bool = True
    ignore_failing_exec: bool = True
    indent_with_tabs: bool = True  # raw captures have tabs; some tools show blanks
    harmless_com_error: bool = False  # a line of KB3025158 that successful runs of some versions show
    localised_diskshadow: bool = True  # only heard of where the culture is German
    remote_writers_know_the_set: bool = True  # False: writers of other nodes record a set id of their own
    gather_at_create: bool = True  # False: BEGIN BACKUP already lets the writers identify themselves
    writer_failure_stops_commit: bool = False  # False: the array snapshot is made all the same
    vm_failure_fails_create: bool = False
    provider_destroys_on_abort: bool = False
    provider_banner: bool = True  # the guide shows the banner for one verb only


@dataclass
class Windows:
    """The Windows side of one node, hung at machine.extras["windows"]."""

    name: str
    fqdn: str
    culture: Culture
    unknowns: Unknowns
    registry: Registry
    logs: EventLogs
    services: Services
    topology: Topology
    now: Callable[[], datetime]
    vss: VssService = field(init=False)
    provider: HardwareProvider = field(init=False)


def windows_of(machine: Machine) -> Windows:
    """Return the Windows side of a machine."""
    return cast(Windows, machine.extras["windows"])


def may_administrate(call: Call) -> bool:
    """Tell whether a program runs as an administrator or the system."""
    accounts = call.machine.accounts
    return accounts.is_system(call.user) or accounts.is_admin(call.user)
