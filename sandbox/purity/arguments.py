"""The arguments of a REST 1.x request, which travel as a JSON body (on GET and DELETE too) or as a query."""

from __future__ import annotations

import json
from collections.abc import Iterable
from urllib.parse import parse_qsl

from sandbox.purity.refusals import Refused


class Arguments:
    """Named arguments, each read with the type that Purity expects of it."""

    def __init__(self, values: dict[str, object]) -> None:
        self._values = values

    def __contains__(self, name: str) -> bool:
        return self._values.get(name) is not None

    def flag(self, name: str) -> bool:
        """Return a boolean; a query string carries it as text."""
        value = self._values.get(name)
        if value is None or isinstance(value, bool):
            return bool(value)
        if isinstance(value, str) and value.lower() in ("true", "false"):
            return value.lower() == "true"
        raise Refused(name, "Invalid value.")

    def text(self, name: str) -> str | None:
        """Return a text, or None when it was not given."""
        value = self._values.get(name)
        if value is None or isinstance(value, str):
            return value
        raise Refused(name, "Invalid value.")

    def number(self, name: str) -> int | None:
        """Return a whole number above zero, or None when it was not given."""
        value = self._values.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not str(value).isdecimal() or int(str(value)) < 1:
            raise Refused(name, "Invalid value.")
        return int(str(value))

    def names(self, name: str) -> list[str] | None:
        """Return a list of names, given as a list or with commas, or None when it was not given."""
        value = self._values.get(name)
        if value is None:
            return None
        if isinstance(value, str):
            return [part.strip() for part in value.split(",") if part.strip()]
        if isinstance(value, list) and all(isinstance(part, str) for part in value):
            return value
        raise Refused(name, "Invalid value.")

    def refuse_others(self, known: Iterable[str]) -> None:
        """Raise Refused for the first argument that is not in `known`."""
        for name in sorted(set(self._values) - set(known)):
            raise Refused(name, "Unexpected argument.")


def read_arguments(query: str, body: bytes) -> Arguments:
    """Read both places. Raises Refused (400) for a body that is no JSON object; `null` is an empty one."""
    values: dict[str, object] = dict(parse_qsl(query, keep_blank_values=True))
    try:
        sent = json.loads(body) if body.strip() else None
    except ValueError as err:
        raise Refused("", "Invalid JSON.") from err
    # A public script sends the JSON string "" with its query.
    if sent not in (None, ""):
        if not isinstance(sent, dict):
            raise Refused("", "Invalid JSON.")
        values |= sent
    return Arguments(values)
