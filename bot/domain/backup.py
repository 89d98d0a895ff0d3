"""The life of a run: its stages, the one table of transitions, its phases and its value types."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Stage(StrEnum):
    """Where a run stands; the last five are its outcomes."""

    QUEUED = "queued"
    CHECKING = "checking"
    CREATING = "creating"  # asked of a node, or perhaps asked: from here on we look before we act
    PROVING = "proving"
    UNKNOWN = "unknown"  # contact lost; never final, keeps the cluster's lock
    VERIFIED = "verified"
    UNVERIFIED = "unverified"  # a witness could not be asked; asked again until final
    INCOMPLETE = "incomplete"
    FAILED = "failed"
    CANCELLED = "cancelled"


ALLOWED: dict[Stage, frozenset[Stage]] = {
    Stage.QUEUED: frozenset({Stage.CHECKING, Stage.FAILED, Stage.CANCELLED}),
    Stage.CHECKING: frozenset({Stage.CREATING, Stage.FAILED, Stage.CANCELLED}),
    Stage.CREATING: frozenset({Stage.PROVING, Stage.FAILED, Stage.UNKNOWN, Stage.CANCELLED}),
    Stage.UNKNOWN: frozenset({Stage.CREATING, Stage.PROVING, Stage.FAILED, Stage.INCOMPLETE}),
    Stage.PROVING: frozenset(
        {
            Stage.UNKNOWN,
            Stage.VERIFIED,
            Stage.UNVERIFIED,
            Stage.INCOMPLETE,
            Stage.FAILED,
            Stage.CANCELLED,
        }
    ),
    Stage.UNVERIFIED: frozenset({Stage.VERIFIED, Stage.INCOMPLETE, Stage.FAILED}),
    Stage.VERIFIED: frozenset(),
    Stage.INCOMPLETE: frozenset(),
    Stage.FAILED: frozenset(),
    Stage.CANCELLED: frozenset(),
}

OUTCOMES = frozenset({Stage.VERIFIED, Stage.UNVERIFIED, Stage.INCOMPLETE, Stage.FAILED, Stage.CANCELLED})


class TransitionRefused(ValueError):
    """A run was asked to go where the table of transitions does not lead."""


def advance(current: Stage, wanted: Stage) -> Stage:
    """Return `wanted` if the table allows it from `current`. Raises TransitionRefused."""
    if wanted not in ALLOWED[current]:
        raise TransitionRefused(f"a run cannot go from {current} to {wanted}")
    return wanted


class Phase(StrEnum):
    """What a person watches on the card, in order."""

    QUEUED = "Queued"
    CHECKING = "Checking"
    GATHERING = "Gathering writers"
    GATE = "Gate"
    PREPARING = "Preparing"
    FREEZE = "Freeze and snapshot"
    THAW = "Thaw"
    COMPLETING = "Completing"
    PROVING = "Proving"


PHASES = tuple(Phase)


class BackupType(StrEnum):
    """What VSS is told: `full` may truncate logs inside guests, `copy` never does."""

    FULL = "full"
    COPY = "copy"


@dataclass(frozen=True)
class Target:
    """The volumes of one shadow copy set, by the short names of the configuration, in its order."""

    cluster: str
    volumes: tuple[str, ...]

    def covers(self, other: Target) -> bool:
        """Tell whether this set holds every volume of the other one."""
        return self.cluster == other.cluster and set(other.volumes) <= set(self.volumes)

    def __str__(self) -> str:
        return f"{self.cluster} {' '.join(self.volumes)}"


@dataclass(frozen=True)
class Actor:
    """Who asked: a Slack user id, or `cli:<login>` for the command line; never a display name."""

    id: str

    @property
    def is_slack(self) -> bool:
        """Tell whether this is a Slack user."""
        return not self.id.startswith("cli:")


@dataclass(frozen=True)
class Verdict:
    """How a run ended, in the four parts of a message: what happened, why, what is safe, what to do."""

    outcome: Stage
    code: str  # stable, for logs and `explain`, e.g. "verified", "writer-failed", "0x80042306"
    what: str
    why: str = ""
    safe: str = ""
    next_step: str = ""

    def sentence(self) -> str:
        """Return the four parts as one text."""
        return " ".join(part for part in (self.what, self.why, self.safe, self.next_step) if part)


@dataclass(frozen=True)
class Run:
    """One request for a backup, from the question to its outcome; times are UTC."""

    id: str
    target: Target
    backup_type: BackupType
    stage: Stage
    requested_by: Actor
    requested_at: datetime
    channel: str  # where the card is, a Slack channel id; "" for none
    attempt: int = 1
    node: str | None = None  # chosen durably before that node is asked
    set_id: str | None = None  # the shadow copy set's GUID, lower case without braces
    cancel_by: str | None = None  # the actor who asked for a cancel
    ended_at: datetime | None = None
    verdict: Verdict | None = None

    @property
    def request_id(self) -> str:
        """Return the name of this attempt's request and run folder on the node."""
        return f"{self.id}-a{self.attempt}"

    @property
    def is_over(self) -> bool:
        """Tell whether the run has an outcome (UNVERIFIED may still be settled by later evidence)."""
        return self.stage in OUTCOMES


NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?")
"""What a cluster or volume may be called: it becomes a file name on a node and part of a run's id."""

WISHES = frozenset({"probe", "events", "writers", "copy"})
"""What a request to a node may hold besides volumes; so no volume may be called that."""

RUN_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,80}")


def new_run_id(cluster: str, at: datetime, nonce: str) -> str:
    """Return an id that begins with the cluster and sorts by time, e.g. cluster1-20261123t065500123z-4f2a."""
    return f"{cluster}-{at:%Y%m%dt%H%M%S}{at.microsecond // 1000:03d}z-{nonce}"


@dataclass(frozen=True)
class PhaseTime:
    """When a phase of an attempt began and ended, UTC; `ended` is None while it runs."""

    phase: Phase
    started: datetime
    ended: datetime | None = None


@dataclass(frozen=True)
class WriterProgress:
    """One writer's latest phase on one node, as VSS's diagnostics show it."""

    node: str
    writer: str
    phase: str  # VSS's own word, e.g. PREPARESNAPSHOT
    running: bool  # entered, not left
    state: int  # VSS_WRITER_STATE
    hresult: int
    at: datetime
    seconds: float | None = None  # between enter and leave

    @property
    def failed(self) -> bool:
        """Tell whether the writer reports an error."""
        return self.hresult != 0 or 6 <= self.state <= 15


@dataclass(frozen=True)
class VmInSet:
    """A VM with a disk on a volume of the set, and whether the record shows it included (None: not known yet)."""

    id: str
    name: str
    node: str
    volumes: tuple[str, ...]
    included: bool | None = None
    note: str = ""


@dataclass(frozen=True)
class ProvedSnapshot:
    """The array snapshot of one volume of the set, as found on the array."""

    volume: str  # the short name of the configuration
    array: str
    name: str  # its final name, e.g. csv1.VSS-… or pgroup.VSS-….csv1
    created: datetime
    protection_group: str | None = None
    members: tuple[str, ...] = ()  # the other volumes that were snapped with it


JOINABLE = frozenset({Stage.QUEUED, Stage.CHECKING, Stage.CREATING})


def may_join(run: Run, wanted: Run, reached: Iterable[Phase]) -> bool:
    """Tell whether a wish is served by a run that lives already; `reached` are the phases it has begun.

    From the freeze on the array snapshot may be older than the wish. A copy must not become a full backup
    on its way either: full may truncate logs inside guests.
    """
    taken = run.set_id is not None or any(
        PHASES.index(phase) >= PHASES.index(Phase.FREEZE) for phase in reached
    )
    is_open = run.stage in JOINABLE and run.cancel_by is None and not taken
    return is_open and run.backup_type is wanted.backup_type and run.target.covers(wanted.target)


@dataclass(frozen=True)
class RunView:
    """Everything a person may see of a run at one moment."""

    run: Run
    now: datetime
    phases: tuple[PhaseTime, ...] = ()
    usual_s: dict[Phase, float] = field(default_factory=dict)
    writers: tuple[WriterProgress, ...] = ()
    vms: tuple[VmInSet, ...] = ()
    snapshots: tuple[ProvedSnapshot, ...] = ()
    waits_for: str | None = None  # the id of the run in front
    notes: tuple[str, ...] = ()  # plain sentences: "writer progress is switched off on hv-01", …
    joined: tuple[Actor, ...] = ()
    lagging: bool = False

    def phase_now(self) -> PhaseTime | None:
        """Return the phase that runs, if any."""
        return next((p for p in reversed(self.phases) if p.ended is None), None)
