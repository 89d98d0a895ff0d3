"""File and environment in, frozen settings out; every fault at once, with its key and what is accepted."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from bot.settings import (
    ArrayPart,
    ClusterPart,
    FileSettings,
    NodePart,
    ServerPart,
    SlackPart,
    StorePart,
)


class ConfigFaults(Exception):
    """The configuration cannot be used; `faults` are sentences, each with file, key and an accepted value."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))


class Secret:
    """A secret that shows itself only when asked: never in a repr, a log or a traceback."""

    def __init__(self, value: str) -> None:
        self._value = value

    def __call__(self) -> str:
        """Return the secret."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(…)"


@dataclass(frozen=True)
class Settings:
    """Everything the bot is told at start."""

    file: FileSettings
    folder: Path  # where the file lies: relative paths start here
    slack_api_url: str
    bot_token: Secret
    app_token: Secret
    signing_secret: Secret | None
    node_users: Mapping[str, str]  # cluster -> account
    node_passwords: Mapping[str, Secret]
    array_tokens: Mapping[str, Secret]

    def path(self, text: str) -> Path:
        """Return a path of the file as an absolute one."""
        return (self.folder / text).resolve()

    def cluster(self, name: str) -> ClusterPart:
        """Return one cluster's part."""
        return self.file.clusters[name]

    def node(self, cluster: str, node: str) -> NodePart:
        """Return one node's part."""
        return self.file.clusters[cluster].nodes[node]


SLACK_API_URL = "https://slack.com/api/"


def load_file(path: Path) -> FileSettings:
    """Return the file's content. Raises ConfigFaults."""
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError as err:
        raise ConfigFaults(
            [f"{path}: there is no such file; name one with --config or VSSBOT_CONFIG"]
        ) from err
    except OSError as err:
        raise ConfigFaults([f"{path}: cannot be read ({err.strerror})"]) from err
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as err:
        raise ConfigFaults([f"{path}: is not TOML: {err}"]) from err
    try:
        return FileSettings.model_validate(raw)
    except ValidationError as err:
        raise ConfigFaults(_sentence(path, fault) for fault in err.errors()) from err


def load(path: Path, environment: Mapping[str, str]) -> Settings:
    """Return the settings. Raises ConfigFaults with the faults of the file or of all secrets at once."""
    file = load_file(path)
    secrets = _Secrets(environment)
    clusters, arrays = file.clusters, file.arrays
    settings = Settings(
        file=file,
        folder=path.resolve().parent,
        slack_api_url=environment.get("VSSBOT_SLACK_API_URL", SLACK_API_URL),
        bot_token=secrets.get("VSSBOT_SLACK_BOT_TOKEN"),
        app_token=secrets.get("VSSBOT_SLACK_APP_TOKEN"),
        signing_secret=secrets.optional("VSSBOT_SLACK_SIGNING_SECRET"),
        node_users={name: secrets.get(*_node_names(name, "USER"))() for name in clusters},
        node_passwords={name: secrets.get(*_node_names(name, "PASSWORD")) for name in clusters},
        array_tokens={name: secrets.get(f"VSSBOT_ARRAY_{_upper(name)}_TOKEN") for name in arrays},
    )
    faults = secrets.faults + _missing_files(path, settings)
    if faults:
        raise ConfigFaults(dict.fromkeys(faults))
    return settings


class _Secrets:
    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self.faults: list[str] = []

    def get(self, *names: str) -> Secret:
        for name in names:
            found = self.optional(name)
            if found is not None:
                return found
        last = names[-1]
        also = f" (or {names[0]} for this cluster alone)" if len(names) > 1 else ""
        self.faults.append(f"environment: {last} is missing; set it or {last}_FILE{also}")
        return Secret("")

    def optional(self, name: str) -> Secret | None:
        value, file = self._environment.get(name), self._environment.get(f"{name}_FILE")
        if value:
            return Secret(value)
        if not file:
            return None
        try:
            value = Path(file).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as err:
            self.faults.append(
                f"environment: {name}_FILE names {file}, which cannot be read ({type(err).__name__})"
            )
        else:
            if not value:
                self.faults.append(f"environment: {name}_FILE names {file}, which is empty")
        return Secret(value or "")


def _node_names(cluster: str, what: str) -> tuple[str, str]:
    return f"VSSBOT_CLUSTER_{_upper(cluster)}_{what}", f"VSSBOT_NODE_{what}"


def _upper(name: str) -> str:
    return name.upper().replace("-", "_")


def _missing_files(path: Path, settings: Settings) -> list[str]:
    named = {f"arrays.{name}.ca_file": part.ca_file for name, part in settings.file.arrays.items()}
    for cluster, part in settings.file.clusters.items():
        for node, wire in part.nodes.items():
            for key in ("ca_file", "client_cert_file", "client_key_file"):
                named[f"clusters.{cluster}.nodes.{node}.{key}"] = getattr(wire, key)
    return [
        f"{path}: {key}: there is no file {settings.path(file)}"
        for key, file in named.items()
        if file is not None and not settings.path(file).is_file()
    ]


def _sentence(path: Path, fault: Any) -> str:
    place = [str(part) for part in fault["loc"] if part != "[key]"]
    key = ".".join(place) or "the file"
    kind, given = fault["type"], fault.get("input")
    if kind == "extra_forbidden":
        return f"{path}: {key}: there is no such key{_did_you_mean(place)}"
    if kind == "missing":
        return f"{path}: {key}: is missing"
    if kind == "value_error":
        shown = f" ({given!r})" if isinstance(given, str) else ""
        return f"{path}: {key}{shown}: {fault['ctx']['error']}"
    shown = repr(given) if isinstance(given, str | int | float | bool) else f"a {type(given).__name__}"
    return f"{path}: {key}: {shown} is not accepted: {fault['msg'][0].lower()}{fault['msg'][1:]}"


def _did_you_mean(place: list[str]) -> str:
    keys = _keys_at(place[:-1])
    near = get_close_matches(place[-1], keys, n=1, cutoff=0.5)
    if near:
        return f"; did you mean {near[0]}?"
    return f"; known here: {', '.join(keys)}" if keys else ""


def _keys_at(place: list[str]) -> list[str]:
    model: type[BaseModel]
    match place:
        case []:
            model = FileSettings
        case ["slack"]:
            model = SlackPart
        case ["store"]:
            model = StorePart
        case ["server"]:
            model = ServerPart
        case ["arrays", _]:
            model = ArrayPart
        case ["clusters", _]:
            model = ClusterPart
        case ["clusters", _, "nodes", _]:
            model = NodePart
        case _:
            return []
    return list(model.model_fields)
