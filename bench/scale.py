"""CPU and memory of the bot with many clusters, one run each at once, beside the plain loop."""

from __future__ import annotations

import time
from dataclasses import dataclass

from bench import acks, phases, runs
from bench.figures import Row, seconds
from bench.peer import run_peer
from bench.programs import Programs, World
from bench.timeline import Truth, truths
from bench.usage import Usage, watched

READY_S, IDLE_MB, BUSY_MB, CORES = 3.0, 150.0, 250.0, 1.0
SETTLE_S = 3.0
ACKS_AFTER_S = 8.0  # checks go on, the first runs are on their nodes
MOST = 300


def idle(programs: Programs, cluster: World, clusters: int, lasting_s: float) -> list[Row]:
    """Start a bot and let it do nothing."""
    with programs.slack() as slack, programs.bot(cluster, slack, clusters=clusters) as bot:
        time.sleep(SETTLE_S)
        with watched(bot.process) as usage:
            time.sleep(lasting_s)
    when = f"{clusters} clusters configured"
    return [
        Row("process start → ready", when, f"{bot.ready_s:.1f} s", "≤ 3 s", bot.ready_s <= READY_S),
        Row("idle memory (RSS)", when, f"{usage.rss_mb:.0f} MB", "≤ 150 MB", usage.rss_mb <= IDLE_MB),
        Row("idle CPU", f"{when}, {lasting_s:g} s", f"{usage.cores * 100:.1f} % of a core"),
    ]


@dataclass(frozen=True)
class Stage:
    """So many runs at once; `ack_s` types commands for so long meanwhile, `speed` is that of the world."""

    count: int
    speed: float
    limit_s: float
    ack_s: float = 0.0
    phases: bool = False


def busy(programs: Programs, cluster: World, stage: Stage) -> list[Row]:
    """Back up one volume of each cluster at once, with a fresh bot and workspace."""
    count, typed = stage.count, list[Row]()
    with (
        programs.slack() as slack,
        programs.bot(cluster, slack, clusters=count) as bot,
        watched(bot.process) as usage,
        watched(cluster.process) as simulator,
    ):
        batch = runs.start(slack.control, runs.names(count))
        if stage.ack_s:
            time.sleep(ACKS_AFTER_S)
            typed = acks.measure(slack.control, count, stage.ack_s)
        runs.wait(slack.control, batch, stage.limit_s)
    nodes = runs.nodes_of(cluster.ready["nodes"], batch.clusters)
    done = truths(cluster.control, batch.began, nodes)
    when = f"{count} at once, node work {stage.speed:g}× as fast as real"
    shown = phases.rows(cluster, batch, done, when) if stage.phases else []
    return [*_used(stage, len(done), usage, simulator), *_came(batch, done, when), *shown, *typed]


def _used(stage: Stage, ended: int, usage: Usage, simulator: Usage) -> list[Row]:
    """A goal is only met by a stage that came to its end."""
    count, when = stage.count, f"{stage.count} at once, node work {stage.speed:g}× as fast as real"
    most, whole = count >= MOST, ended == count
    each = f"{usage.cpu_s / count:.2f} s a run " if whole else f"{count - ended} runs not ended yet "
    return [
        Row(
            "bot: CPU",
            f"{when}, over {usage.wall_s:.0f} s",
            f"{usage.cores:.2f} cores, {each}(the simulator: {simulator.cores:.2f} cores)",
            "≤ 1 core" if most else "",
            usage.cores <= CORES if most and whole else None,
        ),
        Row(
            "bot: memory (RSS), most",
            f"{when}, {usage.threads} threads",
            f"{usage.peak_mb:.0f} MB",
            "≤ 250 MB" if most else "",
            usage.peak_mb <= BUSY_MB if most and whole else None,
        ),
    ]


def _came(batch: runs.Batch, done: dict[str, Truth], when: str) -> list[Row]:
    count = len(batch.clusters)
    acked = f"{when}, typed by eight people at once"
    return [
        Row("backup command → ack", acked, seconds(batch.acks, 0.5, 1.0)),
        Row(
            "command typed → gate on the node, of those that ended",
            when,
            seconds([truth.gate - batch.began for truth in done.values()], 0.5, 1.0),
        ),
        Row(
            "outcomes when the stage ended",
            when,
            f"{len(done)} of {count} ended on the node, {batch.over} told on the card, {batch.verified} verified",
        ),
    ]


def loop(programs: Programs, cluster: World, count: int, limit_s: float) -> list[Row]:
    """Run the plain loop over as many clusters."""
    result, usage = run_peer(programs, cluster, count, limit_s)
    return [
        Row(
            "plain pywinrm loop: CPU",
            f"{count} jobs at once, over {usage.wall_s:.0f} s",
            f"{usage.cores:.2f} cores, {usage.cpu_s / count:.2f} s a job",
        ),
        Row("plain pywinrm loop: memory (RSS), most", f"{count} jobs at once", f"{usage.peak_mb:.0f} MB"),
        Row(
            "plain pywinrm loop: start → DiskShadow runs",
            f"{count} jobs at once; {result.ended} ended with code 0",
            seconds(result.started, 0.5, 1.0),
        ),
    ]
