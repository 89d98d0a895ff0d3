"""From a phase change on the node to the edit in Slack."""

from __future__ import annotations

from bench.figures import Row, quantile, seconds
from bench.programs import World
from bench.runs import Batch
from bench.timeline import PHASES, Truth, add_diagnostics

GOAL_S = 2.0
PROMISED_UP_TO = 8


def rows(cluster: World, batch: Batch, done: dict[str, Truth], when: str) -> list[Row]:
    """Compare each node's own times with the versions of its card."""
    delays: list[float] = []
    passed: list[str] = []
    for name, truth in done.items():
        add_diagnostics(cluster.control, truth)
        for phase, at in truth.phases.items():
            delay = batch.shown[name].delay(phase, at) if name in batch.shown else None
            if delay is None:
                passed.append(phase)
            else:
                delays.append(delay)
    missed = ", ".join(f"{phase} {passed.count(phase)}×" for phase in PHASES if phase in passed)
    figure = seconds(delays, 0.5, 0.95) + (f"; over before it could be shown: {missed}" if missed else "")
    ends = [
        one.final - done[name].exited
        for name, one in batch.shown.items()
        if one.final is not None and name in done
    ]
    promised = len(batch.clusters) <= PROMISED_UP_TO
    met = quantile(delays, 0.95) <= GOAL_S if promised else None
    return [
        Row("phase begins on the node → card says so", when, figure, "≤ 2 s" if promised else "", met),
        Row("DiskShadow ended → outcome on the card", when, seconds(ends, 0.5, 1.0)),
    ]
