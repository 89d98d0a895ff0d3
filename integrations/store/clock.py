"""The time that the store notes on its own rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Now = Callable[[], datetime]


def utc_now() -> datetime:
    """Return the time, UTC."""
    return datetime.now(UTC)
