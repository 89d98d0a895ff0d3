"""How Slack says no."""

from __future__ import annotations

from typing import Any


class SlackError(Exception):
    """An error answer of the Web API: its code, further fields, and HTTP status and headers."""

    def __init__(
        self, code: str, *, status: int = 200, headers: dict[str, str] | None = None, **fields: Any
    ) -> None:
        super().__init__(code)
        self.code = code
        self.status = status
        self.headers = headers or {}
        self.fields = fields

    def body(self) -> dict[str, Any]:
        """Return the JSON answer."""
        return {"ok": False, "error": self.code, **self.fields}


def explained(code: str, *messages: str) -> SlackError:
    """Return an error with the sentences that Slack puts into response_metadata."""
    return SlackError(code, response_metadata={"messages": [f"[ERROR] {message}" for message in messages]})
