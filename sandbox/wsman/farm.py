"""Many computers behind one accepting thread; a thread more for each live connection only."""

from __future__ import annotations

import selectors
import socket
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.wsman.computer import Computer
from sandbox.wsman.connection import Connection
from sandbox.wsman.fault_points import FaultPoints
from sandbox.wsman.gate import GateRules
from sandbox.wsman.host import Host
from sandbox.wsman.policy import Policy
from sandbox.wsman.server import Listening, WsmanServer
from sandbox.wsman.shells import Shells

_BACKLOG = 128
_JOIN_S = 5.0


@dataclass(eq=False)
class _Site:
    """A listening computer with its open connections."""

    host: Host
    listener: socket.socket
    tls: ssl.SSLContext | None
    connections: dict[Connection, threading.Thread] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)


class WsmanFarm:
    """Accepts for every computer it serves and ends their idle shells, in one thread that sleeps."""

    def __init__(self, *, clock: Clock, faults: Faults) -> None:
        self._clock = clock
        self._faults = faults
        self._selector = selectors.DefaultSelector()
        self._wake_out, self._wake_in = socket.socketpair()
        self._wake_in.setblocking(False)
        self._selector.register(self._wake_out, selectors.EVENT_READ)
        self._tasks: deque[Callable[[], None]] = deque()
        self._sites: list[_Site] = []
        self._lock = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="wsman-accept", daemon=True)
        self._thread.start()

    def serve(
        self,
        computer: Computer,
        listening: Listening | None = None,
        *,
        policy: Policy | None = None,
    ) -> WsmanServer:
        """Start the service of one computer on 127.0.0.1."""
        listening = listening or Listening()
        tls = listening.context()
        listener = socket.create_server(("127.0.0.1", listening.port), backlog=_BACKLOG)
        scheme = "https" if tls else "http"
        host = Host(
            computer=computer,
            clock=self._clock,
            points=FaultPoints(self._faults, computer.name),
            shells=Shells(policy or Policy(), opened=self._wake),
            rules=GateRules(listening.auth, tls is not None, listening.allow_unencrypted),
            url=f"{scheme}://127.0.0.1:{listener.getsockname()[1]}/wsman",
        )
        listener.setblocking(False)
        site = _Site(host, listener, tls)
        with self._lock:
            self._sites.append(site)
        self._in_loop(lambda: self._selector.register(listener, selectors.EVENT_READ, site))
        return WsmanServer(host, lambda: self._stop(site))

    def close(self) -> None:
        """Stop every service and the accepting thread; harmless when done before."""
        for site in self._all_sites():
            self._stop(site)
        self._end()

    def _stop(self, site: _Site) -> None:
        with self._lock:
            if site not in self._sites:
                return
            self._sites.remove(site)
        self._in_loop(lambda: self._selector.unregister(site.listener))
        site.listener.close()
        site.host.closing.set()
        with site.lock:
            connections = dict(site.connections)
        for connection in connections:
            connection.cut()
        site.host.shells.close()
        for thread in connections.values():
            thread.join(_JOIN_S)

    def _end(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._wake()
        self._thread.join(_JOIN_S)
        self._selector.close()
        self._wake_in.close()
        self._wake_out.close()

    def _in_loop(self, task: Callable[[], object]) -> None:
        """Run `task` in the accepting thread, which owns the selector, and wait for it."""
        done = threading.Event()

        def run() -> None:
            task()
            done.set()

        self._tasks.append(run)
        self._wake()
        done.wait(_JOIN_S)

    def _wake(self) -> None:
        try:
            self._wake_in.send(b"\0")
        except BlockingIOError:
            # The pipe is full of wake-ups already.
            return

    def _run(self) -> None:
        while not self._closed:
            for key, _ in self._selector.select(self._until_next_end()):
                if key.data is None:
                    self._wake_out.recv(4096)
                else:
                    self._accept(key.data)
            while self._tasks:
                self._tasks.popleft()()
            for site in self._all_sites():
                site.host.shells.expire()

    def _until_next_end(self) -> float | None:
        ends = [end for site in self._all_sites() if (end := site.host.shells.next_end()) is not None]
        return max(0.0, min(ends) - time.monotonic()) if ends else None

    def _all_sites(self) -> list[_Site]:
        with self._lock:
            return list(self._sites)

    def _accept(self, site: _Site) -> None:
        try:
            sock, address = site.listener.accept()
        except OSError:
            # The client left between the wake-up and now, or the listener is closing.
            return
        sock.setblocking(True)
        connection = Connection(sock, address[0], site.host, site.tls)
        thread = threading.Thread(target=self._serve, args=(site, connection), name="wsman", daemon=True)
        with site.lock:
            site.connections[connection] = thread
        thread.start()

    def _serve(self, site: _Site, connection: Connection) -> None:
        try:
            connection.run()
        finally:
            with site.lock:
                site.connections.pop(connection, None)


def serve(
    computer: Computer,
    *,
    clock: Clock,
    faults: Faults,
    port: int = 0,
    certfile: str | Path | None = None,
    keyfile: str | Path | None = None,
    auth: tuple[str, ...] = ("basic", "ntlm"),
    allow_unencrypted: bool = False,
    policy: Policy | None = None,
) -> WsmanServer:
    """Start the WinRM service of one computer on 127.0.0.1, with an accepting thread of its own."""
    farm = WsmanFarm(clock=clock, faults=faults)
    listening = Listening(port, certfile, keyfile, auth, allow_unencrypted)
    inner = farm.serve(computer, listening, policy=policy)
    return inner.stopped_by(farm.close)
