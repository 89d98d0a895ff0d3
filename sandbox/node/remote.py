"""A command that somebody runs from outside: its output, its input and its end."""

from __future__ import annotations

from sandbox.node.process import Process
from sandbox.node.streams import OutputQueue, Pipe


class RemoteCommand:
    """A process started through a remote shell."""

    def __init__(self, process: Process, output: OutputQueue, stdin: Pipe) -> None:
        self.process = process
        self.pid = process.pid
        self._output = output
        self._stdin = stdin

    @property
    def exit_code(self) -> int | None:
        """Return the exit code (unsigned), None while it runs or output still waits to be read."""
        return self.process.exit_code if self._output.is_drained else None

    def read_output(self, timeout_s: float) -> list[tuple[str, bytes]]:
        """Return ("stdout" | "stderr", chunk) pairs; blocks until output, end or timeout; [] for nothing."""
        return self._output.read(timeout_s)

    def write_input(self, data: bytes, end: bool) -> None:
        """Feed stdin; `end` closes it."""
        if data:
            self._stdin.write(data)
        if end:
            self._stdin.end()

    def kill(self) -> None:
        """Kill the process and everything it started, also what outlived it."""
        self.process.job.kill()
