"""A process that runs the real engine: `python -m … DATABASE BEHAVIOUR RUN…`; it stops when told on stdin."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable

from bot.ports import Steps, Stopped, Unreachable

Say = Callable[[str], None]
Second = Callable[[str, Steps], None]


def backup(run_id: str, steps: Steps, say: Say, second: Second) -> None:
    """Run a body of four steps; the first fails in a way that the body knows, `second` may misbehave."""
    try:
        steps.run("zero", lambda: _fail(run_id, say))
    except Unreachable as error:
        say(f"{run_id} knows that {error.place} is unreachable")
    value = steps.run("one", lambda: _act(run_id, "one", say))
    steps.run("two", lambda: _then(run_id, say, lambda: second(run_id, steps)))
    steps.run("three", lambda: _act(run_id, f"three with {value}", say))
    say(f"{run_id} over")


def _fail(run_id: str, say: Say) -> None:
    say(f"{run_id} zero")
    raise Unreachable("hv-01", "no route")


def _act(run_id: str, name: str, say: Say) -> list[str]:
    say(f"{run_id} {name}")
    return [run_id, name]


def _then(run_id: str, say: Say, act: Callable[[], None]) -> None:
    say(f"{run_id} two")
    act()


def work(_run_id: str, _steps: Steps) -> None:
    """Do nothing more."""


def hang(_run_id: str, _steps: Steps) -> None:
    """Never return, and never look whether the process wants to stop."""
    threading.Event().wait()


def polite(_run_id: str, steps: Steps) -> None:
    """Look at something again and again until the process wants to stop."""
    while not steps.stopping():
        threading.Event().wait(0.02)
    raise Stopped


def _say(words: str) -> None:
    # One write: lines of several threads must not mix.
    os.write(1, (words + "\n").encode())


def main(database: str, behaviour: str, run_ids: list[str]) -> None:
    """Run the engine until a line `stop SECONDS` comes."""
    from integrations.engine.dbos_engine import DbosEngine, EngineBusy

    second: Second = {"work": work, "hang": hang, "polite": polite, "sleepy": work}[behaviour]

    def body(run_id: str, steps: Steps) -> None:
        if behaviour == "sleepy":
            _say(f"{run_id} sleeps")
            steps.sleep(3600)
        backup(run_id, steps, _say, second)

    engine = DbosEngine(database, body)
    try:
        engine.start()
    except EngineBusy as busy:
        _say(f"busy {busy.pid}")
        return
    _say("started")
    for run_id in run_ids:
        engine.submit(run_id, run_id.split("-")[0])
    words = sys.stdin.readline().split() or ["stop", "0"]
    _say(f"stopped {engine.stop(float(words[1]))}")
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
