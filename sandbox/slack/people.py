"""The people of the workspace, as Slack knows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

TEAM = "T0SANDBOX"
OTHER_TEAM = "T0ELSEWHERE"
ONCALL, MEMBER, MANAGER, OUTSIDER = "U0ONCALL001", "U0MEMBER001", "U0MANAGER01", "U0OUTSIDER1"
BOT_USER, SLACKBOT = "U0VSSBOT001", "USLACKBOT"


@dataclass(frozen=True)
class Person:
    """A Slack user: a person, the app's bot user, or Slackbot."""

    id: str
    name: str
    real_name: str
    title: str = ""
    tz: str = "UTC"
    team_id: str = TEAM
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_admin: bool = False
    is_bot: bool = False
    bot_id: str = ""
    deleted: bool = False
    colour: str = "4a5568"

    @property
    def is_human(self) -> bool:
        """True for someone who can sit at the page."""
        return not self.is_bot and self.id != SLACKBOT

    def as_user(self, now: datetime) -> dict[str, Any]:
        """Return the user object of users.info; the zone's offset is the one at `now`."""
        local = now.astimezone(ZoneInfo(self.tz))
        offset = local.utcoffset()
        names = {"real_name": self.real_name, "display_name": self.name, "title": self.title}
        return {
            "id": self.id,
            "team_id": self.team_id,
            "name": self.name,
            "real_name": self.real_name,
            "deleted": self.deleted,
            "color": self.colour,
            "tz": self.tz,
            "tz_label": local.tzname() or self.tz,
            "tz_offset": int(offset.total_seconds()) if offset else 0,
            "profile": {**names, "real_name_normalized": self.real_name, "team": self.team_id},
            "is_admin": self.is_admin,
            "is_owner": False,
            "is_primary_owner": False,
            "is_restricted": self.is_restricted,
            "is_ultra_restricted": self.is_ultra_restricted,
            "is_stranger": False,
            "is_bot": self.is_bot,
            "is_app_user": False,
            "updated": 1_700_000_000,
        }


def cast() -> list[Person]:
    """Return the four people of the sandbox and Slackbot.

    The outsider is doubly foreign on purpose, a guest account of another organisation, so that a check of
    either `team_id` or `is_restricted` refuses him.
    """
    return [
        Person(ONCALL, "nadia", "Nadia Okafor", "On-call engineer", "Europe/Berlin", colour="b4415b"),
        Person(MEMBER, "tom", "Tom Lindqvist", "Storage team", "Europe/London", colour="2b7a78"),
        Person(
            MANAGER,
            "mara",
            "Mara Keller",
            "Infrastructure manager",
            "America/New_York",
            is_admin=True,
            colour="7a5cab",
        ),
        Person(
            OUTSIDER,
            "ivo",
            "Ivo Brandt",
            "Guest, Elsewhere Ltd.",
            "Asia/Tokyo",
            team_id=OTHER_TEAM,
            is_restricted=True,
            colour="a8641f",
        ),
        Person(SLACKBOT, "slackbot", "Slackbot", colour="757575"),
    ]
