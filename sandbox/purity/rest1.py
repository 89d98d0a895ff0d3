"""REST 1.x without a socket: finds the route, checks the session and the role, and makes the reply."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from sandbox.purity import rest_array, rest_pgroup, rest_volume, snapshots
from sandbox.purity.arguments import Arguments, read_arguments
from sandbox.purity.call import Answer, Call
from sandbox.purity.model import FlashArray
from sandbox.purity.objects import Role
from sandbox.purity.refusals import Refused
from sandbox.purity.sessions import Sessions

ROUTES: dict[tuple[str, str], Answer] = rest_volume.ROUTES | rest_pgroup.ROUTES | rest_array.ROUTES
_LOGIN = ("auth/apitoken", "auth/session")
# As in the recorded exchange; the date is the array's own, far away on purpose.
_COOKIE = "session={}; Expires=Mon, 29-Nov-2032 09:25:00 GMT; Secure; HttpOnly; Path=/"


@dataclass(frozen=True)
class Request:
    """An HTTP request: `target` is the path with its query, `cookie` the Cookie header."""

    method: str
    target: str
    body: bytes = b""
    cookie: str | None = None


@dataclass
class Reply:
    """An HTTP reply with a JSON body."""

    status: int
    body: object
    headers: dict[str, str] = field(default_factory=dict)

    def encoded(self) -> bytes:
        """Return the body as bytes."""
        return json.dumps(self.body).encode()


class Rest1:
    """The REST 1.x service of one array."""

    def __init__(self, array: FlashArray) -> None:
        self.array = array
        self.sessions = Sessions(array)

    def handle(self, request: Request) -> Reply:
        """Answer one request; never raises for what a client can send."""
        with self.array.lock:
            self.array.forget_expired()
            session = self.sessions.find(request.cookie)
            reply = self._reply(request)
            if session is not None:
                # purestorage drops its cookie after any reply that does not set it again.
                reply.headers.setdefault("Set-Cookie", _COOKIE.format(session[0]))
            return reply

    def take_back(self, reply: Reply) -> None:
        """Destroy the snapshots that a reply speaks of, as an array may that failed after its work."""
        rows = reply.body if isinstance(reply.body, list) else []
        with self.array.lock:
            for name in [str(row.get("name")) for row in rows if isinstance(row, dict)]:
                if name.lower() in self.array.group_snapshots:
                    snapshots.destroy_group_snapshot(self.array, name, user="root")
                elif name.lower() in self.array.snapshots:
                    snapshots.destroy_snapshot(self.array, name, user="root")

    def _reply(self, request: Request) -> Reply:
        try:
            return self._answer(request)
        except Refused as err:
            if err.status == 401 and not err.context:
                return Reply(401, {"msg": err.message})
            return Reply(err.status, err.body())

    def _answer(self, request: Request) -> Reply:
        path, query = split_target(request.target)
        if path == ["api_version"]:
            return Reply(200, {"version": list(self.array.rest_versions)})
        version, path = (path[0], path[1:]) if path else ("", [])
        if not version.startswith("1.") or not path:
            # 2.x is listed, as on every array of today, but not served here.
            raise Refused("/".join(path), "Resource not found.", 404)
        if version not in self.array.rest_versions:
            return Reply(450, {"msg": "REST version is not supported.", "version": version})
        arguments = read_arguments(query, request.body)
        if path[0] == "auth":
            return self._authenticate(request, "/".join(path), arguments)
        return self._serve(request, path, arguments)

    def _authenticate(self, request: Request, path: str, arguments: Arguments) -> Reply:
        if request.method == "POST" and path == "auth/apitoken":
            return Reply(200, {"api_token": self.sessions.api_token(arguments).api_token})
        if request.method == "POST" and path == "auth/session":
            cookie, account = self.sessions.start(arguments)
            return Reply(200, {"username": account.name}, {"Set-Cookie": _COOKIE.format(cookie)})
        if request.method == "DELETE" and path == "auth/session":
            session = self.sessions.find(request.cookie)
            if session is None:
                return _not_logged_in(request.cookie)
            self.sessions.end(session[0])
            return Reply(200, {"username": session[1].name})
        raise Refused(path, "Resource not found.", 405 if path in _LOGIN else 404)

    def _serve(self, request: Request, path: list[str], arguments: Arguments) -> Reply:
        session = self.sessions.find(request.cookie)
        if session is None:
            return _not_logged_in(request.cookie)
        form, names = self._form(path)
        answer = ROUTES.get((request.method, form))
        if answer is None:
            known = any(route == form for _, route in ROUTES)
            raise Refused("/".join(path), "Resource not found.", 405 if known else 404)
        account = session[1]
        if request.method != "GET" and account.role is Role.READONLY:
            # That a read-only account is refused is documented; the text and the 403 are not proved.
            raise Refused(account.name, "Operation not permitted.", 403)
        call = Call(self.array, account, names, arguments)
        return Reply(200, answer(call), call.headers)

    def _form(self, path: list[str]) -> tuple[str, tuple[str, ...]]:
        """Return the route's form and the names in it; a volume's own name may hold a slash."""
        resource, rest = path[0], path[1:]
        if not rest:
            return resource, ()
        if resource == "volume":
            whole = "/".join(rest)
            if whole.lower() in self.array.volumes or len(rest) == 1 or rest[-1] not in ("host", "hgroup"):
                return "volume/NAME", (whole,)
            return f"volume/NAME/{rest[-1]}", ("/".join(rest[:-1]),)
        return "/".join([resource, "NAME", *rest[1:]]), (rest[0],)


def split_target(target: str) -> tuple[list[str], str]:
    """Return the path below /api/ in its decoded parts, and the query; [] if it is not below /api/."""
    # Not urlsplit on the whole: `//` at the start would be read as a host.
    parts = urlsplit("https://array" + target)
    decoded = [unquote(part) for part in parts.path.split("/")[1:] if part]
    return (decoded[1:] if decoded[:1] == ["api"] else []), parts.query


def _not_logged_in(cookie: str | None) -> Reply:
    message = "Invalid session." if cookie and "session=" in cookie else "Authentication required"
    return Reply(401, [{"pure_err_key": "err.friendly", "code": 0, "msg": message}])
