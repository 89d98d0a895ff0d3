"""Runs a workspace: HTTP and websockets on loopback, in one thread with its own event loop."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from uvicorn.protocols.http.h11_impl import H11Protocol
from websockets.asyncio.server import serve as serve_websockets

from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.slack import breaking
from sandbox.slack.errors import SlackError
from sandbox.slack.hooks import Hooks
from sandbox.slack.interactions import Interactions
from sandbox.slack.limits import Limits
from sandbox.slack.model import Workspace
from sandbox.slack.page_api import Page
from sandbox.slack.socket_mode import SocketMode
from sandbox.slack.web import WebApi, cut

LOOPBACK = "127.0.0.1"


class _Protocol(H11Protocol):
    """Lets a request reach its transport, so that a fault can cut the connection."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


class _Server(uvicorn.Server):
    """Waits to be stopped instead of looking ten times a second."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.stopping = asyncio.Event()

    async def main_loop(self) -> None:
        await self.stopping.wait()


class SlackServer:
    """A running workspace; `close()` stops it."""

    def __init__(self, workspace: Workspace, faults: Faults, sockets: list[socket.socket]) -> None:
        self.workspace = workspace
        self.faults = faults
        self._sockets = sockets
        root = f"http://{LOOPBACK}:{sockets[0].getsockname()[1]}/"
        self.api_url = f"{root}api/"
        self.page_url = f"http://{LOOPBACK}:{sockets[-1].getsockname()[1]}/"
        workspace.url = self.page_url
        self.bot_token = workspace.app.bot_token
        self.app_token = workspace.app.app_token
        self.signing_secret = workspace.app.signing_secret
        self._hooks = Hooks(workspace, root)
        self._socket_mode = SocketMode(workspace, faults)
        self._interactions = Interactions(workspace, self._socket_mode, self._hooks)
        self._web = WebApi(
            workspace,
            faults,
            socket_url=self._socket_mode.ticket_url,
            upload_url=lambda file_id: f"{root}upload/{file_id}",
        )
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._server: _Server | None = None
        self._page: Page | None = None
        self._thread = threading.Thread(target=self._run, name="slack", daemon=True)

    @property
    def limits(self) -> Limits:
        """The rate limits (`limits.enabled = False` switches them off)."""
        return self._web.limits

    @property
    def connections(self) -> int:
        """How many websockets of the app are open and not dead."""
        return len(self._socket_mode.live())

    def start(self) -> None:
        """Start the thread and return once the server listens."""
        self._thread.start()
        self._ready.wait()

    def close(self) -> None:
        """Stop the server and its thread."""
        if self._thread.is_alive() and self._server is not None:
            self._loop.call_soon_threadsafe(self._stop)
            self._thread.join()
        for listening in self._sockets:
            listening.close()

    def command(self, user: str, channel: str, text: str) -> dict[str, Any]:
        """Type `text` ("/vss …", or words for everyone) as `user`; returns {"ok": …} after the ack or its absence."""
        return self._await(self._interactions.say(user, channel, text))

    def click(self, user: str, channel: str, ts: str, action_id: str) -> dict[str, Any]:
        """Click an element of a message as `user`; returns {"ok": …} after the ack or its absence."""
        return self._await(self._interactions.click(user, channel, ts, action_id))

    def event(self, event: dict[str, Any]) -> None:
        """Send an event to the app, if it subscribed to its type."""
        self._loop.call_soon_threadsafe(self._interactions.event, event)

    def messages(self) -> list[dict[str, Any]]:
        """Return every message with all its versions."""
        return [message.record() for message in self.workspace.messages()]

    def _await(self, work: Coroutine[Any, Any, dict[str, Any]]) -> dict[str, Any]:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=60)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._ready.set()
            self._loop.close()

    def _stop(self) -> None:
        if self._page is not None:
            self._page.close()
        self._interactions.close()
        self._socket_mode.close()
        if self._server is not None:
            self._server.stopping.set()

    async def _serve(self) -> None:
        self._page = Page(self.workspace, self._interactions)
        mode = self._socket_mode
        async with serve_websockets(
            mode.serve,
            LOOPBACK,
            0,
            process_request=mode.admit,
            ping_interval=None,
            close_timeout=1,
            compression=None,
        ) as listening:
            port = next(iter(listening.sockets)).getsockname()[1]
            mode.address = f"ws://{LOOPBACK}:{port}"
            watching = asyncio.create_task(mode.watch_faults())
            config = uvicorn.Config(
                self._app(self._page),
                http=_Protocol,
                ws="none",
                loop="none",
                lifespan="on",
                log_config=None,
                access_log=False,
                server_header=False,
                date_header=False,
                timeout_graceful_shutdown=1,
            )
            self._server = _Server(config)
            await self._server.serve(self._sockets)
            watching.cancel()

    def _app(self, page: Page) -> Starlette:
        @asynccontextmanager
        async def started(_app: Starlette) -> AsyncIterator[None]:
            self._ready.set()
            yield

        routes = [
            Route("/api/{method}", self._web.answer, methods=["GET", "POST"]),
            Route("/{kind:str}/T0SANDBOX/{secret}", self._respond, methods=["POST"]),
            Route("/upload/{file_id}", self._upload, methods=["POST"]),
            *page.routes(),
        ]
        hosts = Middleware(TrustedHostMiddleware, allowed_hosts=[LOOPBACK, "localhost"])
        return Starlette(routes=routes, middleware=[hosts], lifespan=started)

    async def _respond(self, request: Request) -> Response:
        fault = breaking.taken(self.faults, "response_url")
        try:
            if fault is not None and fault.kind == "drop":
                return await cut(request)
            breaking.refuse(fault)
            self._hooks.use(request.path_params["secret"], json.loads(await request.body()))
        except ValueError:
            return PlainTextResponse("invalid_payload", 400)
        except SlackError as err:
            return PlainTextResponse(err.code, err.status)
        if fault is not None and fault.kind == "lost_reply":
            return await cut(request)
        if fault is not None:
            await asyncio.sleep(fault.delay_s)
        return PlainTextResponse("ok")

    async def _upload(self, request: Request) -> Response:
        file = self.workspace.files.get(request.path_params["file_id"])
        if file is None:
            return JSONResponse({"ok": False, "error": "file_not_found"}, 404)
        file["bytes"] = await request.body()
        return PlainTextResponse(f"OK - {len(file['bytes'])}")


def serve(
    workspace: Workspace, *, clock: Clock, faults: Faults, port: int = 0, page_port: int | None = None
) -> SlackServer:
    """Serve a workspace on loopback and return once it answers; the page shares the API's port unless told another."""
    workspace.clock = clock
    breaking.publish(faults)
    ports = [port] if page_port is None else [port, page_port]
    server = SlackServer(workspace, faults, [_listening(number) for number in ports])
    server.start()
    return server


def _listening(port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((LOOPBACK, port))
    listening.listen(128)  # early callers wait in the backlog instead of being refused
    return listening
