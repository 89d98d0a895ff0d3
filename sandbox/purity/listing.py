"""What every list of REST 1.x can be asked for: names, filter, sort, and pages."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

from sandbox.purity.arguments import Arguments
from sandbox.purity.refusals import Refused

LIST_ARGUMENTS = ("filter", "sort", "limit", "token")

Row = dict[str, object]
_COMPARISON = re.compile(r"\s*(\w+)\s*(!=|>=|<=|=|>|<)\s*(?:'((?:[^'\\]|\\.)*)'|\"([^\"]*)\"|([^\s()]+))\s*")


def page(rows: list[Row], arguments: Arguments) -> tuple[list[Row], str | None]:
    """Return the page of `rows` that is asked for, and the token of the next one (None after the last)."""
    rows = _sorted(_filtered(rows, arguments.text("filter")), arguments.text("sort"))
    limit = arguments.number("limit")
    start = _offset(arguments.text("token"))
    if limit is None:
        return rows[start:], None
    end = start + limit
    return rows[start:end], (f"offset.{end:x}" if end < len(rows) else None)


def _offset(token: str | None) -> int:
    if token is None:
        return 0
    match = re.fullmatch(r"offset\.([0-9a-f]{1,8})", token)
    if match is None:
        raise Refused("token", "Invalid token.")
    return int(match[1], 16)


def _sorted(rows: list[Row], sort: str | None) -> list[Row]:
    for field in reversed((sort or "").split(",")):
        key = field.strip().rstrip("-")
        if not key:
            continue
        if any(key not in row for row in rows):
            raise Refused(key, "Invalid sort field.")
        rows = sorted(rows, key=lambda row: _order(row[key]), reverse=field.strip().endswith("-"))
    return rows


def _order(value: object) -> tuple[bool, float, str]:
    if isinstance(value, int | float):
        return True, float(value), ""
    return value is not None, 0.0, str(value).lower()


def _filtered(rows: list[Row], text: str | None) -> list[Row]:
    if text is None:
        return rows
    # `and` binds tighter than `or`; parentheses and `not` are not supported here.
    wanted = [
        [_comparison(part) for part in re.split(r"\s+and\s+", group, flags=re.IGNORECASE)]
        for group in re.split(r"\s+or\s+", text, flags=re.IGNORECASE)
    ]
    return [row for row in rows if any(all(_holds(row, c) for c in group) for group in wanted)]


def _comparison(text: str) -> tuple[str, str, str]:
    match = _COMPARISON.fullmatch(text)
    if match is None:
        raise Refused("filter", "Invalid filter.")
    value = next(group for group in match.groups()[2:] if group is not None)
    return match[1], match[2], re.sub(r"\\(.)", r"\1", value)


def _holds(row: Row, comparison: tuple[str, str, str]) -> bool:
    field, operator, wanted = comparison
    if field not in row:
        raise Refused(field, "Invalid filter.")
    value = row[field]
    if operator in ("=", "!="):
        equal = fnmatchcase(str(value).lower(), wanted.lower().replace("[", "[[]"))
        return equal is (operator == "=")
    if value is None:
        return False
    left, right = _comparable(value, wanted)
    return {">": left > right, "<": left < right, ">=": left >= right, "<=": left <= right}[operator]


def _comparable(value: object, wanted: str) -> tuple[tuple[float, str], tuple[float, str]]:
    if isinstance(value, int | float):
        if not wanted.isdecimal():
            raise Refused("filter", "Invalid filter.")
        return (float(value), ""), (float(wanted), "")
    return (0.0, str(value)), (0.0, wanted)
