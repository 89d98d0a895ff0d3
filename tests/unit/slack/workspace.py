"""A small Slack workspace in memory behind the two calls of the Web API, with scripted failures, and a clock."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from bot.ports import Message

START = datetime(2026, 11, 23, 6, 55, tzinfo=UTC)


@dataclass
class Time:
    """A clock that stands until it is moved."""

    seconds: float = 0.0

    def monotonic(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds)


def message(text: str) -> Message:
    return Message(text, [{"type": "section", "text": {"type": "mrkdwn", "text": text}}])


def reply(data: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None) -> SlackResponse:
    return SlackResponse(
        client=None,
        http_verb="POST",
        api_url="https://slack.example/api/x",
        req_args={},
        data=data,
        headers=headers or {},
        status_code=status,
    )


def refusal(code: str, status: int = 200, headers: dict[str, str] | None = None) -> SlackApiError:
    return SlackApiError("refused", reply({"ok": False, "error": code}, status, headers))


@dataclass
class Lost:
    """The call is done, and then its reply gets lost."""

    error: Exception


@dataclass
class Workspace:
    """Channels the bot may speak in, the messages there with all their texts, and what goes wrong next."""

    time: Time
    channels: set[str] = field(default_factory=lambda: {"C1", "C2"})
    messages: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    calls: list[tuple[float, str, str, str]] = field(default_factory=list)  # when, method, channel, text
    hints: list[str] = field(default_factory=list)
    faults: list[Exception | Lost | None] = field(default_factory=list)
    bad_blocks: bool = False

    def chat_postMessage(self, *, channel: str, **sent: Any) -> SlackResponse:
        def post() -> SlackResponse:
            ts = f"{1_700_000_000 + len(self.calls)}.000100"
            self.hints.append(sent["client_msg_id"])
            self.messages[channel, ts] = [sent["text"]]
            return reply({"ok": True, "ts": ts, "channel": channel})

        return self._call("post", channel, sent, post)

    def chat_update(self, *, channel: str, ts: str, **sent: Any) -> SlackResponse:
        def edit() -> SlackResponse:
            if (channel, ts) not in self.messages:
                raise refusal("message_not_found")
            self.messages[channel, ts].append(sent["text"])
            return reply({"ok": True, "ts": ts, "channel": channel})

        return self._call("edit", channel, sent, edit)

    def _call(self, method: str, channel: str, sent: dict[str, Any], act: Any) -> SlackResponse:
        self.calls.append((self.time.seconds, method, channel, sent["text"]))
        fault = self.faults.pop(0) if self.faults else None
        if isinstance(fault, Lost):
            act()
            raise fault.error
        if fault is not None:
            raise fault
        if self.bad_blocks and sent.get("blocks"):
            raise refusal("invalid_blocks")
        if channel not in self.channels:
            raise refusal("not_in_channel")
        return act()

    def texts(self, channel: str = "C1") -> list[list[str]]:
        """Return the revisions of each message of a channel, in order."""
        return [texts for (where, _), texts in self.messages.items() if where == channel]
