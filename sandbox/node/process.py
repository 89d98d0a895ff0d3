"""Processes of a node: one Python thread each, killed alone or with their children."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sandbox.node.codepages import decode, encode
from sandbox.node.environment import EnvBlock
from sandbox.node.streams import Nothing, Pipe, Sink, Source

if TYPE_CHECKING:
    from datetime import datetime

    from sandbox.node.machine import Machine

__all__ = ["Call", "Console", "Job", "Killed", "Launch", "Process", "Program", "decode", "encode"]

KILLED_EXIT_CODE = 1  # TerminateProcess as Task Manager and taskkill /F call it
CRASHED_EXIT_CODE = 0xC0000005


_NO_ENVIRONMENT = EnvBlock()


def _nothing_to_do() -> None:
    return


class Killed(BaseException):
    """Raised inside a program when its process is killed."""


@dataclass
class Console:
    """What the processes of one console share: the code page of input and output, and the title."""

    codepage: int = 437
    title: str = ""


class Job:
    """The processes that came from one command; killing the job leaves none of them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._live: list[Process] = []
        self._killed = False

    def add(self, process: Process) -> None:
        """Take a process in; into a killed job it does not live."""
        with self._lock:
            self._live = [known for known in self._live if known.exit_code is None]
            self._live.append(process)
            killed = self._killed
        if killed:
            process.stop.set()

    def kill(self, code: int = KILLED_EXIT_CODE) -> None:
        """Kill every process of the job."""
        with self._lock:
            self._killed = True
            live = list(self._live)
        for process in live:
            process.request_end(code)
        for process in live:
            process.kill(code, tree=False)


@dataclass(frozen=True, kw_only=True)
class Launch:
    """Everything a new process is started with."""

    image: str
    command_line: str
    user: str
    cwd: str
    env: EnvBlock
    console: Console
    stdin: Source = field(default_factory=Nothing)
    stdout: Sink = field(default_factory=Nothing)
    stderr: Sink = field(default_factory=Nothing)
    parent: Process | None = None


class Process:
    """A live or ended process; `body` runs in its own thread."""

    def __init__(self, pid: int, launch: Launch, started: datetime) -> None:
        self.pid = pid
        self._stdin: Source | None = launch.stdin
        self.image = launch.image
        self.command_line = launch.command_line
        self.user = launch.user
        self.parent = launch.parent
        self.started = started
        self.env = launch.env
        self.cwd = launch.cwd
        self.console = launch.console
        self.job: Job = launch.parent.job if launch.parent is not None else Job()
        self.let_go_of_cwd: Callable[[], None] = _nothing_to_do
        self.children: list[Process] = []
        self.stop = threading.Event()
        self._exit_code: int | None = None
        self._kill_code: int | None = None
        self._gone = False
        self._changed = threading.Condition()
        self._on_end: list[Callable[[Process], None]] = []
        self._thread: threading.Thread | None = None

    @property
    def parent_pid(self) -> int:
        """Return the parent's process id, 0 when a service of the system started it."""
        return self.parent.pid if self.parent is not None else 0

    @property
    def exit_code(self) -> int | None:
        """Return the exit code as an unsigned 32 bit number, None while the process runs."""
        return self._exit_code

    @property
    def codepage(self) -> int:
        """Return the code page of the process's console."""
        return self.console.codepage

    def on_end(self, action: Callable[[Process], None]) -> None:
        """Call `action` when the process ends, at once if it already has."""
        with self._changed:
            if self._exit_code is None:
                self._on_end.append(action)
                return
        action(self)

    def run(self, body: Callable[[], int]) -> None:
        """Start the thread that runs `body` and ends the process with what it returns."""
        if self.parent is not None:
            self.parent.adopt(self)
        self.job.add(self)
        self._thread = threading.Thread(target=self._live, args=(body,), name=f"pid-{self.pid}", daemon=True)
        self._thread.start()

    def adopt(self, child: Process) -> None:
        """Remember a child; a child of a process that is being killed is killed as well."""
        with self._changed:
            self.children = [known for known in self.children if known.exit_code is None]
            self.children.append(child)
            dying = self.stop.is_set()
        if dying:
            child.kill()

    def _live(self, body: Callable[[], int]) -> None:
        code = CRASHED_EXIT_CODE
        try:
            self.check()
            code = body()
        except Killed:
            code = KILLED_EXIT_CODE
        finally:
            self._end(code)

    def _end(self, code: int) -> None:
        self.let_go_of_cwd()
        with self._changed:
            self._exit_code = (self._kill_code if self._kill_code is not None else code) & 0xFFFFFFFF
            actions, self._on_end = self._on_end, []
            self._changed.notify_all()
        for action in actions:
            action(self)
        with self._changed:
            self._gone = True
            self._thread = None
            self._changed.notify_all()

    def check(self) -> None:
        """Raise Killed when the process was killed."""
        if self.stop.is_set():
            raise Killed

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until the process has ended and everybody who asked was told; return whether it has."""
        with self._changed:
            return self._changed.wait_for(lambda: self._gone, timeout_s)

    def wait_for(self, child: Process) -> int:
        """Wait for a child and return its exit code. Raises Killed when this process is killed meanwhile."""
        child.on_end(lambda _: self._wake())
        with self._changed:
            self._changed.wait_for(lambda: child.exit_code is not None or self.stop.is_set())
        self.check()
        return child.exit_code or 0

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def retire(self) -> None:
        """Let go of all but the facts once the process has ended and is only remembered."""
        self.env = _NO_ENVIRONMENT
        self._stdin = None
        self.let_go_of_cwd = _nothing_to_do
        self.children = []

    def request_end(self, code: int) -> list[Process]:
        """Let the process end with `code` as soon as it notices; return its children."""
        with self._changed:
            if self._exit_code is None and self._kill_code is None:
                self._kill_code = code & 0xFFFFFFFF
            self.stop.set()
            self._changed.notify_all()
            children = list(self.children)
        if isinstance(self._stdin, Pipe):
            self._stdin.wake()
        return children

    def kill(self, code: int = KILLED_EXIT_CODE, *, tree: bool = True) -> None:
        """End the process, with its children unless `tree` is False; returns when it is gone (at most 5 s)."""
        children = self.request_end(code)
        if tree:
            for child in children:
                child.kill(code)
        if self._thread is not None and self._thread is not threading.current_thread():
            self.wait(5.0)


@dataclass
class Call:
    """What a program gets when it runs: its process, its arguments, its environment and its handles."""

    machine: Machine
    process: Process
    tail: str
    argv: list[str]
    env: EnvBlock
    cwd: str
    stdin: Source = field(default_factory=Nothing)
    stdout: Sink = field(default_factory=Nothing)
    stderr: Sink = field(default_factory=Nothing)

    @property
    def user(self) -> str:
        """Return the account the program runs as."""
        return self.process.user

    def out(self, text: str) -> None:
        """Write text to stdout in the console's code page; line ends are the caller's ("\\r\\n")."""
        self.out_bytes(encode(text, self.process.codepage))

    def err(self, text: str) -> None:
        """Write text to stderr in the console's code page; line ends are the caller's ("\\r\\n")."""
        self.process.check()
        self.stderr.write(encode(text, self.process.codepage))

    def out_bytes(self, data: bytes) -> None:
        """Write bytes to stdout as they are."""
        self.process.check()
        self.stdout.write(data)

    def read_input(self) -> bytes:
        """Return all of stdin; b"" for NUL. Raises Killed."""
        content = self.stdin.read_all(self.process.stop)
        self.process.check()
        return content

    def spawn(self, command_line: str) -> int:
        """Run a child through "cmd /c" with the same handles, environment and folder; return its exit code."""
        self.process.check()
        comspec = self.env.get("ComSpec", self.machine.comspec)
        child = self.machine.launch(
            Launch(
                image=comspec,
                command_line=f"{comspec} /c {command_line}",
                user=self.process.user,
                cwd=self.cwd,
                env=self.env.copy(),
                console=self.process.console,
                stdin=self.stdin,
                stdout=self.stdout,
                stderr=self.stderr,
                parent=self.process,
            )
        )
        return self.process.wait_for(child)

    def work(self, seconds: float) -> None:
        """Spend simulated working time. Raises Killed."""
        if self.machine.clock.work(seconds, self.process.stop):
            raise Killed


Program = Callable[[Call], int]
