"""What the page in the browser asks for: the workspace as one person sees it, live changes, and what that person does."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from sandbox.slack.interactions import Interactions
from sandbox.slack.messages import Message
from sandbox.slack.model import Workspace

DIST = Path(__file__).parent / "page" / "dist"
HEARTBEAT_S = 15.0
POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'"
Json = dict[str, Any]


class Page:
    """Serves the page and its live feed; lives in the server's event loop."""

    def __init__(self, workspace: Workspace, interactions: Interactions) -> None:
        self.workspace = workspace
        self.interactions = interactions
        self._loop = asyncio.get_running_loop()
        self._feeds: set[asyncio.Queue[str | None]] = set()
        workspace.watch(self._changed)

    def routes(self) -> list[BaseRoute]:
        """Return the routes of the page."""
        return [
            Route("/", self.index),
            Route("/archives/{channel}/{message}", self.index),
            Route("/page/state", self.state),
            Route("/page/feed", self.feed),
            Route("/page/say", self.say, methods=["POST"]),
            Route("/page/click", self.click, methods=["POST"]),
            Mount("/static", StaticFiles(directory=DIST, check_dir=False)),
        ]

    async def index(self, _request: Request) -> Response:
        """Answer with the page itself."""
        return FileResponse(
            DIST / "index.html", headers={"Content-Security-Policy": POLICY, "Cache-Control": "no-cache"}
        )

    async def state(self, request: Request) -> Response:
        """Answer with everything that the person named by `as` sees."""
        person = self.workspace.person(request.query_params.get("as", ""))
        if person is None:
            return JSONResponse({"ok": False, "error": "user_not_found"}, 404)
        return JSONResponse(self._seen_by(person.id))

    async def feed(self, request: Request) -> Response:
        """Stream every change that the person named by `as` may see, as Server-Sent Events."""
        stream = self._stream(request.query_params.get("as", ""))
        return StreamingResponse(
            stream, media_type="text/event-stream", headers={"Cache-Control": "no-store"}
        )

    async def say(self, request: Request) -> Response:
        """Take what the person typed."""
        body = await _json(request)
        said = await self.interactions.say(
            body.get("user", ""), body.get("channel", ""), body.get("text", ""), body.get("thread_ts") or ""
        )
        return JSONResponse(said)

    async def click(self, request: Request) -> Response:
        """Take the person's click."""
        body = await _json(request)
        clicked = await self.interactions.click(
            body.get("user", ""),
            body.get("channel", ""),
            body.get("ts", ""),
            body.get("action_id", ""),
            block_id=body.get("block_id", ""),
            selected=body.get("selected", ""),
        )
        return JSONResponse(clicked)

    def close(self) -> None:
        """End every feed."""
        for feed in self._feeds:
            feed.put_nowait(None)

    def _changed(self, what: str, message: Message) -> None:
        """Hand a change to every feed; called in whichever thread made it."""
        if self._feeds and not self._loop.is_closed():
            shown = self._shown(message) | {"deleted": what == "deleted"}
            self._loop.call_soon_threadsafe(self._hand_out, json.dumps(shown))

    def _hand_out(self, text: str) -> None:
        for feed in self._feeds:
            feed.put_nowait(text)

    async def _stream(self, user: str) -> AsyncIterator[str]:
        feed: asyncio.Queue[str | None] = asyncio.Queue()
        self._feeds.add(feed)
        try:
            yield "retry: 1000\n\n"
            while True:
                try:
                    text = await asyncio.wait_for(feed.get(), HEARTBEAT_S)
                except TimeoutError:
                    yield ": still here\n\n"
                    continue
                if text is None:
                    return
                if self._may_see(user, json.loads(text)):
                    yield f"data: {text}\n\n"
        finally:
            self._feeds.discard(feed)

    def _may_see(self, user: str, shown: Json) -> bool:
        channel = self.workspace.channels[shown["channel"]]
        return user in channel.members and shown["ephemeral_to"] in (None, user)

    def _shown(self, message: Message) -> Json:
        record = message.record()
        record["edits"] = len(record.pop("revisions")) - 1
        return record | {"edited_ts": message.edited_ts, "files": list(message.content.files)}

    def _seen_by(self, user: str) -> Json:
        workspace = self.workspace
        mine = [channel for channel in workspace.channels.values() if user in channel.members]
        shown = [self._shown(message) for channel in mine for message in workspace.messages(channel.id)]
        now = workspace.clock.now("slack")
        return {
            "team": workspace.team,
            "app": {
                "user": workspace.app.bot_user,
                "name": workspace.app.name,
                "command": workspace.app.command,
            },
            "usage_hint": workspace.app.usage_hint,
            "people": [
                {**person.as_user(now), "human": person.is_human} for person in workspace.people.values()
            ],
            "groups": [{"id": group.id, "handle": group.handle} for group in workspace.groups.values()],
            "channels": [
                {
                    "id": channel.id,
                    "name": channel.name,
                    "topic": channel.topic,
                    "im": channel.is_im,
                    "private": channel.is_private,
                    "shared": channel.is_ext_shared,
                    "members": sorted(channel.members),
                }
                for channel in mine
            ],
            "messages": [entry for entry in shown if self._may_see(user, entry)],
        }


async def _json(request: Request) -> Json:
    """Return the JSON body; another content type (what a foreign page could post) counts as empty."""
    if not request.headers.get("content-type", "").startswith("application/json"):
        return {}
    body = await request.json()
    return body if isinstance(body, dict) else {}
