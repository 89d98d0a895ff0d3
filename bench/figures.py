"""Numbers in a form for people: quantiles, rows and tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Row:
    """One line of the table: what was measured, under which circumstances, the figure, and the goal if there is one."""

    what: str
    when: str
    figure: str
    goal: str = ""
    met: bool | None = None

    def record(self) -> dict[str, Any]:
        """Return the row for JSON."""
        return asdict(self)


def quantile(values: Sequence[float], q: float) -> float:
    """Return the smallest value that at least a share `q` of the values does not exceed; nan for none."""
    if not values:
        return float("nan")
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -int(-q * len(ordered) // 1) - 1))]


def seconds(values: Sequence[float], *shares: float) -> str:
    """Return e.g. `p50 1.20 s, max 1.90 s (n = 12)`."""
    parts = [
        f"{'max' if share >= 1 else f'p{share * 100:g}'} {quantile(values, share):.2f} s" for share in shares
    ]
    return f"{', '.join(parts)} (n = {len(values)})"


def table(rows: Sequence[Row]) -> str:
    """Return the rows as a Markdown table."""
    lines = ["| what | when | figure | goal |", "|---|---|---|---|"]
    for row in rows:
        mark = {True: " ✓ met", False: " ✗ missed", None: ""}[row.met]
        lines.append(f"| {row.what} | {row.when} | {row.figure} | {row.goal}{mark} |")
    return "\n".join(lines)
