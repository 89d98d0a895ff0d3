"""What is known of a run besides itself: writers, VMs, array snapshots, notes and facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Any

import sqlalchemy as sa

from bot.domain.backup import ProvedSnapshot, VmInSet, WriterProgress
from integrations.store.schema import array_snapshots, facts, notes, runs, vms, writers

_WRITER_KEY = ("run_id", "attempt", "node", "writer")
_WRITER_FIELDS = tuple(field.name for field in fields(WriterProgress) if field.name not in _WRITER_KEY)
_SELECT_WRITERS = (
    sa.select(writers)
    .where(writers.c.run_id == sa.bindparam("run_id"), writers.c.attempt == sa.bindparam("attempt"))
    .order_by(writers.c.position)
)
_UPDATE_WRITER = (
    sa.update(writers)
    .where(*(writers.c[name] == sa.bindparam(f"new_{name}") for name in _WRITER_KEY))
    .values({name: sa.bindparam(f"new_{name}") for name in _WRITER_FIELDS})
)


def writer_news(
    connection: sa.Connection, run_id: str, attempt: int, told: Sequence[WriterProgress]
) -> list[WriterProgress]:
    """Return what is not known yet, the latest of each (node, writer), in the order told."""
    known = {(seen.node, seen.writer): seen for seen in writers_of(connection, run_id, attempt)}
    news: dict[tuple[str, str], WriterProgress] = {}
    for progress in told:
        name = (progress.node, progress.writer)
        before = news.get(name) or known.get(name)
        if before is None or (progress != before and progress.at >= before.at):
            news[name] = progress
    return list(news.values())


def save_writers(
    connection: sa.Connection, run_id: str, attempt: int, told: Sequence[WriterProgress]
) -> None:
    """Keep the latest progress of each (node, writer)."""
    known = {(seen.node, seen.writer) for seen in writers_of(connection, run_id, attempt)}
    changed: list[dict[str, Any]] = []
    new: list[dict[str, Any]] = []
    for progress in writer_news(connection, run_id, attempt, told):
        values = {"run_id": run_id, "attempt": attempt, **asdict(progress)}
        if (progress.node, progress.writer) in known:
            changed.append({f"new_{name}": value for name, value in values.items()})
        else:
            new.append({**values, "position": len(known) + len(new)})
    if changed:
        connection.execute(_UPDATE_WRITER, changed)
    if new:
        connection.execute(sa.insert(writers), new)


def writers_of(connection: sa.Connection, run_id: str, attempt: int) -> list[WriterProgress]:
    """Return the writers' progress in the order they first appeared."""
    asked = {"run_id": run_id, "attempt": attempt}
    return [
        WriterProgress(
            node=row.node,
            writer=row.writer,
            phase=row.phase,
            running=row.running,
            state=row.state,
            hresult=row.hresult,
            at=row.at,
            seconds=row.seconds,
        )
        for row in connection.execute(_SELECT_WRITERS, asked)
    ]


def save_vms(connection: sa.Connection, run_id: str, now: Sequence[VmInSet]) -> None:
    """Replace the run's VMs."""
    connection.execute(sa.delete(vms).where(vms.c.run_id == run_id))
    for position, vm in enumerate(now):
        values = {**asdict(vm), "volumes": list(vm.volumes)}
        connection.execute(sa.insert(vms).values(run_id=run_id, position=position, **values))


def vms_of(connection: sa.Connection, run_id: str) -> list[VmInSet]:
    """Return the run's VMs by name."""
    rows = connection.execute(sa.select(vms).where(vms.c.run_id == run_id).order_by(vms.c.position))
    found = [VmInSet(row.id, row.name, row.node, tuple(row.volumes), row.included, row.note) for row in rows]
    return sorted(found, key=lambda vm: (vm.name.casefold(), vm.name, vm.id))


def save_snapshots(connection: sa.Connection, run_id: str, now: Sequence[ProvedSnapshot]) -> None:
    """Replace the run's proved array snapshots."""
    connection.execute(sa.delete(array_snapshots).where(array_snapshots.c.run_id == run_id))
    for position, snapshot in enumerate(now):
        values = {**asdict(snapshot), "members": list(snapshot.members)}
        connection.execute(sa.insert(array_snapshots).values(run_id=run_id, position=position, **values))


def snapshots_of(connection: sa.Connection, run_id: str) -> list[ProvedSnapshot]:
    """Return the run's proved array snapshots in the order of its volumes."""
    volumes = connection.execute(sa.select(runs.c.volumes).where(runs.c.id == run_id)).scalar() or []
    order = {name: place for place, name in enumerate(volumes)}
    query = sa.select(array_snapshots).where(array_snapshots.c.run_id == run_id)
    found = [
        ProvedSnapshot(row.volume, row.array, row.name, row.created, row.protection_group, tuple(row.members))
        for row in connection.execute(query.order_by(array_snapshots.c.position))
    ]
    return sorted(found, key=lambda snapshot: order.get(snapshot.volume, len(order)))


def save_note(connection: sa.Connection, run_id: str, key: str, text: str) -> None:
    """Keep one sentence under a key; empty text hides it, the key keeps its place."""
    this = (notes.c.run_id == run_id) & (notes.c.key == key)
    if connection.execute(sa.update(notes).where(this).values(text=text)).rowcount or not text:
        return
    count = sa.select(sa.func.count()).select_from(notes).where(notes.c.run_id == run_id)
    position = connection.execute(count).scalar_one()
    connection.execute(sa.insert(notes).values(run_id=run_id, key=key, position=position, text=text))


def notes_of(connection: sa.Connection, run_id: str) -> list[str]:
    """Return the run's sentences in the order of their keys' first use."""
    query = sa.select(notes.c.text).where(notes.c.run_id == run_id, notes.c.text != "")
    return list(connection.execute(query.order_by(notes.c.position)).scalars())


def save_facts(connection: sa.Connection, run_id: str, name: str, value: dict[str, Any]) -> None:
    """Keep a JSON document under a name; replaced when saved again."""
    this = (facts.c.run_id == run_id) & (facts.c.name == name)
    if not connection.execute(sa.update(facts).where(this).values(value=value)).rowcount:
        connection.execute(sa.insert(facts).values(run_id=run_id, name=name, value=value))


def facts_of(connection: sa.Connection, run_id: str, name: str) -> dict[str, Any] | None:
    """Return a saved document."""
    query = sa.select(facts.c.value).where(facts.c.run_id == run_id, facts.c.name == name)
    found: dict[str, Any] | None = connection.execute(query).scalar()
    return found
