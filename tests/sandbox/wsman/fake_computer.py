"""A computer whose processes do what a test tells them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

KILLED = 0xC000013A


class ScriptedProcess:
    """A process that prints and ends when the test says so."""

    def __init__(self, pid: int, line: str, user: str) -> None:
        self.pid = pid
        self.line = line
        self.user = user
        self.cwd: str | None = None
        self.env: dict[str, str] = {}
        self.codepage = 0
        self.killed = False
        self.kills = 0
        self.input = b""
        self.input_ended = False
        self.reads = 0
        self._chunks: list[tuple[str, bytes]] = []
        self._exit_code: int | None = None
        self._changed = threading.Condition()

    @property
    def exit_code(self) -> int | None:
        return self._exit_code

    def out(self, data: bytes, stream: str = "stdout") -> ScriptedProcess:
        with self._changed:
            self._chunks.append((stream, data))
            self._changed.notify_all()
        return self

    def end(self, code: int = 0) -> None:
        with self._changed:
            self._exit_code = code
            self._changed.notify_all()

    def wait_for_input(self, timeout_s: float = 5) -> bytes:
        """Return the whole input once it has ended."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.input_ended, timeout_s)
            return self.input

    def wait_for_reader(self, timeout_s: float = 5) -> None:
        """Return once somebody waits for output."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.reads > 0, timeout_s)

    def read_output(self, timeout_s: float) -> list[tuple[str, bytes]]:
        deadline = time.monotonic() + timeout_s
        with self._changed:
            self.reads += 1
            self._changed.notify_all()
            while not self._chunks and self._exit_code is None:
                if not self._changed.wait(max(0.0, deadline - time.monotonic())):
                    break
            self.reads -= 1
            chunks, self._chunks = self._chunks, []
            return chunks

    def write_input(self, data: bytes, end: bool) -> None:
        with self._changed:
            self.input += data
            self.input_ended = self.input_ended or end
            self._changed.notify_all()

    def kill(self) -> None:
        self.kills += 1
        if self._exit_code is None:
            self.killed = True
            self.end(KILLED)


Script = Callable[[ScriptedProcess], None]


@dataclass
class FakeComputer:
    """Runs `scripts[command line]` for what it is asked to start; unknown lines run until told to end."""

    name: str = "HV-01"
    passwords: dict[str, str] = field(default_factory=lambda: {"backup": "Pa:ss word1", "other": "secret"})
    scripts: dict[str, Script] = field(default_factory=dict)
    started: list[ScriptedProcess] = field(default_factory=list)

    def password_of(self, user: str) -> str | None:
        return self.passwords.get(user.lower())

    def start(
        self, command_line: str, *, user: str, cwd: str | None, env: dict[str, str], codepage: int
    ) -> ScriptedProcess:
        if cwd is not None and cwd.startswith("Q:"):
            raise NotADirectoryError(cwd)
        process = ScriptedProcess(1000 + len(self.started), command_line, user)
        process.cwd, process.env, process.codepage = cwd, env, codepage
        self.started.append(process)
        script = self.scripts.get(command_line)
        if script is not None:
            script(process)
        return process

    def echo(self, line: str, *chunks: bytes, code: int = 0) -> None:
        """Let a command line print chunks and end."""

        def run(process: ScriptedProcess) -> None:
            for chunk in chunks:
                process.out(chunk)
            process.end(code)

        self.scripts[line] = run
