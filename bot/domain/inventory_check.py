"""The question that the check before a backup answers, and its answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bot.domain.backup import Target, Verdict
from bot.domain.inventory import NodeProbe
from bot.domain.vss import ProviderArray


@dataclass(frozen=True)
class Findings:
    """What the check found: refusals end the run before the act, warnings are shown and change nothing."""

    refusals: tuple[Verdict, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Question:
    """What is to be checked. `arrays` are the arrays that hold the volumes: name -> address or host."""

    target: Target
    paths: Mapping[str, str]  # every configured short name of the cluster -> CSV path
    nodes: tuple[str, ...]  # configured, in order of preference
    probes: Mapping[str, NodeProbe]  # by configured name; a node that did not answer is missing
    arrays: Mapping[str, str] = field(default_factory=dict)
    accepted: frozenset[str] = frozenset()  # VMs accepted as crash-consistent, ids or names

    @property
    def volumes(self) -> dict[str, str]:
        """Return short name -> CSV path of the volumes asked for."""
        return {name: self.paths[name] for name in self.target.volumes}


def is_array(row: ProviderArray, array: str, address: str) -> bool:
    """Tell whether a row of the provider means this array: by its name, or by its address's host."""
    return row.name.lower() == array.lower() or (bool(address) and _host(row.url) == _host(address))


def _host(address: str) -> str:
    text = address if "://" in address else f"//{address}"
    try:
        return (urlsplit(text).hostname or "").lower()
    except ValueError:
        return ""
