"""The remote shells of one computer: who owns them, what runs in them, when they end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sandbox.wsman import soap_faults
from sandbox.wsman.computer import RemoteProcess
from sandbox.wsman.envelope import upper_id
from sandbox.wsman.output import Output
from sandbox.wsman.policy import Policy
from sandbox.wsman.views import CommandView, ShellView


@dataclass(frozen=True)
class ShellSettings:
    """What a client asked for when it created a shell; times in seconds, code page 0 is the computer's own."""

    env: dict[str, str] = field(default_factory=dict)
    working_directory: str | None = None
    codepage: int = 0
    no_profile: bool = False
    name: str = ""
    input_streams: str = "stdin"
    output_streams: str = "stdout stderr"
    idle_timeout_s: float = 7200.0
    lifetime_s: float | None = None


@dataclass(eq=False)
class Command:
    """One command of a shell; its state is kept until Terminate."""

    id: str
    line: str
    process: RemoteProcess
    output: Output
    done: bool = False

    def end(self) -> None:
        """Kill the command if it runs and let a waiting Receive go."""
        self.output.drop()
        if self.process.exit_code is None:
            self.process.kill()

    def view(self) -> CommandView:
        """Return the command as a value."""
        return CommandView(self.id, self.line, self.process.pid, self.process.exit_code, self.done)


@dataclass(eq=False)
class Shell:
    """A remote shell: an HTTP resource that belongs to a user, not to a connection."""

    id: str
    owner: str
    client_ip: str
    settings: ShellSettings
    process_id: int
    created: float = field(default_factory=time.monotonic)
    touched: float = field(default_factory=time.monotonic)
    requests: int = 0
    operations: int = 0
    commands: dict[str, Command] = field(default_factory=dict)
    # Every process that was started here: what an ended one left behind dies with the shell's job.
    job: list[RemoteProcess] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)
    closed: bool = False

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Stop the idle timer while a request is served; it starts anew afterwards."""
        with self.lock:
            self.requests += 1
        try:
            yield
        finally:
            with self.lock:
                self.requests -= 1
                self.touched = time.monotonic()

    def ends_at(self) -> float:
        """Return when the shell ends by itself if nobody uses it from now on (monotonic seconds)."""
        idle_since = time.monotonic() if self.requests else self.touched
        idle_end = idle_since + self.settings.idle_timeout_s
        lifetime_s = self.settings.lifetime_s
        return idle_end if lifetime_s is None else min(idle_end, self.created + lifetime_s)

    def command(self, command_id: str) -> Command:
        """Return a command. Raises WsmanFault for an unknown id."""
        with self.lock:
            command = self.commands.get(command_id.upper())
        if command is None:
            raise soap_faults.command_gone()
        return command

    def known_commands(self) -> list[Command]:
        """Return the commands whose state the shell keeps."""
        with self.lock:
            return list(self.commands.values())

    def close(self) -> None:
        """Kill everything that still runs in the shell."""
        with self.lock:
            self.closed = True
            commands, processes = list(self.commands.values()), list(self.job)
            self.commands.clear()
            self.job.clear()
        for command in commands:
            command.end()
        for process in processes:
            process.kill()

    def view(self) -> ShellView:
        """Return the shell as a value."""
        with self.lock:
            commands = tuple(command.view() for command in self.commands.values())
            return ShellView(self.id, self.owner, self.client_ip, self.operations, commands)


class Shells:
    """Every shell of one computer; thread-safe. A shell's lock is never taken inside this one's."""

    def __init__(self, policy: Policy, opened: Callable[[], None] = lambda: None) -> None:
        self.policy = policy
        self._opened = opened
        self._shells: dict[str, Shell] = {}
        self._lock = threading.Lock()
        self._next_process_id = 4000

    def open(self, owner: str, client_ip: str, settings: ShellSettings, shell_id: str = "") -> Shell:
        """Open a shell. Raises WsmanFault when the owner has too many."""
        self.expire()
        with self._lock:
            mine = sum(same_user(shell.owner, owner) for shell in self._shells.values())
            if mine >= self.policy.max_shells_per_user:
                raise soap_faults.shell_quota(self.policy.max_shells_per_user)
            if shell_id.upper() in self._shells:
                raise soap_faults.bad_parameter()
            self._next_process_id += 4
            shell = Shell(shell_id.upper() or upper_id(), owner, client_ip, settings, self._next_process_id)
            self._shells[shell.id] = shell
        self._opened()
        return shell

    def get(self, shell_id: str, user: str) -> Shell:
        """Return a shell of `user`. Raises WsmanFault for an unknown id or somebody else's shell."""
        self.expire()
        with self._lock:
            shell = self._shells.get(shell_id.upper())
        if shell is None:
            raise soap_faults.shell_gone(shell_id)
        if not same_user(shell.owner, user):
            raise soap_faults.access_denied()
        return shell

    def delete(self, shell_id: str) -> None:
        """Delete a shell, if it is there, and kill what runs in it."""
        with self._lock:
            shell = self._shells.pop(shell_id.upper(), None)
        if shell is not None:
            shell.close()

    def all(self) -> list[Shell]:
        """Return the shells that exist now, oldest first."""
        self.expire()
        with self._lock:
            return list(self._shells.values())

    def operations_of(self, user: str) -> int:
        """Return the operations that count against the user: every command of every open shell.

        Terminate gives none back for cmd shells, only the shell's end does (MS-WSMV note 118).
        """
        with self._lock:
            return sum(shell.operations for shell in self._shells.values() if same_user(shell.owner, user))

    def expire(self) -> None:
        """Delete the shells whose idle time or lifetime is over (MS-WSMV 3.1.5.3, 3.1.5.4)."""
        now = time.monotonic()
        with self._lock:
            over = [shell.id for shell in self._shells.values() if shell.ends_at() <= now]
        for shell_id in over:
            self.delete(shell_id)

    def next_end(self) -> float | None:
        """Return when the first shell may end by itself (monotonic seconds), or None without shells."""
        with self._lock:
            return min((shell.ends_at() for shell in self._shells.values()), default=None)

    def close(self) -> None:
        """Delete every shell."""
        with self._lock:
            ids = list(self._shells)
        for shell_id in ids:
            self.delete(shell_id)


def same_user(one: str, other: str) -> bool:
    """Tell whether two account names mean the same account; Windows ignores case."""
    return one.casefold() == other.casefold()
