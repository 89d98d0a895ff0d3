"""Select-Object's properties, plain and calculated, and how Export-Csv writes their values."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sandbox.node.programs.cim.schema import CimValue, Instance, Reference, as_text
from sandbox.node.programs.ps_words import BadScript, Stage, split_outside, unquote
from sandbox.node.windows import Culture

Value = Callable[[Instance, Culture], str | None]

_JOIN = re.compile(r"^\$_\.(\w+)\s+-join\s+('[^']*'|\"[^\"]*\")$", re.IGNORECASE)
_ROUND_TRIP = re.compile(r"^\$_\.(\w+)\.ToUniversalTime\(\)\.ToString\(('o'|\"o\")\)$", re.IGNORECASE)
_MEMBER = re.compile(r"^\$_\.(\w+)(?:\.(\w+))?$")


@dataclass(frozen=True)
class Column:
    """A column of the CSV; `of` gives its text for an instance, None for $null."""

    name: str
    of: Value


def columns(stage: Stage) -> list[Column]:
    """Return the columns Select-Object makes; raises BadScript."""
    parameters, plain = stage.parse({"-property"}, set())
    text = parameters.get("-property") or (plain.pop(0) if plain else "")
    if not text or plain:
        raise BadScript(stage.unknown_parameter(plain[0] if plain else "Property"))
    return [_column(part.strip()) for part in split_outside(text, ",")]


def _column(text: str) -> Column:
    if not text.startswith("@{"):
        name = unquote(text)
        if not re.fullmatch(r"\w+", name):
            raise BadScript(f"Unexpected token '{text}' in expression or statement.")
        return Column(name, lambda one, culture: as_text(_get(one, name), culture))
    parts: dict[str, str] = {}
    for part in split_outside(text[2:].removesuffix("}"), ";"):
        key, _, value = part.partition("=")
        parts[key.strip().lower()] = value.strip()
    spelled = next((parts[key] for key in ("n", "name", "l", "label") if key in parts), "")
    body = next((parts[key] for key in ("e", "expression") if key in parts), "")
    if not spelled or not (body.startswith("{") and body.endswith("}")):
        raise BadScript("The hash literal was incomplete.")
    return Column(unquote(spelled), _expression(body[1:-1].strip()))


def _expression(body: str) -> Value:
    if (match := _JOIN.match(body)) is not None:
        name, glue = match.group(1), match.group(2)[1:-1]
        return lambda one, culture: _joined(_get(one, name), glue, culture)
    if (match := _ROUND_TRIP.match(body)) is not None:
        moment_name = match.group(1)
        return lambda one, _culture: _round_trip(_get(one, moment_name))
    if (match := _MEMBER.match(body)) is not None:
        member, key = match.group(1), match.group(2)
        return lambda one, culture: _member(_get(one, member), key, culture)
    raise BadScript(f"The simulated PowerShell does not know the expression {{{body}}}.")


def _get(one: Instance, name: str) -> CimValue:
    """Return a property in any case; a misspelt one is $null, as it is for Select-Object."""
    return next((value for known, value in one.items() if known.lower() == name.lower()), None)


def _joined(value: CimValue, glue: str, culture: Culture) -> str:
    if value is None:
        return ""
    parts = value if isinstance(value, tuple) else (value,)
    return glue.join(as_text(part, culture) or "" for part in parts)


def _round_trip(value: CimValue) -> str | None:
    """Return .NET's round-trip format with its seven digits; anything but a date has no such method: $null."""
    if not isinstance(value, datetime):
        return None
    utc = value.astimezone(UTC)
    return utc.strftime("%Y-%m-%dT%H:%M:%S.") + f"{utc.microsecond * 10:07d}Z"


def _member(value: CimValue, key: str | None, culture: Culture) -> str | None:
    if key is None:
        return as_text(value, culture)
    if isinstance(value, Reference) and key.lower() == value.key.lower():
        return value.value
    return None


def csv_line(cells: Sequence[str | None]) -> str:
    """Return a line of CSV: every cell quoted, quotes doubled, $null as nothing at all (PowerShell 5.1)."""
    return ",".join("" if cell is None else '"' + cell.replace('"', '""') + '"' for cell in cells)
