"""The Web API over HTTP: reads a call, checks token, scope and rate, answers as Slack does."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.faults import Faults
from sandbox.slack import breaking
from sandbox.slack.errors import SlackError
from sandbox.slack.limits import Limits
from sandbox.slack.methods import METHODS
from sandbox.slack.methods.method import Call, Method
from sandbox.slack.model import Workspace


async def cut(request: Request) -> Response:
    """Close the connection of a request without an answer."""
    request.scope["state"]["transport"].abort()
    while not await request.is_disconnected():
        await asyncio.sleep(0)
    return Response()


async def arguments(request: Request) -> dict[str, Any]:
    """Return the arguments of a call from its address and its form or JSON body. Raises invalid_json."""
    found: dict[str, Any] = dict(request.query_params)
    body = await request.body()
    if request.headers.get("content-type", "").startswith("application/json"):
        try:
            given = json.loads(body or b"{}")
        except ValueError as err:
            raise SlackError("invalid_json") from err
        if not isinstance(given, dict):
            raise SlackError("json_not_object")
        return found | given
    return found | dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


class WebApi:
    """Answers calls on /api/<method>."""

    def __init__(
        self,
        workspace: Workspace,
        faults: Faults,
        *,
        socket_url: Callable[[], str],
        upload_url: Callable[[str], str],
    ) -> None:
        self.workspace = workspace
        self.faults = faults
        self.limits = Limits()
        self._socket_url = socket_url
        self._upload_url = upload_url

    async def answer(self, request: Request) -> Response:
        """Answer one call."""
        name = request.path_params["method"]
        fault = breaking.taken(self.faults, name)
        if fault is not None and fault.kind == "drop":
            await request.body()
            return await cut(request)
        try:
            breaking.refuse(fault)
            answer = self._answer(name, request, await arguments(request))
        except SlackError as err:
            return JSONResponse(err.body(), err.status, {**self._headers(None), **err.headers})
        if fault is not None and fault.kind == "lost_reply":
            return await cut(request)
        if fault is not None:
            await asyncio.sleep(fault.delay_s)
        return JSONResponse({"ok": True, **answer}, headers=self._headers(METHODS[name]))

    def _answer(self, name: str, request: Request, args: dict[str, Any]) -> dict[str, Any]:
        method = METHODS.get(name)
        if method is None:
            raise SlackError("unknown_method", req_method=name)
        caller = self._caller(request, args)
        if method.caller not in ("any", caller):
            raise SlackError("not_allowed_token_type" if caller else "not_authed")
        if not caller and name != "api.test":
            raise SlackError("not_authed")
        self.limits.spend(name, method.per_minute)
        held = self.workspace.app.scopes
        if method.scope is not None and method.scope not in held:
            raise SlackError("missing_scope", needed=method.scope, provided=",".join(sorted(held)))
        call = Call(self.workspace, self.limits, args, caller, self._socket_url, self._upload_url)
        return method.run(call)

    def _caller(self, request: Request, args: dict[str, Any]) -> str:
        """Return "bot", "app" or, when none was sent, ""."""
        scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
        sent = bearer if scheme.lower() == "bearer" else str(args.pop("token", ""))
        kinds = {self.workspace.app.bot_token: "bot", self.workspace.app.app_token: "app", "": ""}
        if sent not in kinds:
            raise SlackError("invalid_auth")
        return kinds[sent]

    def _headers(self, method: Method | None) -> dict[str, str]:
        accepted = {"x-accepted-oauth-scopes": method.scope} if method and method.scope else {}
        return {"x-oauth-scopes": ",".join(sorted(self.workspace.app.scopes)), **accepted}
