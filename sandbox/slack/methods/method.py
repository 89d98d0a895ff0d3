"""What a Web API method is, and what one call of it gets."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox.slack.errors import SlackError, explained

if TYPE_CHECKING:
    from sandbox.slack.limits import Limits
    from sandbox.slack.model import Workspace

Answer = dict[str, Any]


@dataclass
class Call:
    """One authenticated call: the workspace, the arguments as sent, whose token came along ("bot" or "app")."""

    workspace: Workspace
    limits: Limits
    args: dict[str, Any]
    caller: str
    socket_url: Callable[[], str]
    upload_url: Callable[[str], str]

    def text(self, name: str, *, needed: bool = False) -> str:
        """Return an argument as text, empty if absent. Raises invalid_arguments if it is needed."""
        value = self.args.get(name)
        if value in (None, ""):
            if needed:
                raise explained("invalid_arguments", f"missing required field: {name}")
            return ""
        return value if isinstance(value, str) else str(value)

    def flag(self, name: str) -> bool:
        """Return an argument as a truth value (forms carry "true", "1")."""
        return str(self.args.get(name, "")).lower() in ("true", "1")

    def json(self, name: str, fault: str) -> Any:
        """Return an argument that forms carry as JSON text; None if absent. Raises `fault` for bad JSON."""
        value = self.args.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError as err:
            raise SlackError(fault) from err


@dataclass(frozen=True)
class Method:
    """A method: its name, what it does, the scope and token it needs and its calls a minute."""

    name: str
    run: Callable[[Call], Answer]
    per_minute: int
    scope: str | None = None
    caller: str = "bot"
