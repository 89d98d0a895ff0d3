"""The bot's own time of one run, on nodes whose simulated work takes no time."""

from __future__ import annotations

from bench import runs
from bench.figures import Row, quantile, seconds
from bench.programs import Programs
from bench.timeline import truths

SPEED = 1_000_000.0
BEFORE_S, AFTER_S = 3.0, 5.0
LIMIT_S = 60.0


def measure(programs: Programs, times: int) -> list[Row]:
    """Run backups one after the other."""
    cluster = programs.world("cluster,array", speed=SPEED, clusters=times)()
    before: list[float] = []
    after: list[float] = []
    told: list[float] = []
    with programs.slack() as slack, programs.bot(cluster, slack) as bot:
        for name in runs.names(times):
            batch = runs.start(slack.control, [name])
            runs.wait(slack.control, batch, LIMIT_S)
            one = batch.shown[name]
            truth = truths(cluster.control, batch.began, runs.nodes_of(cluster.ready["nodes"], [name]))[name]
            if one.final is None or one.notice is None:
                raise RuntimeError(f"{name} has no outcome; see {bot.log}")
            before.append(truth.gate - batch.began)
            after.append(one.final - truth.exited)
            told.append(one.notice - truth.exited)
    programs.stop(cluster.process.pid)
    when = "one run at a time, node work ≈ 0; the simulator's own computing is included"
    return [
        _row("command typed → gate passed on the node", when, before, BEFORE_S),
        _row("DiskShadow ended → proved outcome on the card", when, after, AFTER_S),
        _row("DiskShadow ended → notice in the team's channel", when, told, AFTER_S),
    ]


def _row(what: str, when: str, values: list[float], goal: float) -> Row:
    return Row(what, when, seconds(values, 0.5, 1.0), f"≤ {goal:g} s", quantile(values, 1.0) <= goal)
