"""Backups that end in every way, begun together so that the clusters of one town work side by side."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from tests.journeys.world import MARA, OPS, RANDOM, Town, first, until

HYPER_V = "Microsoft Hyper-V VSS Writer"
LONG_START = {"start_s": 900.0}  # before the gate: DiskShadow itself needs that long
LONG_PREPARE = {"prepare_snapshot_s": 900.0}


@dataclass(frozen=True)
class Story:
    """A backup that was asked for, in Slack (`run`) or from a terminal."""

    cluster: str
    run: str = ""
    behind: str = ""  # the run that waits behind this one
    answer: str = ""  # what the person saw who asked for a cancel
    terminal: subprocess.Popen[str] | None = None


def begin(town: Town) -> dict[str, Story]:
    """Let every story begin, the ones that take longest first; cancel those that are to be cancelled."""
    found = {"veto": _vetoed(town)}
    strict = {"action": "set_unknown", "name": "ignore_failing_exec", "value": False}
    found["cancelled"] = _asked(town, "volume1", {"action": "set_timing", **LONG_START}, strict)
    found["not stopped"] = _asked(town, "volume1", {"action": "set_timing", **LONG_START})
    found["too late"] = _asked(town, "volume1", {"action": "set_timing", **LONG_PREPARE})
    found["queue"] = _queued(town)
    found["elsewhere asked"] = _asked(town, "volume1", channel=RANDOM)
    found["lines"] = _from_a_terminal(town)
    found["json"] = _from_a_terminal(town, "--json", leave_out=True)
    found["group"] = _asked(town, "volume2")
    found["two"] = _asked(town, "volume3 volume1")
    fail_writer = {"action": "fail_writer", "writer": HYPER_V}
    found["writer"] = _asked(town, "volume1", fail_writer, on_first_node=True)
    found["left out"] = _asked(town, "volume1", {"action": "leave_out_vm"}, vm="vm01")
    found["elsewhere"] = _asked(town, "volume1", {"action": "fail_vm"}, vm="vm02")
    for name in ("cancelled", "not stopped"):
        until(partial(diskshadow_runs, town, found[name].cluster), f"DiskShadow of {name} runs")
        found[name] = _cancelled(town, found[name])
    town.in_phase(found["too late"].run, "Preparing")
    found["too late"] = _cancelled(town, found["too late"])
    return found


def _cancelled(town: Town, story: Story) -> Story:
    return replace(story, answer=town.answer(f"/vss cancel {story.run}"))


def diskshadow_runs(town: Town, cluster: str) -> bool:
    """Tell whether DiskShadow runs on one of a cluster's nodes."""
    lines = [p for node in town.nodes(cluster) for p in node["processes"] if p["exit_code"] is None]
    return any("diskshadow" in process["command_line"].lower() for process in lines)


def _vetoed(town: Town) -> Story:
    """The fault hits whoever makes a set next, so nobody else may be about to, and the others wait until it has."""
    before = ("queued", "checking", "creating")
    query = "select id from runs where stage in (?, ?, ?)"
    until(lambda: not town.rows(query, *before), "earlier journeys have made their sets")
    town.break_("vss.provider", "veto")
    story = _asked(town, "volume1")
    until(lambda: not town.waiting("vss.provider"), "the provider has refused")
    return story


def _queued(town: Town) -> Story:
    """One wish twice, the second time by somebody else, then a wish for another volume of the cluster."""
    story = _asked(town, "volume1", {"action": "set_timing", "prepare_snapshot_s": 300.0})
    joined = town.answer(f"/vss backup {story.cluster} volume1", user=MARA)
    waits = town.answer(f"/vss backup {story.cluster} volume3")
    [_, behind] = [str(row["id"]) for row in town.runs(story.cluster)]
    return replace(story, behind=behind, answer=f"{joined}\n{waits}")


def _asked(
    town: Town,
    volumes: str,
    *acts: dict[str, Any],
    vm: str = "",
    on_first_node: bool = False,
    channel: str = OPS,
) -> Story:
    cluster = town.cluster()
    for act in acts:
        where = {"node": first(cluster)} if on_first_node else {"cluster": cluster}
        town.post("node", **act, **where, **({"vm": f"{cluster}-{vm}"} if vm else {}))
    return Story(cluster, town.backup(cluster, *volumes.split(), channel=channel))


def _from_a_terminal(town: Town, *options: str, leave_out: bool = False) -> Story:
    cluster = town.cluster()
    if leave_out:
        town.post("node", action="leave_out_vm", cluster=cluster, vm=f"{cluster}-vm02")
    terminal = subprocess.Popen(
        town.command("backup", *options, cluster, "volume1"),
        env=town.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    return Story(cluster, terminal=terminal)
