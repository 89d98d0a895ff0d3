"""Writes the configuration and the secrets with which a client finds its way into this world."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

CONFIG_NAME, SECRETS_NAME = "vssbot.toml", "vssbot.env"


@dataclass(frozen=True)
class SlackEntry:
    """The workspace: its id, the channel for notices and the people who may do everything."""

    workspace: str
    team_channel: str
    admins: tuple[str, ...]


@dataclass(frozen=True)
class ArrayEntry:
    """An array's address as host:port, and the authority that signed its certificate."""

    name: str
    address: str
    ca_file: str


@dataclass(frozen=True)
class NodeEntry:
    """A node's WinRM address; `ca_file` only over https."""

    name: str
    url: str
    transport: str
    ca_file: str | None = None


@dataclass(frozen=True)
class ClusterEntry:
    """A cluster: who may do what in which channel, its nodes, and its volumes by short name."""

    name: str
    channel: str
    operators: tuple[str, ...]
    viewers: tuple[str, ...]
    nodes: tuple[NodeEntry, ...]
    volumes: Mapping[str, str]


@dataclass(frozen=True)
class Entries:
    """Everything that the files speak of; what is not there is left out."""

    slack: SlackEntry | None = None
    arrays: tuple[ArrayEntry, ...] = ()
    clusters: tuple[ClusterEntry, ...] = ()
    secrets: Mapping[str, str] = field(default_factory=dict)


def write_files(folder: Path, entries: Entries) -> None:
    """Write both files into `folder`; the secrets are readable by their owner only."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / CONFIG_NAME).write_text(configuration(entries), "utf-8")
    secrets = folder / SECRETS_NAME
    secrets.touch(mode=0o600)
    secrets.chmod(0o600)
    secrets.write_text("".join(f"{key}={value}\n" for key, value in entries.secrets.items()), "utf-8")


def configuration(entries: Entries) -> str:
    """Return the configuration file's text."""
    lines: list[str] = []
    if entries.slack is not None:
        slack = entries.slack
        lines += ["[slack]", f"workspace = {_text(slack.workspace)}"]
        lines += [f"team_channel = {_text(slack.team_channel)}", f"admins = {_texts(slack.admins)}", ""]
    for array in entries.arrays:
        lines += [f"[arrays.{array.name}]", f"address = {_text(array.address)}"]
        lines += [f"ca_file = {_text(array.ca_file)}", ""]
    for cluster in entries.clusters:
        lines += _cluster(cluster)
    lines += ["[store]", 'path = "vssbot.db"', "", "[server]", 'health = "127.0.0.1:0"', ""]
    return "\n".join(lines)


def _cluster(cluster: ClusterEntry) -> list[str]:
    lines = [f"[clusters.{cluster.name}]", f"channel = {_text(cluster.channel)}", 'backup_type = "full"']
    lines += [f"operators = {_texts(cluster.operators)}", f"viewers = {_texts(cluster.viewers)}", ""]
    for node in cluster.nodes:
        lines += [f"[clusters.{cluster.name}.nodes.{node.name}]", f"url = {_text(node.url)}"]
        lines += [f"transport = {_text(node.transport)}"]
        lines += [f"ca_file = {_text(node.ca_file)}"] if node.ca_file else []
        lines += [""]
    lines += [f"[clusters.{cluster.name}.volumes]"]
    # Literal strings, so that a Windows path reads as an administrator would write it.
    lines += [f"{name} = '{path}'" for name, path in cluster.volumes.items()]
    return [*lines, ""]


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _texts(values: tuple[str, ...]) -> str:
    return "[" + ", ".join(_text(value) for value in values) + "]"
