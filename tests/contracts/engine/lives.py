"""One life of an engine process after another on the same database, seen through what it says."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[3]


class Life:
    """A running engine process."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.said: list[str] = []

    def until(self, words: str) -> list[str]:
        """Read what it says until these words, which it must say, and return everything so far."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line.strip())
            if self.said[-1] == words:
                return self.said
        raise AssertionError(f"it ended without saying {words!r}: {self.said}")

    def kill(self) -> None:
        """End it as kill -9 does."""
        self.process.kill()
        self.process.wait()

    def stop(self, seconds: float) -> bool:
        """Ask it to stop and return whether everything had left; it must have exited then."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"stop {seconds}\n")
        self.process.stdin.flush()
        rest, _ = self.process.communicate(timeout=30)
        assert self.process.returncode == 0
        self.said += rest.splitlines()
        return self.said[-1] == "stopped True"


@contextmanager
def life(database: Path, behaviour: str, *run_ids: str, python: str = sys.executable) -> Iterator[Life]:
    """Start an engine process that runs these ids (the cluster is the part before the first dash)."""
    command = [python, "-m", "tests.contracts.engine.child", str(database), behaviour, *run_ids]
    process = subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with process:
        try:
            yield Life(process)
        finally:
            process.kill()
