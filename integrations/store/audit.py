"""The append-only audit: each entry's hash covers the entry and the hash before it."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from hashlib import sha256
from typing import Any

import sqlalchemy as sa

from bot.ports import AuditEntry
from integrations.store.columns import to_text
from integrations.store.connection import Database
from integrations.store.schema import audit

_FIELDS = tuple(field.name for field in fields(AuditEntry))

FIRST = "0" * 64
"""What stands for the hash before the first entry."""


class SqlAudit:
    """Implements ports.Audit. A changed, removed or inserted entry shows; a cut-off end does not by itself."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def write(self, entry: AuditEntry) -> None:
        """Append one entry. Raises StoreUnavailable."""
        with self._database.write(alone="audit") as connection:
            last = connection.execute(sa.select(audit).order_by(audit.c.n.desc()).limit(1)).first()
            n = 1 if last is None else last.n + 1
            previous = FIRST if last is None else last.hash
            chained = {"previous_hash": previous, "hash": link(n, as_text(entry), previous)}
            connection.execute(sa.insert(audit).values(n=n, **asdict(entry), **chained))

    def recent(self, limit: int) -> list[AuditEntry]:
        """Return the newest entries, newest first."""
        with self._database.read() as connection:
            rows = connection.execute(sa.select(audit).order_by(audit.c.n.desc()).limit(limit))
            return [_to_entry(row) for row in rows]

    def head(self) -> tuple[int, str]:
        """Return the last entry's number and hash, to be kept elsewhere against a cut-off end."""
        with self._database.read() as connection:
            last = connection.execute(sa.select(audit).order_by(audit.c.n.desc()).limit(1)).first()
            return (0, FIRST) if last is None else (last.n, last.hash)

    def verify(self) -> int | None:
        """Return the number of the first entry that does not fit the chain, None when all do."""
        expected, previous = 1, FIRST
        as_stored = sa.select(*(sa.type_coerce(column, sa.String) for column in audit.c[*_FIELDS]))
        query = as_stored.add_columns(audit.c.n, audit.c.previous_hash, audit.c.hash).order_by(audit.c.n)
        with self._database.read() as connection:
            for *texts, n, before, found in connection.execute(query).yield_per(1000):
                told = dict(zip(_FIELDS, texts, strict=True))
                if n != expected or before != previous or found != link(n, told, previous):
                    return expected
                expected, previous = expected + 1, found
        return None


def link(n: int, told: dict[str, str], previous: str) -> str:
    """Return the hash of an entry: SHA-256 over canonical JSON of its number, its fields and the hash before."""
    content = {**told, "n": n, "previous_hash": previous}
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(canonical.encode()).hexdigest()


def as_text(entry: AuditEntry) -> dict[str, str]:
    """Return an entry's fields as they are stored."""
    return {**asdict(entry), "at": to_text(entry.at)}


def _to_entry(row: sa.Row[Any]) -> AuditEntry:
    return AuditEntry(row.at, row.actor, row.origin, row.what, row.decision, row.rule, row.result)
