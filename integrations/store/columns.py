"""Column types that mean the same on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.types import TypeDecorator

# PostgreSQL would sort by the database's language; names and times must sort by their bytes.
Name = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def to_text(at: datetime) -> str:
    """Return a time as it is stored: UTC, fixed width, sortable. Raises ValueError for a time without a zone."""
    if at.tzinfo is None:
        raise ValueError(f"a time without a zone cannot be stored: {at}")
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def from_text(text: str) -> datetime:
    """Return a stored time, UTC."""
    return datetime.fromisoformat(text)


class Utc(TypeDecorator[datetime]):
    """A time in UTC as sortable text, the same on every database (SQLite has no time type)."""

    impl = Name
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Return the stored form."""
        return None if value is None else to_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return the time."""
        return None if value is None else from_text(value)
