"""How long a person waits for the ack of a command while many runs are active."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice

from bench.control import Control
from bench.figures import Row, quantile, seconds

PER_S = 10.0
GOAL_S = 0.1
FLOOR = "/nothing"  # no command of this workspace: answered without asking the bot


def measure(control: Control, active: int, lasting_s: float) -> list[Row]:
    """Type commands at a steady rate, whether or not the earlier ones were answered."""
    texts = {
        "backup that joins a run": "/vss backup cluster1 volume1",
        "explain": "/vss explain 0x80042306",
        "unknown cluster": "/vss backup clutser1 volume1",
        "status": "/vss status",
    }
    kinds = list(islice(cycle(texts), int(PER_S * lasting_s)))
    began = time.perf_counter() + 0.2

    def one(place: int) -> float:
        due = began + place / PER_S
        time.sleep(max(0.0, due - time.perf_counter()))
        control.command(texts[kinds[place]])
        return time.perf_counter() - due  # a command that had to wait for its turn has waited too

    with ThreadPoolExecutor(16) as people:
        floor = [control.command(FLOOR) for _ in range(50)]
        took = list(people.map(one, range(len(kinds))))
    when = f"{active} runs active, {PER_S:g} commands/s for {lasting_s:g} s"
    rows = [
        Row(
            "command → ack, all",
            when,
            seconds(took, 0.5, 0.99),
            "p99 ≤ 0.1 s",
            quantile(took, 0.99) <= GOAL_S,
        )
    ]
    for kind in texts:
        of_kind = [taken for taken, name in zip(took, kinds, strict=True) if name == kind]
        rows.append(Row(f"command → ack, {kind}", when, seconds(of_kind, 0.5, 0.99)))
    rows.append(
        Row(
            "the same way without the bot",
            "what control API and Slack's simulator add",
            seconds(floor, 0.5, 0.99),
        )
    )
    return rows
