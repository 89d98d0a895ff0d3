"""Starts the programs that are measured: worlds and bots, each as a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psutil

from bench.control import Control

START_S = 120.0
STOP_S = 12.0


@dataclass(frozen=True)
class World:
    """A running part of the sandbox."""

    folder: Path
    ready: dict[str, Any]
    process: psutil.Process

    @property
    def control(self) -> Control:
        """Return its control API."""
        return Control(self.ready["control"])


@dataclass(frozen=True)
class Bot:
    """A running bot; `ready_s` is the time from the start of its process to its line `ready`."""

    process: psutil.Process
    log: Path
    ready_s: float


class Programs:
    """What was started; everything is stopped at the end, the last first."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self._children: list[subprocess.Popen[bytes]] = []
        self._count = 0

    def world(self, parts: str, *, speed: float = 1.0, clusters: int = 1) -> Callable[[], World]:
        """Start a world; the result waits until it is ready."""
        folder = self._folder("world")
        command = [sys.executable, "-m", "sandbox", "serve", "--parts", parts, "--dir", str(folder)]
        command += ["--speed", str(speed), "--clusters", str(clusters)]
        with (folder / "log").open("wb") as log:
            child = self.start(command, stdout=subprocess.PIPE, stderr=log)

        def ready() -> World:
            line = child.stdout.readline() if child.stdout else b""
            if not line:
                raise RuntimeError(
                    f"the sandbox did not start: {(folder / 'log').read_text('utf-8')[-2000:]}"
                )
            return World(folder, json.loads(line), psutil.Process(child.pid))

        return ready

    @contextmanager
    def slack(self) -> Iterator[World]:
        """Run a workspace with fresh rate limits, apart from the nodes, whose work must not delay its acks."""
        world = self.world("slack")()
        try:
            yield world
        finally:
            self.stop(world.process.pid)

    @contextmanager
    def bot(self, cluster: World, slack: World, *, clusters: int | None = None) -> Iterator[Bot]:
        """Run a bot with an empty store between a cluster's and a workspace's world."""
        folder = self._folder("bot")
        text = (cluster.folder / "vssbot.toml").read_text("utf-8")
        (folder / "vssbot.toml").write_text(text if clusters is None else _first(text, clusters), "utf-8")
        (folder / "ca.pem").write_bytes((cluster.folder / "ca.pem").read_bytes())
        environment = os.environ | _secrets(cluster.folder) | _secrets(slack.folder)
        log = folder / "log"
        with log.open("wb") as out:
            child = self.start(
                [sys.executable, "-m", "bot.__main__", "serve", "-c", str(folder / "vssbot.toml")],
                env=environment,
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        process = psutil.Process(child.pid)
        try:
            ready = _logged(log, "ready")
            _logged(log, "connected to Slack")
            yield Bot(process, log, ready - process.create_time())
        finally:
            self.stop(child.pid)

    def start(self, command: list[str], **options: Any) -> subprocess.Popen[bytes]:
        """Start a program."""
        child = subprocess.Popen(command, start_new_session=True, **options)
        self._children.append(child)
        return child

    def stop(self, pid: int) -> None:
        """Stop one of the programs that were started here."""
        child = next(child for child in self._children if child.pid == pid)
        self._children.remove(child)
        child.terminate()
        try:
            child.wait(STOP_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        if child.stdout:
            child.stdout.close()

    def close(self) -> None:
        """Stop what still runs."""
        for child in reversed(list(self._children)):
            self.stop(child.pid)

    def _folder(self, name: str) -> Path:
        self._count += 1
        folder = self.place / f"{name}{self._count}"
        folder.mkdir(parents=True)
        return folder


def _secrets(folder: Path) -> dict[str, str]:
    lines = (folder / "vssbot.env").read_text("utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)


def _first(text: str, clusters: int) -> str:
    """Leave only the first clusters in a configuration."""
    kept, skip = [], False
    for line in text.splitlines():
        if line.startswith("["):
            words = line.strip("[]").split(".")
            skip = words[0] == "clusters" and int(words[1].removeprefix("cluster")) > clusters
        if not skip:
            kept.append(line)
    return "\n".join(kept) + "\n"


def _logged(log: Path, event: str) -> float:
    """Wait for a line of the bot's log and return its time, in seconds since 1970."""
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        for line in log.read_text("utf-8", "replace").splitlines():
            if f'"event": "{event}"' in line:
                stamp: str = json.loads(line)["timestamp"]
                return datetime.fromisoformat(stamp).timestamp()
        time.sleep(0.05)
    raise RuntimeError(f"no “{event}” in the bot's log: {log.read_text('utf-8', 'replace')[-2000:]}")
