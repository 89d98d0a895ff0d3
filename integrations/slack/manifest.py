"""The app manifest: what an administrator pastes into Slack, with the least rights that do the work."""

from __future__ import annotations

from typing import Any

SCOPES = (
    ("commands", "take the slash command"),
    ("chat:write", "post and edit cards and notices in channels the bot was invited to"),
    ("usergroups:read", "know who is in the user groups that the configuration gives rights to"),
)
"""The bot token's scopes with the reason for each. No history, no files, no e-mail addresses."""


def manifest(name: str = "vssbot", command: str = "/vss") -> dict[str, Any]:
    """Return the manifest for Socket Mode: no public address, no events, no user token."""
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": name,
            "description": "Proved VSS backups of Hyper-V Cluster Shared Volumes on a FlashArray",
            "background_color": "#1f2937",
        },
        "features": {
            "bot_user": {"display_name": name, "always_online": False},
            "slash_commands": [
                {
                    "command": command,
                    "description": "Back up Cluster Shared Volumes and see how it went",
                    "usage_hint": "backup CLUSTER VOLUME… | status | show RUN | cancel RUN | explain CODE | help",
                    "should_escape": False,
                }
            ],
        },
        "oauth_config": {"scopes": {"bot": [scope for scope, _ in SCOPES]}},
        "settings": {
            "interactivity": {"is_enabled": True},
            "org_deploy_enabled": False,
            "socket_mode_enabled": True,
            "token_rotation_enabled": False,
        },
    }
