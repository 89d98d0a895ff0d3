"""Serves /healthz (JSON, 200 or 503) and /metrics (Prometheus) on a loopback address."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from threading import Thread
from typing import TYPE_CHECKING
from wsgiref.simple_server import WSGIRequestHandler, make_server

from prometheus_client import CollectorRegistry, make_wsgi_app
from prometheus_client.exposition import ThreadingWSGIServer

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

Health = Callable[[], Mapping[str, str]]
"""Returns part -> "ok" or what is wrong with it."""


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: a health check every few seconds is no news."""


class HealthServer:
    """An HTTP server in its own thread; port 0 takes any free one."""

    def __init__(self, host: str, port: int, health: Health, registry: CollectorRegistry) -> None:
        metrics: Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]] = make_wsgi_app(registry)

        def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            if environ["PATH_INFO"] == "/metrics":
                return metrics(environ, start_response)
            if environ["PATH_INFO"] != "/healthz":
                start_response("404 Not Found", [("Content-Type", "text/plain")])
                return [b"/healthz and /metrics are served here\n"]
            parts = health()
            well = all(state == "ok" for state in parts.values())
            start_response(
                "200 OK" if well else "503 Service Unavailable", [("Content-Type", "application/json")]
            )
            return [json.dumps({"ok": well, **parts}).encode() + b"\n"]

        self._server = make_server(host, port, app, ThreadingWSGIServer, handler_class=_Quiet)
        self._thread = Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name="health", daemon=True
        )

    @property
    def url(self) -> str:
        """Return the base URL."""
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}"

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()
