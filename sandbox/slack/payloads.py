"""The payloads of Socket Mode: slash commands, block actions, events."""

from __future__ import annotations

import secrets
from typing import Any

from sandbox.slack.channels import Channel
from sandbox.slack.messages import Message
from sandbox.slack.model import Workspace
from sandbox.slack.people import Person

Json = dict[str, Any]


def slash_command(workspace: Workspace, person: Person, channel: Channel, text: str) -> Json:
    """Return the form of a slash command (booleans are text there); the response URL is added by the caller."""
    app = workspace.app
    return {
        "token": app.verification_token,
        "team_id": workspace.team["id"],
        "team_domain": workspace.team["domain"],
        "channel_id": channel.id,
        "channel_name": channel.payload_name(),
        "user_id": person.id,
        "user_name": person.name,
        "command": app.command,
        "text": text.strip(),
        "api_app_id": app.app_id,
        "is_enterprise_install": "false",
        "trigger_id": workspace.triggers.issue(person.id),
    }


def block_actions(
    workspace: Workspace, person: Person, channel: Channel, message: Message, action: Json
) -> Json:
    """Return what the app gets when an element of a message was used."""
    container = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": message.ephemeral_to is not None,
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    seen = {} if message.ephemeral_to else {"message": message_event(workspace, message)}
    return {
        "type": "block_actions",
        "token": workspace.app.verification_token,
        "api_app_id": workspace.app.app_id,
        "user": {"id": person.id, "username": person.name, "name": person.name, "team_id": person.team_id},
        "team": {"id": workspace.team["id"], "domain": workspace.team["domain"]},
        "enterprise": None,
        "is_enterprise_install": False,
        "channel": {"id": channel.id, "name": channel.payload_name()},
        "container": container,
        **seen,
        "state": {"values": {}},
        "trigger_id": workspace.triggers.issue(person.id),
        "actions": [action],
    }


def message_event(workspace: Workspace, message: Message) -> Json:
    """Return a message as payloads carry it."""
    fields: Json = {"type": "message", "user": message.user, "ts": message.ts, "text": message.content.text}
    if message.bot_id:
        fields |= {"bot_id": message.bot_id, "app_id": workspace.app.app_id, "team": workspace.team["id"]}
    if message.content.blocks:
        fields["blocks"] = message.content.blocks
    if message.thread_ts:
        fields["thread_ts"] = message.thread_ts
    return fields


def mention(workspace: Workspace, message: Message) -> Json:
    """Return the event of a message that mentions the bot."""
    return message_event(workspace, message) | {"type": "app_mention", "channel": message.channel}


def event_callback(workspace: Workspace, event: Json) -> Json:
    """Wrap an event as the Events API does."""
    now = workspace.clock.now("slack")
    return {
        "type": "event_callback",
        "token": workspace.app.verification_token,
        "team_id": workspace.team["id"],
        "api_app_id": workspace.app.app_id,
        "event": {"event_ts": workspace.next_ts(), **event},
        "event_id": f"Ev{secrets.token_hex(5).upper()}",
        "event_time": int(now.timestamp()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": workspace.team["id"],
                "user_id": workspace.app.bot_user,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
    }
