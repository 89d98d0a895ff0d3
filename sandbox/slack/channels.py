"""Channels, direct messages and user groups."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sandbox.slack.people import BOT_USER, MANAGER, MEMBER, ONCALL, OUTSIDER, TEAM

OPS_BACKUP, TEAM_STORAGE, RANDOM = "C0OPSBACKUP", "C0STORAGE01", "C0RANDOM001"
STORAGE_ONCALL = "S0ONCALL001"


@dataclass
class Channel:
    """A public or private channel, or (`im_with`) the bot's direct message with one person."""

    id: str
    name: str
    members: set[str]
    topic: str = ""
    is_private: bool = False
    is_archived: bool = False
    is_ext_shared: bool = False
    im_with: str = ""

    @property
    def is_im(self) -> bool:
        """True for a direct message."""
        return bool(self.im_with)

    def payload_name(self) -> str:
        """Return the name that slash commands carry for this channel."""
        if self.is_im:
            return "directmessage"
        return "privategroup" if self.is_private else self.name

    def as_conversation(self) -> dict[str, Any]:
        """Return the channel object of conversations.info, as the bot sees it."""
        if self.is_im:
            return {
                "id": self.id,
                "is_im": True,
                "user": self.im_with,
                "is_org_shared": False,
                "is_user_deleted": False,
            }
        return {
            "id": self.id,
            "name": self.name,
            "name_normalized": self.name,
            "is_channel": not self.is_private,
            "is_group": self.is_private,
            "is_im": False,
            "is_mpim": False,
            "is_private": self.is_private,
            "is_archived": self.is_archived,
            "is_general": False,
            "is_shared": self.is_ext_shared,
            "is_ext_shared": self.is_ext_shared,
            "is_org_shared": False,
            "is_pending_ext_shared": False,
            "is_member": BOT_USER in self.members,
            "context_team_id": TEAM,
            "creator": MANAGER,
            "created": 1_700_000_000,
            "topic": {"value": self.topic, "creator": MANAGER, "last_set": 1_700_000_000},
            "purpose": {"value": "", "creator": "", "last_set": 0},
            "num_members": len(self.members),
        }


@dataclass
class UserGroup:
    """A user group that can be mentioned."""

    id: str
    handle: str
    name: str
    users: list[str] = field(default_factory=list)

    def as_usergroup(self, *, include_users: bool) -> dict[str, Any]:
        """Return the object of usergroups.list."""
        shown = {"users": list(self.users)} if include_users else {}
        return {
            "id": self.id,
            "team_id": TEAM,
            "is_usergroup": True,
            "is_external": False,
            "name": self.name,
            "handle": self.handle,
            "description": "",
            "date_create": 1_700_000_000,
            "date_update": 1_700_000_000,
            "date_delete": 0,
            "user_count": len(self.users),
            **shown,
        }


def default_channels() -> list[Channel]:
    """Return two channels with the bot, one shared channel without it, and the bot's direct messages."""
    everyone = {ONCALL, MEMBER, MANAGER, OUTSIDER}
    staff = everyone - {OUTSIDER}
    direct = [
        Channel(f"D{who[1:]}", "", {who, BOT_USER}, im_with=who)
        for who in (ONCALL, MEMBER, MANAGER, OUTSIDER)
    ]
    return [
        Channel(OPS_BACKUP, "ops-backup", everyone | {BOT_USER}, "Backups, on call"),
        Channel(TEAM_STORAGE, "team-storage", staff | {BOT_USER}, "What the storage team should know"),
        Channel(RANDOM, "random", set(everyone), "The bot is not in here", is_ext_shared=True),
        *direct,
    ]


def default_groups() -> list[UserGroup]:
    """Return the one user group of the sandbox."""
    return [UserGroup(STORAGE_ONCALL, "storage-oncall", "Storage on call", [ONCALL])]
