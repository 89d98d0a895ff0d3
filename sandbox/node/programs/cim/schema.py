"""Classes and values of CIM: what is known of a class, references, and how .NET writes values as text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.node.windows import Culture


@dataclass(frozen=True)
class Reference:
    """A reference to an instance: its class, key property, key and what of it can be asked for."""

    class_name: str
    key: str
    value: str

    def __str__(self) -> str:
        return f'{self.class_name} ({self.key} = "{self.value}")'


Scalar = str | int | bool | datetime | Reference
CimValue = Scalar | tuple[Scalar, ...] | None
Instance = dict[str, CimValue]


@dataclass(frozen=True)
class CimClass:
    """A class with its namespace and all its property names, inherited ones included."""

    namespace: str
    name: str
    properties: tuple[str, ...]
    array_types: dict[str, str]


class Failure(Exception):
    """CIM refused: its message, PowerShell's error category and the WBEM status as hex."""

    def __init__(self, message: str, category: str, status: str) -> None:
        super().__init__(message)
        self.message = message
        self.category = category
        self.status = status


@cache
def known_classes() -> dict[tuple[str, str], CimClass]:
    """Return the classes by namespace and name, both in lower case."""
    text = files(__package__).joinpath("classes.txt").read_text(encoding="utf-8")
    found: dict[tuple[str, str], CimClass] = {}
    for block in text.split("\n\n"):
        lines = [line for line in block.splitlines() if line and not line.startswith("#")]
        if not lines:
            continue
        namespace, _, name = lines[0].lstrip("[").partition("] ")
        pairs = [word.split(":") for line in lines[1:] for word in line.removeprefix("+ ").split()]
        arrays = {pair[0]: pair[1] for pair in pairs if pair[1].endswith("[]")}
        found[namespace, name.lower()] = CimClass(namespace, name, tuple(pair[0] for pair in pairs), arrays)
    return found


_NET_TYPES = {str: "System.String", bool: "System.Boolean", int: "System.UInt16"}


def as_text(value: CimValue, culture: Culture) -> str | None:
    """Return what ToString() gives: arrays only their type, dates in the node's culture; None stays None."""
    if value is None:
        return None
    if isinstance(value, tuple):
        return f"{_NET_TYPES.get(type(value[0]), 'System.Object') if value else 'System.String'}[]"
    if isinstance(value, datetime):
        return culture.date_time(value)
    return str(value)
