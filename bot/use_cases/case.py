"""A run as it is judged: the run, what the check found, and the time that counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.domain.backup import Run


@dataclass(frozen=True)
class Case:
    """What every witness is asked about; `begin` is before the gate and `end` after DiskShadow's end, by our clock."""

    run: Run
    facts: dict[str, Any]  # what the check kept, see precheck.py
    begin: datetime
    end: datetime
    stopping: Callable[[], bool]
