"""The workspace: who and what is in it, and what was said."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from sandbox.clock import Clock
from sandbox.slack.app import AppRegistration, Timing
from sandbox.slack.channels import Channel, UserGroup, default_channels, default_groups
from sandbox.slack.messages import Content, Message, Stamps
from sandbox.slack.people import SLACKBOT, TEAM, Person, cast
from sandbox.slack.triggers import Triggers

Watcher = Callable[[str, Message], None]


class Workspace:
    """One Slack workspace with one installed app; every method may be called from any thread."""

    def __init__(
        self, clock: Clock | None = None, *, app: AppRegistration | None = None, timing: Timing | None = None
    ) -> None:
        self.clock = clock or Clock()
        self.app = app or AppRegistration()
        self.timing = timing or Timing()
        self.team = {"id": TEAM, "name": "Sandbox", "domain": "sandbox"}
        self.people = {person.id: person for person in [*cast(), self.app.as_person()]}
        self.channels = {channel.id: channel for channel in default_channels()}
        self.groups = {group.id: group for group in default_groups()}
        self.views: dict[str, dict[str, Any]] = {}
        self.files: dict[str, dict[str, Any]] = {}
        self.triggers = Triggers(self.timing.trigger_s)
        self.edit_window_s: float | None = None
        self.url = "https://sandbox.slack.com/"
        self._messages: dict[tuple[str, str], Message] = {}
        self._stamps = Stamps()
        self._watchers: list[Watcher] = []
        self._lock = threading.RLock()

    def watch(self, watcher: Watcher) -> None:
        """Call `watcher("posted"|"edited"|"deleted", message)` at every change."""
        self._watchers.append(watcher)

    def person(self, who: str) -> Person | None:
        """Find a person by id, handle or @handle."""
        if who in self.people:
            return self.people[who]
        return next((person for person in self.people.values() if person.name == who.lstrip("@")), None)

    def channel(self, which: str) -> Channel | None:
        """Find a channel by id, name or #name."""
        if which in self.channels:
            return self.channels[which]
        name = which.lstrip("#")
        return next((channel for channel in self.channels.values() if name and channel.name == name), None)

    def direct_with(self, user: str) -> Channel | None:
        """Return the bot's direct message with this person."""
        return next((channel for channel in self.channels.values() if channel.im_with == user), None)

    def group(self, which: str) -> UserGroup | None:
        """Find a user group by id."""
        return self.groups.get(which)

    def next_ts(self) -> str:
        """Return a fresh message ts."""
        with self._lock:
            return self._stamps.next(self.clock.now("slack"))

    def post(self, channel: str, user: str, content: Content, **fields: Any) -> Message:
        """Add a message (further fields of Message by name) and tell the watchers."""
        with self._lock:
            ts = self.next_ts()
            bot_id = self.people[user].bot_id or None
            message = Message(channel, ts, user, content, bot_id=bot_id, revisions=[(ts, content)], **fields)
            self._messages[channel, ts] = message
        self._tell("posted", message)
        return message

    def edit(self, message: Message, content: Content) -> None:
        """Give a message a new content and tell the watchers."""
        with self._lock:
            message.edit(content, self.next_ts())
        self._tell("edited", message)

    def delete(self, message: Message) -> None:
        """Take a message away and tell the watchers."""
        with self._lock:
            self._messages.pop((message.channel, message.ts), None)
        self._tell("deleted", message)

    def whisper(self, channel: str, to: str, text: str) -> Message:
        """Let Slackbot say something that only `to` sees."""
        return self.post(channel, SLACKBOT, Content(text), ephemeral_to=to)

    def message(self, channel: str, ts: str) -> Message | None:
        """Find a message."""
        return self._messages.get((channel, ts))

    def messages(self, channel: str | None = None) -> list[Message]:
        """Return the messages (of one channel) in the order they were posted."""
        with self._lock:
            return [message for message in self._messages.values() if channel in (None, message.channel)]

    def _tell(self, what: str, message: Message) -> None:
        for watcher in list(self._watchers):
            watcher(what, message)
