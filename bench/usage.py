"""What a process uses, read from the process itself."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import psutil

EVERY_S = 0.5


@dataclass
class Usage:
    """CPU and memory of a process over a time; `cores` is CPU seconds a second, `peak_mb` the largest RSS."""

    wall_s: float = 0.0
    cpu_s: float = 0.0
    rss_mb: float = 0.0
    peak_mb: float = 0.0
    threads: int = 0

    @property
    def cores(self) -> float:
        """Return CPU seconds per second."""
        return self.cpu_s / self.wall_s if self.wall_s else 0.0


def cpu_s(process: psutil.Process) -> float:
    """Return the CPU seconds a process has used so far."""
    times = process.cpu_times()
    return float(times.user + times.system)


@contextmanager
def watched(process: psutil.Process) -> Iterator[Usage]:
    """Fill a Usage while the block runs."""
    usage, stop = Usage(), threading.Event()
    began, used = time.monotonic(), cpu_s(process)

    def look() -> None:
        with suppress(psutil.NoSuchProcess):
            usage.cpu_s = cpu_s(process) - used
            usage.wall_s = time.monotonic() - began
            usage.rss_mb = process.memory_info().rss / 1e6
            usage.peak_mb = max(usage.peak_mb, usage.rss_mb)
            usage.threads = max(usage.threads, process.num_threads())

    def loop() -> None:
        while not stop.wait(EVERY_S):
            look()

    thread = threading.Thread(target=loop, daemon=True)
    thread.start()
    try:
        yield usage
    finally:
        stop.set()
        thread.join()
        look()
