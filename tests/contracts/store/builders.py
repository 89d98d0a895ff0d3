"""Builds requests for the store's tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.domain.backup import Actor, BackupType, Run, Stage, Target, WriterProgress
from bot.ports import Request

START = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    """Return a time so many seconds after the start."""
    return START + timedelta(seconds=seconds)


def a_run(name: str = "a", *, cluster: str = "cluster1", seconds: float = 0, **changes: Any) -> Run:
    """Return a queued run of two volumes whose id ends with `name`."""
    run = Run(
        id=f"{cluster}-20261123t060000000z-{name}",
        target=Target(cluster, ("volume1", "volume2")),
        backup_type=BackupType.FULL,
        stage=Stage.QUEUED,
        requested_by=Actor("U1"),
        requested_at=at(seconds),
        channel="C1",
    )
    return replace(run, **changes)


def a_wish(name: str = "a", *, key: str = "", **changes: Any) -> Request:
    """Return a request whose key is its run's name unless told."""
    return Request(key or name, a_run(name, **changes))


def a_writer(
    writer: str = "CSV", *, node: str = "hv-01", seconds: float = 0, **changes: Any
) -> WriterProgress:
    """Return a writer in FREEZE."""
    progress = WriterProgress(node, writer, "FREEZE", True, 1, 0, at(seconds))
    return replace(progress, **changes)
