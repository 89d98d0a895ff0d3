"""What may stand in the configuration file: the shapes, their limits, and what is accepted instead."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from bot.domain.backup import NAME, WISHES, BackupType

CSV_PATH = re.compile(r"[A-Za-z]:\\ClusterStorage\\[A-Za-z0-9][A-Za-z0-9._-]*", re.IGNORECASE)


def _name(value: str) -> str:
    if not NAME.fullmatch(value):
        raise ValueError("use 1 to 32 lower-case letters, digits and inner hyphens, such as cluster1")
    return value


def _csv_path(value: str) -> str:
    path = value.rstrip("\\")
    if not CSV_PATH.fullmatch(path):
        raise ValueError(r"use the CSV's path without blanks, such as 'C:\ClusterStorage\Volume1'")
    return path


def _slack_id(letters: str, example: str) -> AfterValidator:
    def check(value: str) -> str:
        if not re.fullmatch(rf"[{letters}][A-Z0-9]{{2,24}}", value):
            raise ValueError(f"use a Slack id such as {example}, not a name")
        return value

    return AfterValidator(check)


def _volume_name(value: str) -> str:
    # A request names volumes and other wishes as files in one folder: a volume called `probe` would be
    # backed up by every check.
    if value in WISHES:
        raise ValueError(
            f"{value} is a word of the node kit ({', '.join(sorted(WISHES))}); use another, such as {value}1"
        )
    return _name(value)


Name = Annotated[str, AfterValidator(_name)]
VolumeName = Annotated[str, AfterValidator(_volume_name)]
CsvPath = Annotated[str, AfterValidator(_csv_path)]
Channel = Annotated[str, _slack_id("CGD", "C0123ABCD")]
Person = Annotated[str, _slack_id("UWS", "U0123ABCD (a person) or S0123ABCD (a user group)")]
Workspace = Annotated[str, _slack_id("TE", "T0123ABCD")]


class Part(BaseModel):
    """A part of the file: nothing unknown is let through, nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SlackPart(Part):
    """The workspace, the channel for notices, and who may do everything."""

    workspace: Workspace
    team_channel: Channel
    admins: Annotated[tuple[Person, ...], Field(min_length=1)]


class ArrayPart(Part):
    """An array: its address (`host` or `host:port`) and the CA that signed its certificate."""

    address: Annotated[str, Field(pattern=r"^[A-Za-z0-9.-]+(:\d{1,5})?$")]
    ca_file: str | None = None


class NodePart(Part):
    """A cluster node's WinRM address and how to log on there."""

    url: Annotated[str, Field(pattern=r"^https?://[^/\s]+/wsman$")]
    transport: Literal["ntlm", "kerberos", "basic", "certificate"] = "ntlm"
    ca_file: str | None = None
    client_cert_file: str | None = None
    client_key_file: str | None = None

    @model_validator(mode="after")
    def _only_sealed_over_http(self) -> NodePart:
        if self.url.startswith("http:") and self.transport not in ("ntlm", "kerberos"):
            raise ValueError(
                f"transport {self.transport} needs an https url; over http use ntlm or kerberos, which seal"
            )
        if self.transport == "certificate" and not (self.client_cert_file and self.client_key_file):
            raise ValueError("transport certificate needs client_cert_file and client_key_file")
        return self


class ClusterPart(Part):
    """A cluster: its nodes, its volumes by short name, its channel, and who may do what."""

    channel: Channel
    backup_type: BackupType = BackupType.FULL
    team_channel: Channel | None = None
    operators: tuple[Person, ...] = ()
    viewers: tuple[Person, ...] = ()
    crash_consistent_vms: tuple[str, ...] = ()  # names of VMs that can only be crash-consistent: accepted
    nodes: Annotated[dict[str, NodePart], Field(min_length=1)]
    volumes: Annotated[dict[VolumeName, CsvPath], Field(min_length=1, max_length=64)]

    @model_validator(mode="after")
    def _each_path_once(self) -> ClusterPart:
        paths = [path.lower() for path in self.volumes.values()]
        doubled = next((path for path in paths if paths.count(path) > 1), None)
        if doubled:
            raise ValueError(f"two volumes have the path {doubled}: name each CSV once")
        return self


class StorePart(Part):
    """Where the bot keeps its own records: an SQLite file, relative to the configuration file."""

    path: str = "vssbot.db"


class ServerPart(Part):
    """Where health and metrics are served: a loopback address; port 0 means any free one."""

    health: Annotated[str, Field(pattern=r"^(127\.0\.0\.1|localhost|\[::1\]):\d{1,5}$")] = "127.0.0.1:8472"


class FileSettings(Part):
    """The whole configuration file."""

    slack: SlackPart
    arrays: Annotated[dict[Name, ArrayPart], Field(min_length=1)]
    clusters: Annotated[dict[Name, ClusterPart], Field(min_length=1)]
    store: StorePart = StorePart()
    server: ServerPart = ServerPart()
