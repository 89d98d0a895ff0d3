"""Reads the bodies that the control API is sent; what is unknown, missing or of a wrong kind is named."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeVar

_Item = TypeVar("_Item")


class BadRequest(ValueError):
    """A request to the control API that cannot be understood; the text says what is accepted."""


_KINDS: dict[type, str] = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    list: "a list",
}


def read_object(body: bytes) -> dict[str, Any]:
    """Return a JSON object. Raises BadRequest."""
    try:
        value = json.loads(body)
    except ValueError as err:
        raise BadRequest(f"the body is not JSON: {err}") from err
    if not isinstance(value, dict):
        raise BadRequest("the body is not a JSON object")
    return value


def take(
    given: Mapping[str, Any],
    required: Mapping[str, type],
    optional: Mapping[str, type] | None = None,
) -> dict[str, Any]:
    """Return the values of `given` that are declared. Raises BadRequest naming the first fault."""
    known = {**required, **(optional or {})}
    for name in given:
        if name not in known:
            raise BadRequest(f"unknown key {name!r}; known: {', '.join(known)}")
    for name in required:
        if name not in given:
            raise BadRequest(f"key {name!r} is missing; it is {_KINDS[required[name]]}")
    return {name: _checked(name, value, known[name]) for name, value in given.items()}


def _checked(name: str, value: Any, kind: type) -> Any:
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise BadRequest(f"key {name!r} must be {_KINDS[kind]}, not {json.dumps(value)[:60]}")
    return value


def at_least(name: str, value: float, least: float) -> None:
    """Raise BadRequest if a number is too small."""
    if value < least:
        raise BadRequest(f"key {name!r} must be at least {least:g}, not {value:g}")


def one_of(name: str, value: str, accepted: Mapping[str, _Item]) -> _Item:
    """Return what `accepted` holds for `value`. Raises BadRequest naming what there is."""
    if value not in accepted:
        raise BadRequest(f"there is no {name} {value!r}; known: {', '.join(sorted(accepted)) or 'none'}")
    return accepted[value]
