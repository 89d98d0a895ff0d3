"""One connection of a client: requests in, answers out, faults in between."""

from __future__ import annotations

import select
import socket
import ssl
import struct
from typing import BinaryIO

from sandbox.faults import Fault
from sandbox.wsman import actions, soap_faults
from sandbox.wsman.actions.call import Call, Caller
from sandbox.wsman.envelope import MalformedEnvelope, Request, parse
from sandbox.wsman.gate import Admitted, Gate
from sandbox.wsman.host import Host
from sandbox.wsman.http_wire import BadHttp, HttpAnswer, HttpRequest, read_request, write_answer
from sandbox.wsman.soap_faults import WsmanFault

_HANDSHAKE_TIMEOUT_S = 10.0
# Above the service's own limit, so that a request a little too large still gets its fault.
_READ_LIMIT_FACTOR = 4
_GONE = getattr(select, "POLLRDHUP", 0) | select.POLLHUP | select.POLLERR


class Cut(Exception):
    """The connection ends here: on purpose, or because the client left."""


class Connection:
    """Serves one client until it leaves; authentication belongs to the connection, shells do not."""

    def __init__(self, sock: socket.socket, client_ip: str, host: Host, tls: ssl.SSLContext | None) -> None:
        self._socket = sock
        self._client_ip = client_ip
        self._host = host
        self._tls = tls
        self._gate = Gate(host.rules, host.computer)

    def run(self) -> None:
        """Serve the connection to its end and close it."""
        try:
            self._accept()
            with self._socket.makefile("rb") as stream:
                while self._serve_one(stream):
                    pass
        except Cut:
            # The client left, spoke no TLS, or a fault cut the connection: nobody to tell.
            return
        finally:
            self._socket.close()

    def cut(self) -> None:
        """Wake whatever waits on the connection, from another thread."""
        try:
            # The base class's: the TLS one would take its state from under the thread that reads.
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
        except OSError:
            return

    def alive(self) -> bool:
        """Tell whether the client is still connected."""
        try:
            poll = select.poll()
            poll.register(self._socket.fileno(), _GONE)
            return not any(event & _GONE for _, event in poll.poll(0))
        except (OSError, ValueError):
            return False

    def _accept(self) -> None:
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        fault = self._host.points.take("connect")
        if fault is not None:
            self._break_connect(fault)
        if self._tls is not None:
            self._secure(self._tls)

    def _secure(self, tls: ssl.SSLContext) -> None:
        try:
            self._socket.settimeout(_HANDSHAKE_TIMEOUT_S)
            self._socket = tls.wrap_socket(self._socket, server_side=True)
            self._socket.settimeout(None)
        except OSError as err:
            raise Cut(str(err)) from err

    def _break_connect(self, fault: Fault) -> None:
        if fault.kind in ("freeze", "slow"):
            self._host.closing.wait(fault.delay_s)
        if fault.kind == "reset":
            self._reset()
        if fault.kind != "slow":
            raise Cut(fault.kind)

    def _serve_one(self, stream: BinaryIO) -> bool:
        limit = self._host.shells.policy.max_envelope_bytes * _READ_LIMIT_FACTOR
        try:
            http = read_request(stream, limit)
        except BadHttp:
            self._send(HttpAnswer(400))
            return False
        except OSError as err:
            raise Cut(str(err)) from err
        if http is None or self._host.closing.is_set():
            return False
        self._send(self._answer(http))
        return http.keeps_alive

    def _send(self, answer: HttpAnswer) -> None:
        data = write_answer(answer, self._host.clock.now(self._host.computer.name))
        try:
            self._socket.sendall(data)
        except OSError as err:
            raise Cut(str(err)) from err

    def _answer(self, http: HttpRequest) -> HttpAnswer:
        if http.path.partition("?")[0].rstrip("/").lower() != "/wsman":
            return HttpAnswer(404)
        if http.method != "POST":
            return HttpAnswer(405)
        admitted = self._gate.admit(http)
        if isinstance(admitted, HttpAnswer):
            return admitted
        if not admitted.body:
            # The empty message with which clients of NTLM set up their security context.
            return self._gate.answer(admitted, 200, b"")
        try:
            request = parse(admitted.body)
        except MalformedEnvelope:
            return self._gate.answer(admitted, 400, b"")
        return self._handle(request, admitted)

    def _handle(self, request: Request, admitted: Admitted) -> HttpAnswer:
        point = actions.point_of(request)
        fault = self._host.points.take(point) if point else None
        broken = self._break_before(fault, request) if fault else None
        if broken is not None:
            return broken
        try:
            if fault is not None:
                self._raise_fault(fault)
            if len(admitted.body) > self._host.shells.policy.max_envelope_bytes:
                raise soap_faults.too_large()
            status, body = 200, actions.answer(self._call(request, admitted.user))
        except WsmanFault as err:
            status, body = 500, err.render(request.message_id, self._machine())
        if fault is not None and fault.kind == "lost_reply":
            raise Cut(fault.kind)
        return self._gate.answer(admitted, status, body)

    def _break_before(self, fault: Fault, request: Request) -> HttpAnswer | None:
        """Do what a fault does before the request is handled; return an answer that replaces the handling."""
        if fault.kind in ("freeze", "slow"):
            self._host.closing.wait(fault.delay_s)
        if fault.kind == "reset":
            self._reset()
        if fault.kind in ("reset", "freeze"):
            raise Cut(fault.kind)
        if fault.kind == "shell_gone":
            self._host.shells.delete(request.shell_id)
        if fault.kind == "unauthorized":
            return self._gate.refuse()
        return {"http_400": HttpAnswer(400), "http_500": HttpAnswer(500)}.get(fault.kind)

    def _raise_fault(self, fault: Fault) -> None:
        policy = self._host.shells.policy
        if fault.kind == "quota_shells":
            raise soap_faults.shell_quota(policy.max_shells_per_user)
        if fault.kind == "quota_operations":
            raise soap_faults.operation_quota(policy.max_operations_per_user)

    def _call(self, request: Request, user: str) -> Call:
        host = self._host
        caller = Caller(user, self._client_ip, self.alive)
        return Call(request, caller, host.computer, host.shells, host.pages, host.url)

    def _machine(self) -> str:
        """Return how the client called this computer, as recorded faults do in Machine."""
        return self._host.url.partition("//")[2].partition(":")[0]

    def _reset(self) -> None:
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
