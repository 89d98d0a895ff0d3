"""Socket Mode: the app's websockets, and envelopes that go out on one of them and come back acked."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from sandbox.faults import Faults
from sandbox.slack.breaking import SOCKET
from sandbox.slack.model import Workspace

MOST_SOCKETS = 10
TICKET_LIFE_S = 30.0
FAULT_POLL_S = 0.1


class NoSocket(Exception):
    """No connection of the app could take an envelope (what people see as dispatch_failed)."""


class NotAcked(Exception):
    """The app did not ack an envelope in time (operation_timeout)."""


@dataclass(eq=False)
class Link:
    """One websocket; a dead one neither reads nor writes but stays open."""

    ws: ServerConnection
    dead: bool = False

    async def send(self, frame: dict[str, Any]) -> bool:
        """Send a frame; False if the connection is gone."""
        if self.dead:
            return True  # the bytes are lost and nobody knows
        try:
            await self.ws.send(json.dumps(frame))
        except ConnectionClosed:
            return False
        return True

    def die(self) -> None:
        """Fall silent: pings stay unanswered because nothing is read any more."""
        self.dead = True
        self.ws.transport.pause_reading()

    def cut(self) -> None:
        """Close without a closing handshake."""
        self.ws.transport.abort()


@dataclass
class Envelope:
    """What is sent to the app; the retry fields only count for events."""

    kind: str
    payload: dict[str, Any]
    accepts_response: bool = False
    retry_attempt: int = 0
    retry_reason: str = ""
    id: str = field(default_factory=lambda: secrets.token_hex(16))

    def frame(self) -> dict[str, Any]:
        """Return it as sent."""
        retry = (
            {"retry_attempt": self.retry_attempt, "retry_reason": self.retry_reason}
            if self.kind == "events_api"
            else {}
        )
        return {
            "envelope_id": self.id,
            "type": self.kind,
            "accepts_response_payload": self.accepts_response,
            "payload": self.payload,
            **retry,
        }


class SocketMode:
    """Accepts the app's websockets and delivers envelopes; lives in the server's event loop."""

    def __init__(self, workspace: Workspace, faults: Faults) -> None:
        self.workspace = workspace
        self.faults = faults
        self.address = ""
        self._tickets: dict[str, float] = {}
        self._links: list[Link] = []
        self._waiting: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._turn = 0

    def ticket_url(self) -> str:
        """Return the address of one new websocket, good once and for 30 seconds."""
        ticket = secrets.token_hex(16)
        self._tickets[ticket] = time.monotonic() + TICKET_LIFE_S
        return f"{self.address}/link/?ticket={ticket}&app_id={self.workspace.app.app_id}"

    def admit(self, connection: ServerConnection, request: Request) -> Response | None:
        """Refuse a websocket without a fresh ticket (before the handshake)."""
        ticket = parse_qs(urlsplit(request.path).query).get("ticket", [""])[0]
        if time.monotonic() > self._tickets.pop(ticket, 0.0):
            return connection.respond(HTTPStatus.FORBIDDEN, "invalid ticket\n")
        return None

    async def serve(self, ws: ServerConnection) -> None:
        """Greet a websocket and take its acks until it closes."""
        link = Link(ws)
        if len(self.live()) >= MOST_SOCKETS:
            await link.send(
                {"type": "disconnect", "reason": "too_many_websockets", "debug_info": {"host": "sandbox"}}
            )
            return
        self._links.append(link)
        pings = asyncio.create_task(self._ping(link))
        try:
            await link.send(self._hello())
            async for message in ws:
                self._acked(message)
        except ConnectionClosed:
            pass  # the client may leave without a closing handshake
        finally:
            pings.cancel()
            self._links.remove(link)

    def live(self) -> list[Link]:
        """Return the connections that are not known to be dead."""
        return [link for link in self._links if not link.dead]

    async def deliver(self, envelope: Envelope) -> dict[str, Any]:
        """Send an envelope to one connection and return the ack's payload. Raises NoSocket, NotAcked."""
        fault = self._take("redeliver", "dispatch_failed")
        if fault == "dispatch_failed":
            raise NoSocket
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[envelope.id] = answer
        try:
            for _ in range(2 if fault == "redeliver" else 1):
                await self._send_to_one(envelope.frame())
            return await asyncio.wait_for(answer, self.workspace.timing.ack_s)
        except TimeoutError:
            raise NotAcked from None
        finally:
            self._waiting.pop(envelope.id, None)

    async def deliver_event(self, payload: dict[str, Any]) -> bool:
        """Send an event, and again while it is not acked; True once it is acked."""
        reason = ""
        for attempt, pause_s in enumerate((0.0, *self.workspace.timing.event_retries_s)):
            await asyncio.sleep(pause_s)
            envelope = Envelope("events_api", payload, retry_attempt=attempt, retry_reason=reason)
            try:
                await self.deliver(envelope)
            except NotAcked:
                reason = "timeout"
            except NoSocket:
                reason = "connection_failed"
            else:
                return True
        return False

    async def refresh(self, reason: str = "refresh_requested") -> None:
        """Ask every connection to be replaced, and close what is still there some seconds later."""
        old = self.live()
        for link in old:
            await link.send({"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}})
        await asyncio.sleep(self.workspace.timing.goodbye_s)
        for link in old:
            await link.ws.close()

    async def watch_faults(self) -> None:
        """Let the faults that need no envelope happen; runs until cancelled."""
        farewells: set[asyncio.Task[None]] = set()
        while True:
            fault = self._take("disconnect", "cut", "dead") if self.live() else None
            if fault == "disconnect":
                farewells.add(asyncio.create_task(self.refresh()))
            for link in self.live() if fault in ("cut", "dead") else []:
                link.cut() if fault == "cut" else link.die()
            await asyncio.sleep(FAULT_POLL_S)

    def close(self) -> None:
        """Cut every connection."""
        for link in self._links:
            link.cut()

    def _take(self, *kinds: str) -> str:
        """Take the oldest waiting socket fault if it is one of these kinds."""
        first = next((fault for fault in self.faults.waiting() if fault.at == SOCKET), None)
        if first is None or first.kind not in kinds:
            return ""
        self.faults.take(SOCKET)
        return first.kind

    async def _send_to_one(self, frame: dict[str, Any]) -> None:
        for _ in range(len(self._links)):
            links = self.live() or self._links
            self._turn += 1
            if links and await links[self._turn % len(links)].send(frame):
                return
        raise NoSocket

    def _acked(self, message: str | bytes) -> None:
        try:
            frame = json.loads(message)
        except ValueError:
            return
        envelope = frame.get("envelope_id") if isinstance(frame, dict) else None
        answer = self._waiting.get(envelope) if isinstance(envelope, str) else None
        if answer is not None and not answer.done():
            payload = frame.get("payload")
            answer.set_result(payload if isinstance(payload, dict) else {})

    async def _ping(self, link: Link) -> None:
        while not link.dead:
            await asyncio.sleep(self.workspace.timing.socket_ping_s)
            if not link.dead:
                await link.ws.ping()

    def _hello(self) -> dict[str, Any]:
        return {
            "type": "hello",
            "num_connections": len(self.live()),
            "connection_info": {"app_id": self.workspace.app.app_id},
            "debug_info": {"host": "sandbox", "build_number": 1, "approximate_connection_time": 18060},
        }
