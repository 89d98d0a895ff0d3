"""The phases of an attempt in the store."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from statistics import median

import sqlalchemy as sa

from bot.domain.backup import PHASES, Phase, PhaseTime, Stage
from integrations.store.schema import phases, runs

LAST_RUNS = 20

_SELECT = sa.select(phases).where(
    phases.c.run_id == sa.bindparam("run_id"), phases.c.attempt == sa.bindparam("attempt")
)


def start(connection: sa.Connection, run_id: str, attempt: int, time: PhaseTime) -> None:
    """Record that a phase began and end the one before; a phase that is known keeps its first time."""
    known = of_attempt(connection, run_id, attempt)
    if any(seen.phase is time.phase for seen in known):
        return
    # A marker may be read late: a phase that is told after its successor ends where that one began.
    later = [seen.started for seen in known if seen.started > time.started]
    end(connection, run_id, attempt, time.started, begun_by=time.started)
    connection.execute(
        sa.insert(phases).values(
            run_id=run_id,
            attempt=attempt,
            phase=str(time.phase),
            started=time.started,
            ended=time.ended or min(later, default=None),
        )
    )


def end(
    connection: sa.Connection, run_id: str, attempt: int, at: datetime, *, begun_by: datetime | None = None
) -> None:
    """End what runs, never before it began; `begun_by` spares what began later."""
    for seen in of_attempt(connection, run_id, attempt):
        if seen.ended is None and (begun_by is None or seen.started <= begun_by):
            this = _of(run_id, attempt) & (phases.c.phase == str(seen.phase))
            connection.execute(sa.update(phases).where(this).values(ended=max(at, seen.started)))


def of_attempt(connection: sa.Connection, run_id: str, attempt: int) -> list[PhaseTime]:
    """Return an attempt's phases by the time they began."""
    rows = connection.execute(_SELECT, {"run_id": run_id, "attempt": attempt})
    times = [PhaseTime(Phase(row.phase), row.started, row.ended) for row in rows]
    return sorted(times, key=lambda time: (time.started, PHASES.index(time.phase)))


def medians(connection: sa.Connection, target_key: str) -> dict[str, float]:
    """Return the median seconds of each phase, from the last verified runs' last attempts."""
    last = (
        sa.select(runs.c.id, runs.c.attempt)
        .where(runs.c.target_key == target_key, runs.c.stage == str(Stage.VERIFIED))
        .order_by(runs.c.requested_at.desc(), runs.c.id.desc())
        .limit(LAST_RUNS)
        .subquery()
    )
    query = (
        sa.select(phases)
        .join(last, (last.c.id == phases.c.run_id) & (last.c.attempt == phases.c.attempt))
        .where(phases.c.ended.is_not(None))
    )
    seconds: dict[str, list[float]] = defaultdict(list)
    for row in connection.execute(query):
        seconds[row.phase].append((row.ended - row.started).total_seconds())
    return {str(phase): median(seconds[phase]) for phase in PHASES if phase in seconds}


def _of(run_id: str, attempt: int) -> sa.ColumnElement[bool]:
    return (phases.c.run_id == run_id) & (phases.c.attempt == attempt)
