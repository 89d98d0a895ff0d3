"""`./run bench`: measures the real programs, prints a table, and keeps the figures as JSON."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psutil

from bench import overhead, scale
from bench.figures import Row, table
from bench.programs import Programs
from bench.scale import Stage

QUICK_SPEED, SHOW_SPEED, MANY_SPEED = 12.0, 5.0, 8.0


def main() -> int:
    """Run the bench; exit code 0 whatever the figures are, they are no test."""
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer and shorter stages, at most two minutes")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    parser.add_argument(
        "--markdown", type=Path, help="also write the table to this file, as docs/figures.md has it"
    )
    given = parser.parse_args()
    machine, began, rows = _machine(), time.monotonic(), list[Row]()
    with tempfile.TemporaryDirectory(prefix="vssbot-bench-") as place:
        programs = Programs(Path(place))
        try:
            for found in _quick(programs) if given.quick else _full(programs):
                rows += found
                print(table(found).partition("|---|\n")[2], file=sys.stderr, flush=True)
        finally:
            programs.close()
    machine |= {"load_after": list(os.getloadavg()), "took_s": round(time.monotonic() - began)}
    print(table(rows))
    if given.json:
        figures = {"machine": machine, "rows": [row.record() for row in rows]}
        given.json.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", "utf-8")
    if given.markdown:
        given.markdown.write_text(_page(machine, rows, quick=given.quick), "utf-8")
    return 0


def _quick(programs: Programs) -> Iterator[list[Row]]:
    yield overhead.measure(programs, 3)
    world = programs.world("cluster,array", speed=QUICK_SPEED, clusters=8)()
    yield scale.idle(programs, world, 8, 4.0)
    yield scale.busy(programs, world, Stage(8, QUICK_SPEED, 40.0, ack_s=4.0, phases=True))
    yield scale.loop(programs, world, 8, 30.0)


def _full(programs: Programs) -> Iterator[list[Row]]:
    yield overhead.measure(programs, 5)
    many = programs.world("cluster,array", speed=MANY_SPEED, clusters=scale.MOST)
    few = programs.world("cluster,array", speed=SHOW_SPEED, clusters=8)()
    world = many()  # no measuring while it starts: that takes half a minute of a core
    yield scale.idle(programs, few, 1, 5.0)
    yield scale.busy(programs, few, Stage(1, SHOW_SPEED, 60.0, phases=True))
    yield scale.busy(programs, few, Stage(8, SHOW_SPEED, 60.0, phases=True))
    programs.stop(few.process.pid)
    yield scale.idle(programs, world, scale.MOST, 5.0)
    yield scale.busy(programs, world, Stage(10, MANY_SPEED, 40.0))
    yield scale.busy(programs, world, Stage(50, MANY_SPEED, 50.0, ack_s=10.0))
    yield scale.loop(programs, world, 50, 50.0)
    yield scale.busy(programs, world, Stage(scale.MOST, MANY_SPEED, 75.0))


def _machine() -> dict[str, object]:
    return {
        "date": datetime.now(UTC).isoformat(timespec="minutes"),
        "cores": psutil.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "load_before": list(os.getloadavg()),
    }


def _page(machine: dict[str, object], rows: list[Row], *, quick: bool) -> str:
    loads = [", ".join(f"{load:.1f}" for load in machine[key]) for key in ("load_before", "load_after")]  # type: ignore[attr-defined]
    return f"""# Figures

Made by `./run bench{" --quick" if quick else ""} --markdown docs/figures.md`; do not edit. {machine["date"]}, {machine["cores"]} cores, {machine["memory_gb"]} GB, {machine["system"]}, Python {machine["python"]}. It took {machine["took_s"]} s. Load of the machine (1, 5, 15 minutes) before: {loads[0]}; after: {loads[1]}. The bench's own programs are in the second one; a first one well above 0 means that others used the machine too, and that times are longer than they need be.

{table(rows)}

How to read it:

- Bot, simulated nodes with array, simulated Slack, and this bench are processes of their own on one machine. CPU and memory are the bot's alone, read from its process; waiting for a simulator that has no core left does count into times, so times of many runs at once say as much about the machine as about the bot.
- A run's times on its node are those of the node's own processes and of VSS's diagnostics, not what the bot believes. Slack's times are the workspace's stamps.
- Slack is simulated with its published limits: one post a second in a channel, about fifty edits a minute. With many runs at once in one channel, cards appear and change only as fast as that.
- Simulated work runs faster than on a real node, so phases follow each other closer and each run costs its fixed part in a shorter time: cores are higher than in reality, CPU seconds a run lower, and short phases (freeze, thaw) may be over between two looks.
- A phase's figure begins when the node begins it and so includes up to two seconds until the bot's next look; the goal speaks of what the bot has seen. Eight runs that were asked for in the same second also change phase in the same second, and then wait for each other's edits.
- A stage ends at a limit of time. What had not ended by then is named, and a goal counts as met only by a whole stage.
- The plain loop starts the same DiskShadow script over the same WinRM, a thread for each cluster, and waits for its text. It checks nothing before, loses the run when the line or its own process breaks, proves nothing on the array or in the event logs, shows nothing, and needs an account that may be a VSS requester.
"""


if __name__ == "__main__":
    sys.exit(main())
