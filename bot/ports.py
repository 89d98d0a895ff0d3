"""What the use cases need from outside, as small protocols; integrations provide them, tests fake them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar

from bot.domain.array import ArraySnapshot, ArrayVolume, ProtectionGroup
from bot.domain.backup import (
    Actor,
    PhaseTime,
    ProvedSnapshot,
    Run,
    RunView,
    Stage,
    VmInSet,
    WriterProgress,
)
from bot.domain.inventory import NodeProbe
from bot.domain.vss import DiagReading, Event, LogState, RequesterReport

T = TypeVar("T")


class Unreachable(Exception):
    """A wire did not answer within its deadline; nothing is known about what happened behind it."""

    def __init__(self, place: str, why: str) -> None:
        super().__init__(f"{place} did not answer: {why}")
        self.place = place
        self.why = why


class Refused(Exception):
    """A wire answered and said no (credentials, rights, certificate, missing kit); asking again will not help."""

    def __init__(self, place: str, why: str, code: str = "refused", next_step: str = "") -> None:
        super().__init__(f"{place} refused: {why}")
        self.place = place
        self.why = why
        self.code = code
        self.next_step = next_step


class Conflict(Exception):
    """A compare-and-set found something else than it expected."""


class StoreUnavailable(Exception):
    """The bot's own store did not answer; nothing was recorded."""


# --- a cluster node and its kit ------------------------------------------------------------------


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


# --- arrays --------------------------------------------------------------------------------------


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


# --- the store -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Request:
    """A wish for a backup as it came in; `key` is unique per wish (a trigger id, a schedule's due time)."""

    key: str
    run: Run


@dataclass(frozen=True)
class Message:
    """A rendered Slack message: `text` for lock screens and screen readers, `blocks` of Block Kit."""

    text: str
    blocks: list[dict[str, Any]]


@dataclass(frozen=True)
class AuditEntry:
    """One line of the audit: who did or was refused what, by which rule, with which result."""

    at: datetime
    actor: str
    origin: str  # e.g. "slack:C0123", "cli", "bot"
    what: str  # the verb and its argument as understood, never secrets
    decision: str  # "allowed" | "refused" | "done"
    rule: str = ""
    result: str = ""


class Runs(Protocol):
    """Runs and what is known of them. Raises StoreUnavailable."""

    def add_or_join(self, request: Request) -> tuple[Run, bool]:
        """Record a run, or join: same key, or a live run of the cluster that covers the target and has no set id yet and no cancel asked. Returns (run, joined); one transaction."""

    def get(self, run_id: str) -> Run | None:
        """Return a run by its whole id."""

    def find(self, text: str) -> list[Run]:
        """Return the runs whose id equals `text` or ends with it, newest first, at most ten."""

    def live(self) -> list[Run]:
        """Return every run without an outcome, oldest first."""

    def recent(self, limit: int, cluster: str | None = None) -> list[Run]:
        """Return the newest runs, newest first."""

    def unproved(self) -> list[Run]:
        """Return the runs that ended UNVERIFIED, oldest first."""

    def change(self, run_id: str, expect: Stage, **changes: Any) -> Run:
        """Change fields of a run whose stage is `expect` (compare-and-set); a `stage` change must be in the table of transitions. Raises Conflict, TransitionRefused."""

    def ask_cancel(self, run_id: str, by: Actor) -> Run:
        """Record that a cancel was asked for, once; the first asker stays."""

    def joined(self, run_id: str) -> list[Actor]:
        """Return who joined a run, in order."""

    def ahead_of(self, run_id: str) -> Run | None:
        """Return the live run of the same cluster directly in front of this one, if any."""

    def start_phase(self, run_id: str, attempt: int, time: PhaseTime) -> None:
        """Record that a phase began (ending the one before at that time); recording the same phase twice keeps the first time."""

    def end_phases(self, run_id: str, attempt: int, at: datetime) -> None:
        """End the phase that runs."""

    def phases(self, run_id: str, attempt: int) -> list[PhaseTime]:
        """Return an attempt's phases in order."""

    def usual(self, target_key: str) -> dict[str, float]:
        """Return the median seconds of each phase of the last 20 verified runs of these volumes; key is str(Target)."""

    def save_writers(self, run_id: str, attempt: int, writers: Sequence[WriterProgress]) -> None:
        """Keep the latest progress of each (node, writer)."""

    def writers(self, run_id: str, attempt: int) -> list[WriterProgress]:
        """Return the writers' progress in the order they first appeared."""

    def save_vms(self, run_id: str, vms: Sequence[VmInSet]) -> None:
        """Replace the run's VMs."""

    def vms(self, run_id: str) -> list[VmInSet]:
        """Return the run's VMs by name."""

    def save_snapshots(self, run_id: str, snapshots: Sequence[ProvedSnapshot]) -> None:
        """Replace the run's proved array snapshots."""

    def snapshots(self, run_id: str) -> list[ProvedSnapshot]:
        """Return the run's proved array snapshots in the order of its volumes."""

    def save_note(self, run_id: str, key: str, text: str) -> None:
        """Keep one plain sentence about a run under a key (same key: replaced; empty text: removed)."""

    def notes(self, run_id: str) -> list[str]:
        """Return the run's sentences in the order of their keys' first use."""

    def save_facts(self, run_id: str, name: str, value: dict[str, Any]) -> None:
        """Keep a JSON document about a run under a name (e.g. "check", "baseline", "witnesses"); replaced when saved again."""

    def facts(self, run_id: str, name: str) -> dict[str, Any] | None:
        """Return a saved document."""


class Outbox(Protocol):
    """Messages to Slack: each has a key, is posted once and edited by one sender; the last revision wins."""

    def put(
        self, key: str, channel: str, message: Message, *, final: bool = False, urgent: bool = False
    ) -> None:
        """Post or edit the message of this key; nothing changes after its final revision. `urgent` marks a notice (never edited, sent first)."""


class Audit(Protocol):
    """The append-only audit, a hash chain."""

    def write(self, entry: AuditEntry) -> None:
        """Append one entry."""


# --- the engine ----------------------------------------------------------------------------------


class Steps(Protocol):
    """What a durable run is given: each finished step is remembered across kill -9."""

    def run(self, name: str, act: Callable[[], T]) -> T:
        """Run a step once; after a crash a finished step returns its remembered JSON value, an interrupted one runs again."""

    def sleep(self, seconds: float) -> None:
        """Wait durably."""

    def stopping(self) -> bool:
        """Tell whether the process wants to stop: a long step then raises Stopped."""


class Stopped(BaseException):
    """A long step leaves because the process stops; the run goes on at the next start."""


class Engine(Protocol):
    """Runs each backup durably, one at a time per cluster."""

    def submit(self, run_id: str, cluster: str) -> None:
        """Queue a run; idempotent by its id."""


class Render(Protocol):
    """Turns a view into a message; given by the chat side."""

    def card(self, view: RunView) -> Message:
        """Return the run's card."""

    def notice(self, view: RunView) -> Message:
        """Return the new message for the team's channel when a run is over."""

    def ask_person(self, view: RunView) -> Message:
        """Return the message that asks a person about a run whose state is unknown."""


class Clock(Protocol):
    """The time, so that tests can set it."""

    def now(self) -> datetime:
        """Return the time, UTC."""

    def wait(self, seconds: float) -> None:
        """Let time pass."""
