"""A client of the sandbox's control API, with one kept connection per thread."""

from __future__ import annotations

import http.client
import json
import threading
import time
from typing import Any
from urllib.parse import urlsplit

ON_CALL, CHANNEL = "nadia", "ops-backup"
TIMEOUT_S = 60.0


class Control:
    """Types commands as the person on call, and looks at the world."""

    def __init__(self, url: str) -> None:
        self._place = urlsplit(url).netloc
        self._own = threading.local()

    def command(self, text: str) -> float:
        """Type a command; return the seconds until Slack had its ack. Raises RuntimeError without one."""
        began = time.perf_counter()
        answer = self._ask("POST", "slack/command", {"user": ON_CALL, "channel": CHANNEL, "text": text})
        took = time.perf_counter() - began
        if not answer.get("ok") and answer.get("error") != "unknown_command":
            raise RuntimeError(f"{text!r} was not acknowledged: {answer}")
        return took

    def state(self) -> dict[str, Any]:
        """Return the world's truth."""
        return self._ask("GET", "state")

    def node(self, **action: Any) -> dict[str, Any]:
        """Do something on a node."""
        return self._ask("POST", "node", action)

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        if not hasattr(self._own, "line"):
            self._own.line = http.client.HTTPConnection(self._place, timeout=TIMEOUT_S)
        line: http.client.HTTPConnection = self._own.line
        content = None if body is None else json.dumps(body).encode()
        line.request(method, f"/_sandbox/{path}", content, {"Content-Type": "application/json"})
        reply = line.getresponse()
        answer: dict[str, Any] = json.loads(reply.read())
        if reply.status != 200:
            raise RuntimeError(f"{method} {path}: {reply.status} {answer}")
        return answer
