"""The bot's own records: runs, outgoing messages, the audit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from bot.domain.backup import (
    Actor,
    PhaseTime,
    ProvedSnapshot,
    Run,
    Stage,
    VmInSet,
    WriterProgress,
)


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
        """Record a run, or join: same key, or a live run that may serve it (bot.domain.backup.may_join). Returns (run, joined); one transaction."""

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
