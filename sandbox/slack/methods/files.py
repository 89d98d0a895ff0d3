"""Uploads in two steps: files.getUploadURLExternal, then files.completeUploadExternal."""

from __future__ import annotations

import secrets
from typing import Any

from sandbox.slack.errors import SlackError
from sandbox.slack.limits import TIER_4
from sandbox.slack.messages import Content
from sandbox.slack.methods.chat import thread_of, writable
from sandbox.slack.methods.method import Answer, Call, Method


def get_upload_url(call: Call) -> Answer:
    """Announce a file and return where to send its bytes."""
    name = call.text("filename", needed=True)
    length = call.text("length", needed=True)
    if not length.isdigit() or int(length) == 0:
        raise SlackError("invalid_arguments")
    file_id = f"F{secrets.token_hex(5).upper()}"
    call.workspace.files[file_id] = {"id": file_id, "name": name, "size": int(length), "bytes": None}
    return {"upload_url": call.upload_url(file_id), "file_id": file_id}


def complete_upload(call: Call) -> Answer:
    """Share uploaded files, as a message when a channel is named."""
    named = call.json("files", "invalid_arguments")
    if not isinstance(named, list) or not named:
        raise SlackError("invalid_arguments")
    shown = tuple(_finished(call, entry) for entry in named)
    channel_id = call.text("channel_id")
    if channel_id:
        call.args["channel"] = channel_id
        channel = writable(call)
        content = Content(call.text("initial_comment"), [], shown)
        thread_ts = thread_of(call, channel)
        call.workspace.post(channel.id, call.workspace.app.bot_user, content, thread_ts=thread_ts)
    return {"files": list(shown)}


def _finished(call: Call, entry: Any) -> dict[str, Any]:
    file = call.workspace.files.get(entry.get("id", "") if isinstance(entry, dict) else "")
    if file is None or file["bytes"] is None:
        raise SlackError("file_not_found")
    file["title"] = entry.get("title") or file["name"]
    link = f"{call.workspace.url}files/{file['id']}/{file['name']}"
    return {
        "id": file["id"],
        "title": file["title"],
        "name": file["name"],
        "size": file["size"],
        "url_private": link,
    }


METHODS = [
    Method("files.getUploadURLExternal", get_upload_url, TIER_4, "files:write"),
    Method("files.completeUploadExternal", complete_upload, TIER_4, "files:write"),
]
