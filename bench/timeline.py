"""What happened on a node, and when it was shown in Slack; all times in seconds since 1970, one machine's clock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bench.control import Control
from integrations.hyperv.diag import parse

PHASES = (
    "Queued",
    "Checking",
    "Gathering writers",
    "Gate",
    "Preparing",
    "Freeze and snapshot",
    "Thaw",
    "Completing",
    "Proving",
    "Verified",
)
OUTCOMES = ("Verified", "Unverified", "Incomplete", "Failed", "Cancelled", "Unknown")
TEAM_CHANNEL = "C0STORAGE01"
DIAG = r"reg query HKLM\SYSTEM\CurrentControlSet\Services\VSS\Diag /s"
STARTS = {"FREEZE": "Freeze and snapshot", "THAW": "Thaw"}


@dataclass(frozen=True)
class Truth:
    """When a run reached each phase on its node; `exited` is the first thing the kit does after DiskShadow."""

    node: str
    gate: float
    ended: float
    exited: float
    phases: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Shown:
    """The versions of a run's card as (time, heading), and when its notice came."""

    versions: tuple[tuple[float, str], ...] = ()
    notice: float | None = None

    @property
    def outcome(self) -> str:
        """Return the final heading, or an empty text."""
        last = self.versions[-1][1] if self.versions else ""
        return last if last in OUTCOMES else ""

    @property
    def final(self) -> float | None:
        """Return when the card had its outcome."""
        return next((at for at, heading in self.versions if heading in OUTCOMES), None)

    def delay(self, phase: str, at: float) -> float | None:
        """Return the seconds until the card named this phase; None if it passed on to a later one."""
        place = PHASES.index(phase)
        for seen, heading in self.versions:
            if seen >= at and heading in PHASES and PHASES.index(heading) >= place:
                return seen - at if heading == phase else None
        return None


def truths(control: Control, began: float, clusters: dict[str, list[str]]) -> dict[str, Truth]:
    """Read from the nodes' own processes and diagnostics what happened after `began`, for each cluster."""
    machines = {node["name"]: node for node in control.state()["nodes"]}
    found: dict[str, Truth] = {}
    for cluster, nodes in clusters.items():
        for node in nodes:
            truth = _truth(machines[node], began)
            if truth is not None:
                found[cluster] = truth
    return found


def add_diagnostics(control: Control, truth: Truth) -> None:
    """Add when freeze and thaw began, from the node's own diagnostics of its last shadow copy set."""
    output = control.node(action="run", node=truth.node, command_line=DIAG)["stdout"]
    for record in parse(output.encode("ascii", "replace")).records:
        phase, at = STARTS.get(record.phase), record.at.timestamp()
        if phase and record.enter and truth.gate <= at <= truth.ended:
            truth.phases[phase] = min(at, truth.phases.get(phase, at))


def shown(control: Control, began: float, volume: str) -> dict[str, Shown]:
    """Return what Slack got after `began` about backups of this volume, for each cluster."""
    versions: dict[str, tuple[tuple[float, str], ...]] = {}
    notices: dict[str, float] = {}
    for message in control.state()["slack"]["messages"]:
        if message["ephemeral_to"] or float(message["ts"]) < began:
            continue
        texts = [(float(one["ts"]), str(one["text"])) for one in message["revisions"]]
        cluster = _cluster(texts[0][1], volume)
        if cluster and message["channel"] == TEAM_CHANNEL:
            notices[cluster] = texts[0][0]
        elif cluster:
            versions[cluster] = tuple((at, text.partition(":")[0]) for at, text in texts)
    return {name: Shown(versions.get(name, ()), notices.get(name)) for name in versions.keys() | notices}


def _cluster(text: str, volume: str) -> str:
    _, found, rest = text.partition(": backup of ")
    words = rest.replace(".", " ").split()
    return words[0] if found and len(words) > 1 and words[1] == volume else ""


def _truth(machine: dict[str, Any], began: float) -> Truth | None:
    started = [
        (at, str(process["command_line"]))
        for process in machine["processes"]
        if (at := datetime.fromisoformat(process["started"]).timestamp()) >= began
    ]
    gate = next(_times(started, r"\kit\gate.cmd"), None)
    if gate is None:
        return None
    created, ended = (next(_times(started, rf"\kit\{name}.cmd"), None) for name in ("created", "ended"))
    exited = next((at for at in _times(started, "wevtutil qe") if ended and at >= ended), None)
    if created is None or ended is None or exited is None:
        return None
    phases = {"Preparing": gate, "Completing": created}
    asked = next(_times(started, "diskshadow.exe /s"), None)
    if asked is not None:
        phases["Gathering writers"] = asked
    return Truth(machine["name"], gate, ended, exited, phases)


def _times(started: list[tuple[float, str]], part: str) -> Iterator[float]:
    return (at for at, line in started if part in line)
