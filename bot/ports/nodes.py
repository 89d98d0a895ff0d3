"""A cluster node and its kit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.domain.inventory import NodeProbe
from bot.domain.vss import DiagReading, Event, LogState, RequesterReport


@dataclass(frozen=True)
class RunFolder:
    """What a node shows of one request: nothing is inferred here, only seen. Times are when seen, UTC."""

    claimed: bool
    seen_at: datetime
    armed: bool = False  # the request still waits at the gate
    committed: bool = False  # the gate was passed
    cancelled: bool = False  # a cancel won the race for the gate
    started: bool = False  # DiskShadow was started
    created: bool = False  # `created.cmd` ran: CREATE returned
    set_id: str | None = None
    shadow_ids: dict[str, str] = field(default_factory=dict)  # alias -> shadow copy id
    ended: bool = False  # `ended.cmd` ran: END BACKUP returned
    exit_code: int | None = None  # of DiskShadow
    done: bool = False  # the kit has written everything that was wanted
    gone: bool = False  # a later start of the task found the request claimed and not done
    diag: DiagReading = field(default_factory=DiagReading)


@dataclass(frozen=True)
class RunRecord:
    """The whole record of a finished request."""

    output: RequesterReport
    raw_output: bytes
    events: tuple[Event, ...] = ()
    logs_before: tuple[LogState, ...] = ()
    logs_after: tuple[LogState, ...] = ()
    unreadable: tuple[str, ...] = ()  # names of the files that were missing or not understood


@dataclass(frozen=True)
class KitState:
    """The kit on a node against ours."""

    installed: bool
    version: str = ""
    changed_files: tuple[str, ...] = ()  # names whose hash differs from ours
    volumes: tuple[str, ...] = ()  # the node's own allow-list


class Nodes(Protocol):
    """The kit on the nodes. Every call has a deadline and raises Unreachable or Refused."""

    def ask(self, cluster: str, node: str, request_id: str, wanted: Sequence[str]) -> None:
        """Leave a request (idempotent: the same id twice is one request) and start the kit's task."""

    def nudge(self, cluster: str, node: str) -> None:
        """Start the kit's task again; harmless while it runs."""

    def look(self, cluster: str, node: str, request_id: str) -> RunFolder:
        """Return what the node shows of a request, including VSS's diagnostics."""

    def diagnostics(self, cluster: str, node: str) -> DiagReading:
        """Return VSS's diagnostics as they stand, to tell old records from ours later."""

    def cancel(self, cluster: str, node: str, request_id: str) -> bool:
        """Race the gate for the request; True if the cancel won."""

    def record(self, cluster: str, node: str, request_id: str) -> RunRecord:
        """Return the record of a request that is done."""

    def probe(self, cluster: str, node: str, request_id: str) -> NodeProbe:
        """Return what a finished request for `probe` found."""

    def kit(self, cluster: str, node: str) -> KitState:
        """Return the installed kit's version and differences."""

    def forget(self, cluster: str, node: str) -> None:
        """Close what is open towards a node."""
