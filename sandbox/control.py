"""The control API, on loopback only: look at the world, break it, set its clocks, act as its people."""

from __future__ import annotations

import contextlib
import json
import logging
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from sandbox import array_actions
from sandbox.faults import Fault, UnknownFault
from sandbox.state import state_of
from sandbox.wishes import BadRequest, at_least, one_of, read_object, take
from sandbox.world import World

_LOG = logging.getLogger(__name__)
_MAX_BODY = 1 << 20
_LOCAL = ("127.0.0.1", "localhost", "[::1]")

Action = Callable[[World, dict[str, Any]], Any]


def add_fault(world: World, body: dict[str, Any]) -> Any:
    """POST faults: let one wait at its point."""
    given = take(body, {"at": str, "kind": str}, {"count": int, "delay_s": float, "detail": str})
    at_least("count", given.get("count", 1), 1)
    at_least("delay_s", given.get("delay_s", 0.0), 0)
    try:
        world.faults.add(Fault(**given))
    except UnknownFault as err:
        raise BadRequest(str(err)) from err
    return list_faults(world, {})


def list_faults(world: World, _: dict[str, Any]) -> Any:
    """GET faults: every point with its kinds, and what waits."""
    waiting = [
        {"at": f.at, "kind": f.kind, "count": f.count, "delay_s": f.delay_s, "detail": f.detail}
        for f in world.faults.waiting()
    ]
    return {"points": {at: p.kinds for at, p in sorted(world.faults.points.items())}, "waiting": waiting}


def clear_faults(world: World, _: dict[str, Any]) -> Any:
    """DELETE faults: forget what waits."""
    world.faults.clear()
    return {"ok": True}


def set_time(world: World, body: dict[str, Any]) -> Any:
    """POST time: let the clock of one node or array run ahead (or behind, if negative)."""
    given = take(body, {"skew_s": float}, {"node": str, "array": str})
    if ("node" in given) == ("array" in given):
        raise BadRequest("name either 'node' or 'array'")
    if "array" in given:
        place = one_of("array", given["array"], world.arrays).array.name
    else:
        machines = world.clusters.machines if world.clusters is not None else {}
        place = one_of("node", given["node"].lower(), machines).name
    world.clock.set_skew(place, given["skew_s"])
    return {"ok": True, "now": world.clock.now(place).isoformat()}


def slack_command(world: World, body: dict[str, Any]) -> Any:
    """POST slack/command: type a text as one of the people."""
    given = take(body, {"user": str, "channel": str, "text": str})
    return _slack(world).command(**given)


def slack_click(world: World, body: dict[str, Any]) -> Any:
    """POST slack/click: click an element of a message as one of the people."""
    given = take(body, {"user": str, "channel": str, "ts": str, "action_id": str})
    return _slack(world).click(**given)


def change_array(world: World, body: dict[str, Any]) -> Any:
    """POST array: do something on an array that none of its clients does."""
    name = take({k: v for k, v in body.items() if k == "array"}, {"array": str})["array"]
    rest = {key: value for key, value in body.items() if key != "array"}
    return array_actions.act(world, one_of("array", name, world.arrays), rest)


def change_node(world: World, body: dict[str, Any]) -> Any:
    """POST node: change a node, its cluster, its VMs or its unknowns."""
    if world.clusters is None:
        raise BadRequest("this world has no cluster")
    return world.clusters.act(body)


def _slack(world: World) -> Any:
    if world.slack is None:
        raise BadRequest("this world has no Slack workspace")
    return world.slack


ACTIONS: dict[tuple[str, str], Action] = {
    ("GET", "state"): lambda world, _: state_of(world),
    ("GET", "faults"): list_faults,
    ("POST", "faults"): add_fault,
    ("DELETE", "faults"): clear_faults,
    ("POST", "time"): set_time,
    ("POST", "slack/command"): slack_command,
    ("POST", "slack/click"): slack_click,
    ("POST", "array"): change_array,
    ("POST", "node"): change_node,
}


class ControlServer:
    """The running control API."""

    def __init__(self, world: World, port: int = 0) -> None:
        self._server = _Server(world, port)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.1,), name="control", daemon=True
        )
        self._thread.start()

    @property
    def url(self) -> str:
        """Its address; the paths below it begin with /_sandbox/."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        """Stop it."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, world: World, port: int) -> None:
        self.world = world
        super().__init__(("127.0.0.1", port), _Handler)

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002
        """A client that goes away is no news; anything else is a bug and keeps its traceback."""
        _LOG.error("control request of %s failed", client_address, exc_info=True)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 30

    def do_GET(self) -> None:
        """Answer any method."""
        try:
            self._send(200, self._answer())
        except BadRequest as err:
            self._send(400, {"error": str(err)})
        except PermissionError as err:
            self._send(403, {"error": str(err)})
        except LookupError as err:
            self._send(404, {"error": str(err)})

    do_POST = do_DELETE = do_PUT = do_PATCH = do_GET

    def _answer(self) -> Any:
        # A page in a browser elsewhere must not reach us through a name that it lets point to loopback.
        if (self.headers.get("Host") or "").rpartition(":")[0] not in _LOCAL:
            raise PermissionError("ask for 127.0.0.1 or localhost")
        if self.headers.get("Origin") is not None:
            raise PermissionError("not for web pages")
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > _MAX_BODY:
            self.close_connection = True
            raise BadRequest(f"the body is longer than {_MAX_BODY} bytes")
        body = self.rfile.read(int(length))
        path = urlsplit(self.path).path.removeprefix("/_sandbox/").strip("/")
        action = ACTIONS.get((self.command, path))
        if action is None:
            known = ", ".join(f"{method} /_sandbox/{path}" for method, path in ACTIONS)
            raise LookupError(f"there is no {self.command} {self.path}; known: {known}")
        return action(self.server.world, read_object(body) if self.command == "POST" else {})

    def _send(self, status: int, body: Any) -> None:
        content = json.dumps(body).encode()
        with contextlib.suppress(ConnectionError):
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Write the access log to `logging` instead of stderr."""
        _LOG.debug(format, *args)
