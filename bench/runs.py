"""Starts backups of many clusters at once and waits for their outcomes in Slack."""

from __future__ import annotations

import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from bench.control import Control
from bench.timeline import Shown, shown

LOOK_S = 1.0


@dataclass
class Batch:
    """Backups that were asked for at once."""

    began: float
    acks: list[float]
    clusters: list[str]
    volume: str
    shown: dict[str, Shown] = field(default_factory=dict)

    @property
    def over(self) -> int:
        """Return how many have their outcome in Slack."""
        return sum(bool(one.outcome) for one in self.shown.values())

    @property
    def verified(self) -> int:
        """Return how many are verified."""
        return sum(one.outcome == "Verified" for one in self.shown.values())


def names(count: int, first: int = 1) -> list[str]:
    """Return the names of so many clusters."""
    return [f"cluster{number}" for number in range(first, first + count)]


def nodes_of(ready: Iterable[str], clusters: Iterable[str]) -> dict[str, list[str]]:
    """Return each cluster's two nodes, which the sandbox numbers through."""
    nodes = list(ready)
    numbers = {name: int(name.removeprefix("cluster")) for name in clusters}
    return {name: nodes[(number - 1) * 2 : number * 2] for name, number in numbers.items()}


def start(control: Control, clusters: list[str], volume: str = "volume1") -> Batch:
    """Ask for a backup of every cluster, eight people typing."""
    began = time.time()
    with ThreadPoolExecutor(8) as people:
        acks = list(people.map(lambda name: control.command(f"/vss backup {name} {volume}"), clusters))
    return Batch(began, acks, clusters, volume)


def wait(control: Control, batch: Batch, limit_s: float) -> bool:
    """Wait until every card has its outcome; False when the time is over."""
    until = time.monotonic() + limit_s
    while time.monotonic() < until:
        batch.shown = shown(control, batch.began, batch.volume)
        if batch.over >= len(batch.clusters):
            return True
        time.sleep(LOOK_S)
    return False
