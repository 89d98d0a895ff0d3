"""What a step leaves behind: its JSON value or the failure it raised, the same when it is read back."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import import_module
from typing import Any, TypedDict

OURS = ("bot",)
"""The packages whose failures are remembered as themselves; DBOS would give back a stranger's class."""


class Memory(TypedDict, total=False):
    """One finished step; exactly one of the keys is there."""

    value: Any
    raised: dict[str, Any]


def remember(act: Callable[[], Any]) -> Memory:
    """Act, and return the value or our own failure as JSON. Raises TypeError for a value that is no JSON."""
    try:
        value = act()
    except Exception as error:
        if type(error).__module__.split(".")[0] not in OURS:
            raise
        return {"raised": _describe(error)}
    return {"value": json.loads(json.dumps(value, allow_nan=False))}


def recall(memory: Memory) -> Any:
    """Return a remembered value, or raise the remembered failure."""
    if "raised" in memory:
        raise _revive(memory["raised"])
    return memory["value"]


def _describe(error: Exception) -> dict[str, Any]:
    kind = type(error)
    told = {
        "module": kind.__module__,
        "name": kind.__qualname__,
        "args": list(error.args),
        "fields": vars(error),
    }
    described: dict[str, Any] = json.loads(json.dumps(told, default=str))
    return described


def _revive(told: dict[str, Any]) -> Exception:
    kind: Any = import_module(told["module"])
    for part in told["name"].split("."):
        kind = getattr(kind, part)
    # Without its constructor, whose parameters are its own affair: text and fields say everything.
    error: Exception = kind.__new__(kind, *told["args"])
    error.args = tuple(told["args"])
    vars(error).update(told["fields"])
    return error
