"""The app as it is registered and installed in the workspace: tokens, scopes, command, events."""

from __future__ import annotations

from dataclasses import dataclass, field

from sandbox.slack.people import BOT_USER, Person

BOT_SCOPES = frozenset(
    {"commands", "chat:write", "users:read", "usergroups:read", "channels:read", "groups:read", "im:write"}
)


@dataclass
class AppRegistration:
    """One installed app; `events` are the bot events it subscribed to (none by default)."""

    app_id: str = "A0VSSBOT001"
    bot_id: str = "B0VSSBOT001"
    bot_user: str = BOT_USER
    name: str = "vssbot"
    command: str = "/vss"
    usage_hint: str = "backup cluster1 volume1"
    bot_token: str = "xoxb-sandbox-0-bot"  # noqa: S105
    app_token: str = "xapp-1-A0VSSBOT001-0-sandbox"  # noqa: S105
    signing_secret: str = "sandbox-signing-secret"  # noqa: S105
    verification_token: str = "sandbox-verification-token"  # noqa: S105
    scopes: set[str] = field(default_factory=lambda: set(BOT_SCOPES))
    events: set[str] = field(default_factory=set)

    def as_person(self) -> Person:
        """Return the bot user."""
        return Person(
            self.bot_user, self.name, self.name, "App", is_bot=True, bot_id=self.bot_id, colour="1264a3"
        )


@dataclass
class Timing:
    """Slack's own time limits, in seconds; tests of the sandbox shorten them.

    Sources: three seconds for acks and triggers, 5 uses in 30 minutes for a response URL (Slack's guides on
    interactivity); events are tried again at once, after one and after five minutes (Events API guide).
    """

    ack_s: float = 3.0
    trigger_s: float = 3.0
    response_url_s: float = 1800.0
    response_url_uses: int = 5
    event_retries_s: tuple[float, ...] = (0.0, 60.0, 300.0)
    socket_ping_s: float = 15.0
    goodbye_s: float = 10.0
