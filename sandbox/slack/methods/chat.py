"""Messages: chat.*."""

from __future__ import annotations

from typing import Any

from sandbox.slack.channels import Channel
from sandbox.slack.content import MOST_TEXT_OF_UPDATE, checked_content
from sandbox.slack.errors import SlackError
from sandbox.slack.limits import TIER_3, TIER_4
from sandbox.slack.messages import Message
from sandbox.slack.methods.method import Answer, Call, Method


def shown(call: Call, message: Message) -> dict[str, Any]:
    """Return a message as the Web API shows it."""
    app = call.workspace.app
    fields: dict[str, Any] = {
        "type": "message",
        "user": message.user,
        "text": message.content.text,
        "ts": message.ts,
    }
    if message.bot_id:
        fields |= {"bot_id": app.bot_id, "app_id": app.app_id, "team": call.workspace.team["id"]}
    if message.content.blocks:
        fields["blocks"] = message.content.blocks
    if message.thread_ts:
        fields["thread_ts"] = message.thread_ts
    if message.edited_ts:
        fields["edited"] = {"user": message.bot_id or message.user, "ts": message.edited_ts}
    return fields


def writable(call: Call) -> Channel:
    """Return the channel to write to. Raises what Slack answers where the bot may not write."""
    named = call.text("channel", needed=True)
    workspace = call.workspace
    channel = workspace.direct_with(named) or workspace.channel(named)
    joined = channel is not None and workspace.app.bot_user in channel.members
    if channel is None or (channel.is_private and not joined):
        raise SlackError("channel_not_found")
    if not joined:
        raise SlackError("not_in_channel")
    if channel.is_archived:
        raise SlackError("is_archived")
    return channel


def thread_of(call: Call, channel: Channel) -> str | None:
    """Return the thread to answer in. Raises thread_not_found."""
    thread_ts = call.text("thread_ts")
    if not thread_ts:
        return None
    parent = call.workspace.message(channel.id, thread_ts)
    if parent is None or parent.ephemeral_to:
        raise SlackError("thread_not_found")
    return parent.thread_ts or parent.ts


def post_message(call: Call) -> Answer:
    """Post a message as the bot."""
    channel = writable(call)
    thread_ts = thread_of(call, channel)
    content = checked_content(call.text("text"), call.json("blocks", "invalid_blocks_format"))
    metadata = call.json("metadata", "invalid_metadata_format")
    call.limits.spend_post(channel.id)
    message = call.workspace.post(
        channel.id, call.workspace.app.bot_user, content, thread_ts=thread_ts, metadata=metadata
    )
    return {"channel": channel.id, "ts": message.ts, "message": shown(call, message)}


def post_ephemeral(call: Call) -> Answer:
    """Show a message to one person in a channel."""
    channel = writable(call)
    user = call.text("user", needed=True)
    if user not in channel.members:
        raise SlackError("user_not_in_channel")
    content = checked_content(call.text("text"), call.json("blocks", "invalid_blocks_format"))
    message = call.workspace.post(
        channel.id,
        call.workspace.app.bot_user,
        content,
        thread_ts=thread_of(call, channel),
        ephemeral_to=user,
    )
    return {"message_ts": message.ts}


def own_message(call: Call, fault: str) -> Message:
    """Return the bot's own message that is meant. Raises `fault` for another's."""
    workspace = call.workspace
    channel = workspace.channels.get(call.text("channel", needed=True))
    if channel is None or (channel.is_private and workspace.app.bot_user not in channel.members):
        raise SlackError("channel_not_found")
    message = workspace.message(channel.id, call.text("ts", needed=True))
    if message is None or message.ephemeral_to:  # a ts of an ephemeral message is unknown to Slack's API
        raise SlackError("message_not_found")
    if channel.is_archived:
        raise SlackError("is_archived")
    # What Slack answers for a message of a hook in a channel without the bot is not known: the strict answer.
    if message.user != workspace.app.bot_user or workspace.app.bot_user not in channel.members:
        raise SlackError(fault)
    return message


def update(call: Call) -> Answer:
    """Change one of the bot's messages; without `blocks` the old ones stay, an empty list takes them away."""
    message = own_message(call, "cant_update_message")
    workspace = call.workspace
    age_s = workspace.clock.now("slack").timestamp() - float(message.ts)
    if workspace.edit_window_s is not None and age_s > workspace.edit_window_s:
        raise SlackError("edit_window_closed")
    given = call.json("blocks", "invalid_blocks_format")
    blocks = message.content.blocks if given is None else given
    text = call.text("text") or (message.content.text if blocks else "")
    content = checked_content(text, blocks, most_text=MOST_TEXT_OF_UPDATE)
    workspace.edit(message, content)
    return {"channel": message.channel, "ts": message.ts, "text": text, "message": shown(call, message)}


def delete(call: Call) -> Answer:
    """Delete one of the bot's messages."""
    message = own_message(call, "cant_delete_message")
    call.workspace.delete(message)
    return {"channel": message.channel, "ts": message.ts}


def get_permalink(call: Call) -> Answer:
    """Return the address of a message."""
    channel = call.workspace.channels.get(call.text("channel", needed=True))
    if channel is None:
        raise SlackError("channel_not_found")
    message = call.workspace.message(channel.id, call.text("message_ts", needed=True))
    if message is None or message.ephemeral_to:
        raise SlackError("message_not_found")
    link = f"{call.workspace.url}archives/{channel.id}/p{message.ts.replace('.', '')}"
    thread = f"?thread_ts={message.thread_ts}&cid={channel.id}" if message.thread_ts else ""
    return {"channel": channel.id, "permalink": link + thread}


METHODS = [
    Method("chat.postMessage", post_message, 10_000, "chat:write"),  # its own rule: Limits.spend_post
    Method("chat.postEphemeral", post_ephemeral, TIER_4, "chat:write"),
    Method("chat.update", update, TIER_3, "chat:write"),
    Method("chat.delete", delete, TIER_3, "chat:write"),
    Method("chat.getPermalink", get_permalink, 600),
]
