"""What a client's configuration says of a world."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.config_files import ArrayEntry, ClusterEntry, Entries, SlackEntry
from sandbox.slack.channels import OPS_BACKUP, STORAGE_ONCALL, TEAM_STORAGE
from sandbox.slack.people import MANAGER, MEMBER, TEAM

if TYPE_CHECKING:
    from sandbox.cluster_part import ClusterPart
    from sandbox.world import World


def entries_of(world: World) -> Entries:
    """Return the entries; the workspace's ids stand there even if it is not simulated, to be replaced."""
    ca_file = world.certificates.ca_file.name
    arrays = tuple(
        ArrayEntry(name, f"127.0.0.1:{part.server.port}", ca_file) for name, part in world.arrays.items()
    )
    return Entries(
        slack=SlackEntry(TEAM, TEAM_STORAGE, (MANAGER,)),
        arrays=arrays,
        clusters=_clusters(world.clusters) if world.clusters is not None else (),
        secrets=_secrets(world),
    )


def _clusters(part: ClusterPart) -> tuple[ClusterEntry, ...]:
    return tuple(
        ClusterEntry(
            name,
            OPS_BACKUP,
            operators=(STORAGE_ONCALL,),
            viewers=(MEMBER,),
            nodes=part.node_entries(name),
            volumes=part.volume_paths(name),
        )
        for name in part.names
    )


def _secrets(world: World) -> dict[str, str]:
    secrets: dict[str, str] = {}
    if world.slack is not None:
        secrets["VSSBOT_SLACK_BOT_TOKEN"] = world.slack.bot_token
        secrets["VSSBOT_SLACK_APP_TOKEN"] = world.slack.app_token
        secrets["VSSBOT_SLACK_SIGNING_SECRET"] = world.slack.signing_secret
        secrets["VSSBOT_SLACK_API_URL"] = world.slack.api_url
    if world.clusters is not None:
        secrets["VSSBOT_NODE_USER"] = world.clusters.service_user
        secrets["VSSBOT_NODE_PASSWORD"] = world.clusters.service_password
    for name, part in world.arrays.items():
        from sandbox.purity.default import READER

        key = f"VSSBOT_ARRAY_{name.upper().replace('-', '_')}_TOKEN"
        secrets[key] = part.array.accounts[READER].api_token
    return secrets
