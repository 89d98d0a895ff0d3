"""Runs in the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.domain.backup import (
    OUTCOMES,
    Actor,
    PhaseTime,
    ProvedSnapshot,
    Run,
    Stage,
    VmInSet,
    WriterProgress,
    advance,
    may_join,
)
from bot.ports import Conflict, Request
from integrations.store import details, phases
from integrations.store.clock import Now, utc_now
from integrations.store.connection import Database
from integrations.store.rows import CHANGEABLE, run_values, to_run
from integrations.store.schema import attempts, runs, wishes

LIVE = tuple(str(stage) for stage in Stage if stage not in OUTCOMES)


class SqlRuns:
    """Implements ports.Runs on SQLite and PostgreSQL; `now` times the attempts."""

    def __init__(self, database: Database, *, now: Now = utc_now) -> None:
        self._database = database
        self._now = now

    def add_or_join(self, request: Request) -> tuple[Run, bool]:
        """Record a run, or join one: see ports.Runs."""
        with self._database.write(alone=f"runs of {request.run.target.cluster}") as connection:
            known = _run_of_key(connection, request.key)
            if known is not None:
                return known, True
            joinable = _joinable(connection, request.run)
            if joinable is None:
                self._insert(connection, request)
            _wish(connection, request, (joinable or request.run).id)
            return joinable or request.run, joinable is not None

    def get(self, run_id: str) -> Run | None:
        """Return a run by its whole id."""
        return next(iter(self._select(sa.select(runs).where(runs.c.id == run_id))), None)

    def find(self, text: str) -> list[Run]:
        """Return the runs whose id equals `text` or ends with it, newest first, at most ten."""
        if not text:
            return []
        start = text[::-1]
        ends_with = (runs.c.id_reversed >= start) & (runs.c.id_reversed < start + "\U0010ffff")
        return self._select(sa.select(runs).where(ends_with).order_by(*_NEWEST).limit(10))

    def live(self) -> list[Run]:
        """Return every run without an outcome, oldest first."""
        return self._select(sa.select(runs).where(runs.c.stage.in_(LIVE)).order_by(*_OLDEST))

    def recent(self, limit: int, cluster: str | None = None) -> list[Run]:
        """Return the newest runs, newest first."""
        query = sa.select(runs).order_by(*_NEWEST).limit(limit)
        return self._select(query if cluster is None else query.where(runs.c.cluster == cluster))

    def unproved(self) -> list[Run]:
        """Return the runs that ended UNVERIFIED, oldest first."""
        return self._select(sa.select(runs).where(runs.c.stage == str(Stage.UNVERIFIED)).order_by(*_OLDEST))

    def change(self, run_id: str, expect: Stage, **changes: Any) -> Run:
        """Change fields of a run whose stage is `expect`: see ports.Runs. Raises Conflict, TransitionRefused."""
        if unknown := changes.keys() - CHANGEABLE:
            raise ValueError(f"these fields of a run cannot be changed: {', '.join(sorted(unknown))}")
        if "stage" in changes:
            changes["stage"] = advance(expect, Stage(changes["stage"]))
        with self._database.write() as connection:
            before = _locked(connection, run_id)
            if before.stage is not expect:
                raise Conflict(f"run {run_id} is {before.stage}, not {expect}")
            after = replace(before, **changes)
            known = run_values(before)
            news = {name: value for name, value in run_values(after).items() if value != known[name]}
            if news:
                connection.execute(sa.update(runs).where(runs.c.id == run_id).values(news))
                self._keep_attempt(connection, before, after)
            return after

    def ask_cancel(self, run_id: str, by: Actor) -> Run:
        """Record that a cancel was asked for, once; the first asker stays. Raises Conflict for an unknown run."""
        with self._database.write() as connection:
            run = _locked(connection, run_id)
            if run.cancel_by is None:
                run = replace(run, cancel_by=by.id)
                connection.execute(sa.update(runs).where(runs.c.id == run_id).values(cancel_by=by.id))
            return run

    def joined(self, run_id: str) -> list[Actor]:
        """Return who joined a run, in order, each once and without the one who requested it."""
        query = (
            sa.select(wishes.c.actor)
            .join(runs, runs.c.id == wishes.c.run_id)
            .where(wishes.c.run_id == run_id, wishes.c.actor != runs.c.requested_by)
            .order_by(wishes.c.n)
        )
        with self._database.read() as connection:
            return [Actor(name) for name in dict.fromkeys(connection.execute(query).scalars())]

    def ahead_of(self, run_id: str) -> Run | None:
        """Return the live run of the same cluster directly in front of this one, if any."""
        with self._database.read() as connection:
            row = connection.execute(sa.select(runs).where(runs.c.id == run_id)).first()
            if row is None:
                return None
            age = (row.requested_at, row.id)
            live = _live_of(connection, row.cluster)
            return next((run for run in reversed(live) if (run.requested_at, run.id) < age), None)

    def start_phase(self, run_id: str, attempt: int, time: PhaseTime) -> None:
        """Record that a phase began: see ports.Runs."""
        with self._database.write() as connection:
            phases.start(connection, run_id, attempt, time)

    def end_phases(self, run_id: str, attempt: int, at: datetime) -> None:
        """End the phase that runs."""
        with self._database.write() as connection:
            phases.end(connection, run_id, attempt, at)

    def phases(self, run_id: str, attempt: int) -> list[PhaseTime]:
        """Return an attempt's phases in order."""
        with self._database.read() as connection:
            return phases.of_attempt(connection, run_id, attempt)

    def usual(self, target_key: str) -> dict[str, float]:
        """Return the median seconds of each phase of the last 20 verified runs of these volumes."""
        with self._database.read() as connection:
            return phases.medians(connection, target_key)

    def save_writers(self, run_id: str, attempt: int, writers: Sequence[WriterProgress]) -> None:
        """Keep the latest progress of each (node, writer)."""
        with self._database.read() as connection:
            if not details.writer_news(connection, run_id, attempt, writers):
                return  # most looks at a node bring nothing new, and a write would wait for the disk
        with self._database.write() as connection:
            details.save_writers(connection, run_id, attempt, writers)

    def writers(self, run_id: str, attempt: int) -> list[WriterProgress]:
        """Return the writers' progress in the order they first appeared."""
        with self._database.read() as connection:
            return details.writers_of(connection, run_id, attempt)

    def save_vms(self, run_id: str, vms: Sequence[VmInSet]) -> None:
        """Replace the run's VMs."""
        with self._database.write() as connection:
            details.save_vms(connection, run_id, vms)

    def vms(self, run_id: str) -> list[VmInSet]:
        """Return the run's VMs by name."""
        with self._database.read() as connection:
            return details.vms_of(connection, run_id)

    def save_snapshots(self, run_id: str, snapshots: Sequence[ProvedSnapshot]) -> None:
        """Replace the run's proved array snapshots."""
        with self._database.write() as connection:
            details.save_snapshots(connection, run_id, snapshots)

    def snapshots(self, run_id: str) -> list[ProvedSnapshot]:
        """Return the run's proved array snapshots in the order of its volumes."""
        with self._database.read() as connection:
            return details.snapshots_of(connection, run_id)

    def save_note(self, run_id: str, key: str, text: str) -> None:
        """Keep one plain sentence about a run under a key (same key: replaced; empty text: removed)."""
        with self._database.write() as connection:
            details.save_note(connection, run_id, key, text)

    def notes(self, run_id: str) -> list[str]:
        """Return the run's sentences in the order of their keys' first use."""
        with self._database.read() as connection:
            return details.notes_of(connection, run_id)

    def save_facts(self, run_id: str, name: str, value: dict[str, Any]) -> None:
        """Keep a JSON document about a run under a name; replaced when saved again."""
        with self._database.write() as connection:
            details.save_facts(connection, run_id, name, value)

    def facts(self, run_id: str, name: str) -> dict[str, Any] | None:
        """Return a saved document."""
        with self._database.read() as connection:
            return details.facts_of(connection, run_id, name)

    def _select(self, query: sa.Select[Any]) -> list[Run]:
        with self._database.read() as connection:
            return [to_run(row) for row in connection.execute(query)]

    def _insert(self, connection: sa.Connection, request: Request) -> None:
        connection.execute(sa.insert(runs).values(**run_values(request.run), key=request.key))
        self._start_attempt(connection, request.run)

    def _start_attempt(self, connection: sa.Connection, run: Run) -> None:
        values = {"run_id": run.id, "n": run.attempt, "request_id": run.request_id, "started": self._now()}
        connection.execute(sa.insert(attempts).values(**values, **self._latest(run)))

    def _keep_attempt(self, connection: sa.Connection, before: Run, run: Run) -> None:
        of_run = attempts.c.run_id == run.id
        this = sa.update(attempts).where(of_run, attempts.c.n == run.attempt)
        if connection.execute(this.values(self._latest(run))).rowcount:
            return
        last = sa.update(attempts).where(of_run, attempts.c.n == before.attempt, attempts.c.ended.is_(None))
        connection.execute(last.values(ended=self._now()))
        self._start_attempt(connection, run)

    def _latest(self, run: Run) -> dict[str, Any]:
        ended = (run.ended_at or self._now()) if run.is_over else None
        return {"node": run.node, "stage": str(run.stage), "ended": ended}


_OLDEST = (runs.c.requested_at, runs.c.id)
_NEWEST = (runs.c.requested_at.desc(), runs.c.id.desc())


def _run_of_key(connection: sa.Connection, key: str) -> Run | None:
    query = sa.select(runs).join(wishes, wishes.c.run_id == runs.c.id).where(wishes.c.key == key)
    row = connection.execute(query).first()
    return None if row is None else to_run(row)


def _live_of(connection: sa.Connection, cluster: str) -> list[Run]:
    # Sorted here: an ORDER BY makes SQLite walk through the cluster's whole history in that order.
    query = sa.select(runs).where(runs.c.cluster == cluster, runs.c.stage.in_(LIVE))
    return sorted(map(to_run, connection.execute(query)), key=lambda run: (run.requested_at, run.id))


def _joinable(connection: sa.Connection, wanted: Run) -> Run | None:
    for run in _live_of(connection, wanted.target.cluster):
        reached = [time.phase for time in phases.of_attempt(connection, run.id, run.attempt)]
        if may_join(run, wanted, reached):
            return run
    return None


def _wish(connection: sa.Connection, request: Request, run_id: str) -> None:
    asked = request.run
    connection.execute(
        sa.insert(wishes).values(
            key=request.key,
            run_id=run_id,
            actor=asked.requested_by.id,
            channel=asked.channel,
            at=asked.requested_at,
        )
    )


def _locked(connection: sa.Connection, run_id: str) -> Run:
    row = connection.execute(sa.select(runs).where(runs.c.id == run_id).with_for_update()).first()
    if row is None:
        raise Conflict(f"there is no run {run_id}")
    return to_run(row)
