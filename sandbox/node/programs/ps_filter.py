"""WQL conditions of Get-CimInstance -Filter: Property=value pairs joined by AND."""

from __future__ import annotations

import re
from collections.abc import Callable

from sandbox.node.programs.cim.schema import CimValue, Instance

_CONDITION = re.compile(
    r"^\s*(\w+)\s*(=|<>|!=)\s*('(?:[^'\\]|\\.|'')*'|\"(?:[^\"\\]|\\.)*\"|-?\d+|TRUE|FALSE)\s*$", re.I
)
_AND = re.compile(r"\s+AND\s+", re.IGNORECASE)


class BadFilter(ValueError):
    """The condition is not one this subset knows: CIM's "Invalid query"."""


def parse_filter(text: str) -> Callable[[Instance], bool]:
    """Return the test a filter describes; raises BadFilter."""
    tests = []
    for part in _AND.split(text):
        match = _CONDITION.match(part)
        if match is None:
            raise BadFilter(text)
        tests.append(_test(match.group(1).lower(), match.group(2) == "=", match.group(3)))
    return lambda one: all(test(one) for test in tests)


def _test(name: str, equal: bool, literal: str) -> Callable[[Instance], bool]:
    wanted = _value(literal)

    def test(one: Instance) -> bool:
        found = next((value for known, value in one.items() if known.lower() == name), None)
        return (_plain(found) == wanted) is equal

    return test


def _value(literal: str) -> str:
    if literal[0] in "'\"":
        return re.sub(r"\\(.)", r"\1", literal[1:-1]).replace("''", "'").lower()
    return literal.lower()


def _plain(value: CimValue) -> str | None:
    return None if value is None else str(value).lower()
