"""The WinRM service of one computer."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sandbox.wsman.host import Host
from sandbox.wsman.views import ShellView


@dataclass(frozen=True)
class Listening:
    """How a service listens: port 0 is any free one; a certificate makes it HTTPS."""

    port: int = 0
    certfile: str | Path | None = None
    keyfile: str | Path | None = None
    auth: tuple[str, ...] = ("basic", "ntlm")
    allow_unencrypted: bool = False

    def context(self) -> ssl.SSLContext | None:
        """Return the TLS settings, or None for plain HTTP."""
        if self.certfile is None:
            return None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certfile, self.keyfile)
        return context


class WsmanServer:
    """A running service; made by `serve` or a farm."""

    def __init__(self, host: Host, stop: Callable[[], None]) -> None:
        self._host = host
        self._stop = stop

    def stopped_by(self, stop: Callable[[], None]) -> WsmanServer:
        """Return the same service with another way to close it."""
        return WsmanServer(self._host, stop)

    @property
    def url(self) -> str:
        """The endpoint, as http(s)://127.0.0.1:PORT/wsman."""
        return self._host.url

    def shells(self) -> list[ShellView]:
        """Return the shells that exist now, oldest first."""
        return [shell.view() for shell in self._host.shells.all()]

    def close(self) -> None:
        """Stop listening, cut every connection, delete every shell; harmless when done before."""
        self._stop()
