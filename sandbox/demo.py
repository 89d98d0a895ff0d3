"""`vssbot-sandbox demo`: this world and the bot beside it, as two programs that meet on their wires."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

STOP_S = 15
START_S = 30


def demo(*, speed: float, folder: Path | None, page_port: int | None) -> int:
    """Run both until Ctrl-C; return the exit code (0 stopped as asked, 1 one of the two did not start)."""
    with tempfile.TemporaryDirectory(prefix="vssbot-demo-") as own:
        place = folder or Path(own)
        place.mkdir(parents=True, exist_ok=True)
        with _Programs() as programs:
            world = programs.start(_world_command(place, speed, page_port), stdout=subprocess.PIPE)
            ready = _first_line(world)
            if ready is None:
                return 1
            log = place / "vssbot.log"
            with log.open("wb") as log_file:
                bot = programs.start(_bot_command(place), env=_environment(place), stderr=log_file)
                _wait_until_well(place, bot)
                _welcome(ready["page"], log)
                stopped = _wait_for_signal(world, bot)
            if not stopped:
                _say(f"One of the programs ended by itself; the bot's log is {log}.")
                sys.stderr.write(log.read_text("utf-8", "replace")[-2000:])
                return 1
    return 0


class _Programs:
    """Child programs that are stopped, last started first, when the demo ends."""

    def __init__(self) -> None:
        self._children: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> _Programs:
        return self

    def __exit__(self, *_: object) -> None:
        for child in reversed(self._children):
            child.terminate()
            try:
                child.wait(STOP_S)
            except subprocess.TimeoutExpired:
                child.kill()

    def start(self, command: list[str], **options: Any) -> subprocess.Popen[bytes]:
        """Start a program in a group of its own, so that Ctrl-C reaches only us."""
        child = subprocess.Popen(command, start_new_session=True, **options)  # noqa: S603 - our own two programs
        self._children.append(child)
        return child


def _world_command(place: Path, speed: float, page_port: int | None) -> list[str]:
    command = [sys.executable, "-m", "sandbox", "serve", "--dir", str(place), "--speed", str(speed)]
    return command + (["--page-port", str(page_port)] if page_port else [])


def _bot_command(place: Path) -> list[str]:
    return [sys.executable, "-m", "bot", "serve", "--config", str(place / "vssbot.toml")]


def _environment(place: Path) -> dict[str, str]:
    lines = (place / "vssbot.env").read_text("utf-8").splitlines()
    return os.environ | dict(line.split("=", 1) for line in lines if "=" in line)


def _first_line(world: subprocess.Popen[bytes]) -> dict[str, Any] | None:
    line = world.stdout.readline() if world.stdout else b""
    if not line:
        _say("The sandbox did not start; what it said stands above.")
        return None
    ready: dict[str, Any] = json.loads(line)
    return ready


def _wait_until_well(place: Path, bot: subprocess.Popen[bytes]) -> None:
    """Wait until the bot says that it is connected, so that the first command typed is heard."""
    command = [sys.executable, "-m", "bot", "health", "--config", str(place / "vssbot.toml")]
    until = time.monotonic() + START_S
    while bot.poll() is None and time.monotonic() < until:
        asked = subprocess.run(command, env=_environment(place), capture_output=True, check=False)  # noqa: S603
        if asked.returncode == 0:
            return


def _welcome(page: str, log: Path) -> None:
    _say(f"Open {page} and type:  /vss backup cluster1 volume1")
    _say(f"The bot's log: {log}   ·   Ctrl-C ends it all.")


def _wait_for_signal(*children: subprocess.Popen[bytes]) -> bool:
    """Return True when asked to stop, False when a child ended by itself."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    while not stop.wait(0.5):
        if any(child.poll() is not None for child in children):
            return False
    return True


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201
