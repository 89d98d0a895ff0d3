"""What people do: commands, clicks, plain messages; and what they see when the app does not answer."""

from __future__ import annotations

import asyncio
from typing import Any

from sandbox.slack import payloads
from sandbox.slack.channels import Channel
from sandbox.slack.elements import find_action
from sandbox.slack.errors import SlackError
from sandbox.slack.hooks import Hook, Hooks
from sandbox.slack.messages import Content
from sandbox.slack.model import Workspace
from sandbox.slack.people import Person
from sandbox.slack.socket_mode import Envelope, NoSocket, NotAcked, SocketMode

Result = dict[str, Any]


class Interactions:
    """Turns what a person does into envelopes for the app; lives in the server's event loop."""

    def __init__(self, workspace: Workspace, socket: SocketMode, hooks: Hooks) -> None:
        self.workspace = workspace
        self.socket = socket
        self.hooks = hooks
        self._events: set[asyncio.Task[bool]] = set()

    async def say(self, user: str, channel: str, text: str, thread_ts: str = "") -> Result:
        """Take what was typed into the composer: a command, or a message for everyone."""
        try:
            person, place = self._in(user, channel)
        except SlackError as err:
            return err.body()
        if text.startswith("/"):
            return await self._command(person, place, text, in_thread=bool(thread_ts))
        if not text.strip():
            return {"ok": False, "error": "no_text"}
        message = self.workspace.post(place.id, person.id, Content(escape(text)), thread_ts=thread_ts or None)
        if f"@{self.workspace.app.name}" in text:
            self.event(payloads.mention(self.workspace, message))
        return {"ok": True, "ts": message.ts}

    async def click(
        self, user: str, channel: str, ts: str, action_id: str, *, block_id: str = "", selected: str = ""
    ) -> Result:
        """Click a button (or choose an option's value) in a message that the person sees."""
        try:
            person, place = self._in(user, channel)
        except SlackError as err:
            return err.body()
        message = self.workspace.message(place.id, ts)
        if message is None or not message.seen_by(person.id):
            return {"ok": False, "error": "message_not_found"}
        found = find_action(message.content.blocks, action_id, block_id)
        if found is None:
            return {"ok": False, "error": "action_not_found"}
        action = found.acted(selected, self.workspace.next_ts())
        payload = payloads.block_actions(self.workspace, person, place, message, action)
        payload["response_url"] = self.hooks.issue("actions", person.id, place.id, message)
        try:
            await self.socket.deliver(Envelope("interactive", payload))
        except NoSocket:
            return {"ok": False, "error": "dispatch_failed"}
        except NotAcked:
            return {"ok": False, "error": "operation_timeout"}
        return {"ok": True}

    def event(self, event: dict[str, Any]) -> None:
        """Send an event in the background, if the app subscribed to its type."""
        if event["type"] not in self.workspace.app.events:
            return
        payload = payloads.event_callback(self.workspace, event)
        task = asyncio.get_running_loop().create_task(self.socket.deliver_event(payload))
        self._events.add(task)
        task.add_done_callback(self._events.discard)

    def close(self) -> None:
        """Give up the events that are not delivered yet."""
        for task in self._events:
            task.cancel()

    def _in(self, user: str, channel: str) -> tuple[Person, Channel]:
        person, place = self.workspace.person(user), self.workspace.channel(channel)
        if person is None or not person.is_human:
            raise SlackError("user_not_found")
        if place is None or person.id not in place.members:
            raise SlackError("channel_not_found")
        if place.is_archived:
            raise SlackError("is_archived")
        return person, place

    async def _command(self, person: Person, place: Channel, text: str, *, in_thread: bool) -> Result:
        name, _, rest = text.partition(" ")
        if in_thread:
            return self._failed(
                person, place, f"{name} is not supported in threads. Sorry!", "not_supported_in_threads"
            )
        if name.lower() != self.workspace.app.command:
            return self._failed(person, place, f"{name} is not a valid command.", "unknown_command")
        payload = payloads.slash_command(self.workspace, person, place, escape(rest))
        payload["response_url"] = self.hooks.issue("commands", person.id, place.id)
        try:
            answer = await self.socket.deliver(Envelope("slash_commands", payload, accepts_response=True))
            if answer:
                self.hooks.answer(Hook("commands", person.id, place.id, 0, 0), answer)
        except NoSocket:
            return self._error(person, place, name, "dispatch_failed")
        except NotAcked:
            return self._error(person, place, name, "operation_timeout")
        except SlackError:
            return self._error(person, place, name, "invalid_command_response")
        return {"ok": True}

    def _error(self, person: Person, place: Channel, name: str, code: str) -> Result:
        return self._failed(person, place, f'{name} failed with the error "{code}"', code)

    def _failed(self, person: Person, place: Channel, sentence: str, code: str) -> Result:
        self.workspace.whisper(place.id, person.id, escape(sentence))
        return {"ok": False, "error": code}


def escape(text: str) -> str:
    """Escape & < > as Slack does in what people type.

    Whether the text of a command with should_escape=false arrives escaped is told differently by Slack's pages;
    a bot that un-escapes it is right either way, so the escaped form is sent.
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
