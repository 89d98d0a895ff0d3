"""Channels as the bot sees them: conversations.*."""

from __future__ import annotations

from sandbox.slack.channels import Channel
from sandbox.slack.errors import SlackError
from sandbox.slack.limits import TIER_2, TIER_3, TIER_4
from sandbox.slack.methods.method import Answer, Call, Method

SCOPE_OF = {
    "public_channel": "channels:read",
    "private_channel": "groups:read",
    "im": "im:read",
    "mpim": "mpim:read",
}


def kind_of(channel: Channel) -> str:
    """Return the conversation type that Slack's scopes speak of."""
    if channel.is_im:
        return "im"
    return "private_channel" if channel.is_private else "public_channel"


def need_scope(call: Call, scope: str) -> None:
    """Raise missing_scope unless the token has it."""
    held = call.workspace.app.scopes
    if scope not in held:
        raise SlackError("missing_scope", needed=scope, provided=",".join(sorted(held)))


def visible(call: Call, which: str) -> Channel:
    """Return a channel that the bot may see. Raises channel_not_found."""
    channel = call.workspace.channels.get(which)
    hidden = channel is not None and channel.is_private and call.workspace.app.bot_user not in channel.members
    if channel is None or hidden:
        raise SlackError("channel_not_found")
    return channel


def info(call: Call) -> Answer:
    """Describe one conversation; the scope depends on its type."""
    channel = visible(call, call.text("channel", needed=True))
    need_scope(call, SCOPE_OF[kind_of(channel)])
    return {"channel": channel.as_conversation()}


def listing(call: Call) -> Answer:
    """List the conversations of the wanted types, on one page."""
    kinds = [kind.strip() for kind in (call.text("types") or "public_channel").split(",")]
    for kind in kinds:
        if kind not in SCOPE_OF:
            raise SlackError("invalid_types")
        need_scope(call, SCOPE_OF[kind])
    mine = call.workspace.app.bot_user
    shown = [
        channel.as_conversation()
        for channel in call.workspace.channels.values()
        if kind_of(channel) in kinds
        and not (channel.is_archived and call.flag("exclude_archived"))
        and (mine in channel.members or kind_of(channel) == "public_channel")
    ]
    return {"channels": shown, "response_metadata": {"next_cursor": ""}}


def members(call: Call) -> Answer:
    """List who is in a conversation."""
    channel = visible(call, call.text("channel", needed=True))
    need_scope(call, SCOPE_OF[kind_of(channel)])
    return {"members": sorted(channel.members), "response_metadata": {"next_cursor": ""}}


def opening(call: Call) -> Answer:
    """Open the direct message with one person."""
    wanted = [user.strip() for user in call.text("users", needed=True).split(",")]
    if len(wanted) != 1:
        raise SlackError("method_not_supported_for_channel_type")
    channel = call.workspace.direct_with(wanted[0])
    if channel is None:
        raise SlackError("user_not_found")
    shown = channel.as_conversation() if call.flag("return_im") else {"id": channel.id}
    return {"channel": shown, "no_op": True, "already_open": True}


METHODS = [
    Method("conversations.info", info, TIER_3),
    Method("conversations.list", listing, TIER_2),
    Method("conversations.members", members, TIER_4),
    Method("conversations.open", opening, TIER_3, "im:write"),
]
