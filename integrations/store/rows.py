"""Turns rows of the store into domain values and back."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from bot.domain.backup import Actor, BackupType, Run, Stage, Target, Verdict

CHANGEABLE = frozenset(
    {
        "target",
        "backup_type",
        "stage",
        "channel",
        "attempt",
        "node",
        "set_id",
        "cancel_by",
        "ended_at",
        "verdict",
    }
)


def run_values(run: Run) -> dict[str, Any]:
    """Return a run's columns."""
    return {
        "id": run.id,
        "id_reversed": run.id[::-1],
        "cluster": run.target.cluster,
        "volumes": list(run.target.volumes),
        "target_key": str(run.target),
        "backup_type": str(run.backup_type),
        "stage": str(run.stage),
        "requested_by": run.requested_by.id,
        "requested_at": run.requested_at,
        "channel": run.channel,
        "attempt": run.attempt,
        "node": run.node,
        "set_id": run.set_id,
        "cancel_by": run.cancel_by,
        "ended_at": run.ended_at,
        "verdict": None if run.verdict is None else asdict(run.verdict),
    }


def to_run(row: sa.Row[Any]) -> Run:
    """Return the run of a row."""
    return Run(
        id=row.id,
        target=Target(row.cluster, tuple(row.volumes)),
        backup_type=BackupType(row.backup_type),
        stage=Stage(row.stage),
        requested_by=Actor(row.requested_by),
        requested_at=row.requested_at,
        channel=row.channel,
        attempt=row.attempt,
        node=row.node,
        set_id=row.set_id,
        cancel_by=row.cancel_by,
        ended_at=row.ended_at,
        verdict=None if row.verdict is None else _to_verdict(row.verdict),
    )


def _to_verdict(stored: dict[str, Any]) -> Verdict:
    return Verdict(**{**stored, "outcome": Stage(stored["outcome"])})
