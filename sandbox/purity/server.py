"""The array's HTTPS port: one thread per connection, HTTP/1.1, and every way in which it can be broken."""

from __future__ import annotations

import contextlib
import logging
import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from sandbox.clock import Clock
from sandbox.faults import Fault, Faults
from sandbox.purity.model import FlashArray
from sandbox.purity.rest1 import ROUTES, Reply, Request, Rest1, split_target

_LOG = logging.getLogger(__name__)
_IDLE_S = 60.0
_MAX_BODY = 1 << 20

KINDS = {
    "unreachable": "the connection is closed at once, nothing is done",
    "401": "the request is refused as if nobody were logged in",
    "429": "refused with Retry-After: 1",
    "500_busy": "refused with 500 and the text 'Server is busy'",
    "503": "refused with 503",
    "504_after_work": "the work is done, the reply is 504",
    "drop": "the work is done, the connection is closed without a reply",
    "html": "200 with a page of HTML instead of JSON, nothing is done",
    "slow": "the work is done delay_s real seconds later",
    "session_lost": "every session is forgotten before the request is looked at",
}
_WRONG_CERTIFICATE = "the connection shows a certificate by another authority"


class PurityServer:
    """A running array on loopback; `close` stops it and ends its connections."""

    def __init__(self, array: FlashArray, faults: Faults, context: ssl.SSLContext, port: int) -> None:
        self.array = array
        self.faults = faults
        self.rest = Rest1(array)
        self.context = context
        self.other_context: ssl.SSLContext | None = None
        self.stopping = threading.Event()
        self._requests = 0
        self._lock = threading.Lock()
        self._connections: set[socket.socket] = set()
        _publish(faults)
        self._listener = _Listener(self, port)
        self._thread = threading.Thread(target=self._accept, name=f"purity-{array.name}", daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """The TCP port on 127.0.0.1."""
        return int(self._listener.server_address[1])

    @property
    def url(self) -> str:
        """The array's address as a browser would write it."""
        return f"https://127.0.0.1:{self.port}"

    @property
    def requests(self) -> int:
        """How many requests have been read so far."""
        return self._requests

    def close(self) -> None:
        """Stop listening and cut the connections that are left."""
        self.stopping.set()
        with contextlib.suppress(OSError):
            # Wakes the thread that waits for the next client, on every platform.
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        self._thread.join()
        self._listener.server_close()
        with self._lock:
            left = list(self._connections)
        for connection in left:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while True:
            try:
                request, address = self._listener.get_request()
            except OSError:
                # Out of file handles, or the client has gone already: the next one may fare better.
                if self.stopping.wait(0.05):
                    return
                continue
            if self.stopping.is_set():
                request.close()
                return
            self._listener.process_request(request, address)

    def count(self) -> None:
        """Count one request."""
        with self._lock:
            self._requests += 1

    @contextlib.contextmanager
    def connected(self, connection: socket.socket) -> Iterator[None]:
        """Keep a connection in the list of those that `close` cuts."""
        with self._lock:
            self._connections.add(connection)
        try:
            yield
        finally:
            with self._lock:
                self._connections.discard(connection)


def serve(
    array: FlashArray,
    *,
    clock: Clock,
    faults: Faults,
    certfile: Path | str,
    keyfile: Path | str,
    port: int = 0,
) -> PurityServer:
    """Start an array on 127.0.0.1; port 0 takes a free one. The clock must be the array's own."""
    if clock is not array.clock:
        raise ValueError("the server and its array need the same clock")
    return PurityServer(array, faults, server_context(certfile, keyfile), port)


def server_context(certfile: Path | str, keyfile: Path | str) -> ssl.SSLContext:
    """Return a TLS 1.2+ server context with this certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certfile, keyfile)
    return context


def fault_point(request: Request) -> str:
    """Return the name of the place where a request can be broken, such as array.get_volume."""
    path, _ = split_target(request.target)
    if path == ["api_version"]:
        return "array.api_version"
    resource = path[1] if len(path) > 1 else ""
    if resource == "auth":
        return "array.login" if request.method == "POST" else "array.logout"
    return f"array.{request.method.lower()}_{resource}"


def _publish(faults: Faults) -> None:
    faults.publish("array.any", **KINDS, wrong_certificate=_WRONG_CERTIFICATE)
    points = {f"array.{method.lower()}_{form.split('/')[0]}" for method, form in ROUTES}
    for point in sorted(points | {"array.login", "array.logout", "array.api_version"}):
        faults.publish(point, **KINDS)


class _Listener(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, server: PurityServer, port: int) -> None:
        self.purity = server
        super().__init__(("127.0.0.1", port), _Handler)

    def finish_request(self, request: object, client_address: object) -> None:
        """Take the fault that waits for any connection, shake hands, and serve it."""
        assert isinstance(request, socket.socket)
        purity = self.purity
        fault = purity.faults.take("array.any")
        if fault is not None and fault.kind == "unreachable":
            return
        context = purity.context
        if fault is not None and fault.kind == "wrong_certificate":
            context, fault = purity.other_context or context, None
        request.settimeout(_IDLE_S)
        # The handshake belongs to this thread and to the connections that close() can cut.
        tls = context.wrap_socket(request, server_side=True, do_handshake_on_connect=False)
        with tls, purity.connected(tls):
            tls.do_handshake()
            _Handler(tls, client_address, self, fault)

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002
        """Clients that go away or refuse our certificate are no news."""
        _LOG.debug("connection from %s ended", client_address, exc_info=True)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server_version = "nginx"
    sys_version = ""

    def __init__(
        self, tls: ssl.SSLSocket, address: object, listener: _Listener, fault: Fault | None = None
    ) -> None:
        self.purity = listener.purity
        self._carried = fault
        super().__init__(tls, address, listener)

    def do_GET(self) -> None:
        """Answer any method."""
        body = self._read_body()
        if body is None:
            return
        request = Request(self.command, self.path, body, self.headers.get("Cookie"))
        self.purity.count()
        fault, self._carried = self._carried or self._take_fault(request), None
        if fault is None:
            self._send(self.purity.rest.handle(request))
        else:
            self._break(request, fault)

    do_POST = do_PUT = do_DELETE = do_PATCH = do_GET

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Date replies by the array's own clock, as its snapshots are."""
        return super().date_time_string(timestamp or self.purity.array.now().timestamp())

    def log_message(self, format: str, *args: object) -> None:
        """Write the access log to `logging` instead of stderr."""
        _LOG.debug(format, *args)

    def _take_fault(self, request: Request) -> Fault | None:
        faults = self.purity.faults
        return faults.take("array.any") or faults.take(fault_point(request))

    def _read_body(self) -> bytes | None:
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > _MAX_BODY:
            self.close_connection = True
            self._send(Reply(413, [{"msg": "Request is too large."}]))
            return None
        return self.rfile.read(int(length))

    def _break(self, request: Request, fault: Fault) -> None:
        rest = self.purity.rest
        if fault.kind in ("unreachable", "drop", "wrong_certificate"):
            if fault.kind == "drop":
                self._failed_late(rest.handle(request))
            self.close_connection = True
        elif fault.kind == "504_after_work":
            self._failed_late(rest.handle(request))
            self._send(Reply(504, {"msg": "Gateway Timeout"}))
        elif fault.kind == "html":
            self._send_bytes(200, b"<html><body>Purity is starting</body></html>", {}, "text/html")
        elif fault.kind in ("slow", "session_lost"):
            if fault.kind == "slow":
                # Real seconds: the client's time-outs are real too.
                self.purity.stopping.wait(fault.delay_s)
            else:
                rest.sessions.forget_all()
            self._send(rest.handle(request))
        else:
            self._send(_refusal(fault.kind))

    def _failed_late(self, reply: Reply) -> None:
        if self.command == "POST" and self.purity.array.switches.destroy_after_late_failure:
            self.purity.rest.take_back(reply)

    def _send(self, reply: Reply) -> None:
        self._send_bytes(reply.status, reply.encoded(), reply.headers, "application/json")

    def _send_bytes(self, status: int, body: bytes, headers: dict[str, str], kind: str) -> None:
        reason = "Incompatible Version" if status == 450 else None
        self.send_response(status, reason)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _refusal(kind: str) -> Reply:
    if kind == "401":
        return Reply(401, [{"pure_err_key": "err.friendly", "code": 0, "msg": "Invalid session."}])
    if kind == "429":
        return Reply(429, [{"msg": "Too many requests."}], {"Retry-After": "1"})
    if kind == "500_busy":
        return Reply(500, [{"pure_err_key": "err.friendly", "code": 0, "msg": "Server is busy"}])
    return Reply(503, {"msg": "Service Unavailable"})
