"""A node: its accounts, files, programs, processes and tasks."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, tzinfo

from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.node import layout, paths
from sandbox.node.accounts import SYSTEM_NAME, Account, Accounts
from sandbox.node.argv import split_argv
from sandbox.node.cmd.main import cmd
from sandbox.node.errors import FileError
from sandbox.node.files import FileSystem
from sandbox.node.locales import LOCALES
from sandbox.node.process import Call, Console, Launch, Process, Program
from sandbox.node.programs_table import Programs
from sandbox.node.remote import RemoteCommand
from sandbox.node.rights import ADMINISTRATORS
from sandbox.node.streams import Captured, OutputQueue, Pipe
from sandbox.node.tasks import TaskScheduler
from sandbox.node.tools import TOOLS

DISK = "node.disk"
ENDED_KEPT = 1000


class Machine:
    """A Windows Server; `domain` stands before account names, `start_cost_s` is the work of starting a program."""

    version = "10.0.20348.2340"
    comspec = "C:\\Windows\\system32\\cmd.exe"
    pathext = layout.PATHEXT

    def __init__(
        self,
        name: str,
        clock: Clock,
        faults: Faults,
        *,
        domain: str = "",
        locale: str = "en-US",
        zone: tzinfo = UTC,
        start_cost_s: float = 0.03,
    ) -> None:
        self.name = name
        self.clock = clock
        self.faults = faults
        self.locale = LOCALES[locale]
        self.zone = zone
        self.start_cost_s = start_cost_s
        self.extras: dict[str, object] = {}
        self.accounts = Accounts(name, domain, self.locale.name)
        faults.publish(DISK, full="the next write to a file fails: there is not enough space on the disk")
        faults.publish(f"{DISK}.{name}", full="the same, on this node only")
        self.files = FileSystem(
            now=self.now,
            sids_of=self.accounts.sids_of,
            owner_of=self._owner_of,
            is_full=self._disk_is_full,
        )
        layout.build_folders(self)
        self.programs = Programs(self.files)
        self.programs["cmd.exe"] = cmd
        for program, body in TOOLS.items():
            self.programs[program] = body
        self._lock = threading.Lock()
        self._pids = itertools.count(1000, 4)
        self._live: dict[int, Process] = {}
        self._ended: list[Process] = []
        self.on_reboot: list[Callable[[], None]] = []
        self.tasks = TaskScheduler(self)
        self.boot_time = self.now()

    def now(self) -> datetime:
        """Return the time that the machine's clock shows, in UTC."""
        return self.clock.now(self.name)

    def add_account(self, name: str, password: str, groups: tuple[str, ...] = ("Users",)) -> Account:
        """Add an account with its profile folder."""
        account = self.accounts.add(Account(name, password, groups))
        layout.build_profile(self, account.name, account.sid)
        return account

    def password_of(self, user: str) -> str | None:
        """Return the password; None when there is no such account or it may not use WinRM."""
        return self.accounts.password_of(user)

    def _owner_of(self, user: str) -> str:
        # The default owner in an administrator's token, and in SYSTEM's, is the group Administrators.
        return ADMINISTRATORS if self.accounts.is_admin(user) else self.accounts.sid_of(user)

    def _disk_is_full(self) -> bool:
        return self.faults.take(f"{DISK}.{self.name}") is not None or self.faults.take(DISK) is not None

    # processes

    @property
    def processes(self) -> list[Process]:
        """Return the live processes and the last thousand that ended, oldest first."""
        with self._lock:
            return sorted([*self._ended, *self._live.values()], key=lambda process: process.pid)

    def process(self, pid: int) -> Process | None:
        """Return the live process with this id."""
        with self._lock:
            return self._live.get(pid)

    def has_program(self, path: str) -> bool:
        """Return whether the file at `path` is a program this machine can run."""
        return self.programs.at(path) is not None

    def launch(
        self,
        launch: Launch,
        program: Program | None = None,
        on_start: Callable[[Process], None] = lambda _: None,
    ) -> Process:
        """Start a process; `program` replaces what its image says. Raises FileError for a wrong folder or image.

        `on_start` is called before the process can end.
        """
        body = program or self.programs.at(launch.image)
        if body is None:
            raise FileError(2, launch.image)
        with self._lock:
            process = Process(next(self._pids), launch, self.now())
        self.stand(process, launch.cwd)
        with self._lock:
            self._live[process.pid] = process
        process.on_end(self._forget)
        tail = _tail(launch.command_line)

        def run() -> int:
            call = Call(
                self,
                process,
                tail,
                split_argv(tail),
                launch.env,
                launch.cwd,
                launch.stdin,
                launch.stdout,
                launch.stderr,
            )
            call.work(self.start_cost_s)
            try:
                return body(call)
            except FileError as err:  # a program that does not look further ends with the Win32 error
                call.err(f"{err.text}\r\n")
                return err.code

        on_start(process)
        process.run(run)
        return process

    def stand(self, process: Process, folder: str) -> None:
        """Make a folder the current one of a process, which keeps it from being removed. Raises FileError."""
        release = self.files.hold(folder)
        process.let_go_of_cwd()
        process.let_go_of_cwd = release
        process.cwd = folder

    def _forget(self, process: Process) -> None:
        with self._lock:
            self._live.pop(process.pid, None)
            self._ended.append(process)
            del self._ended[:-ENDED_KEPT]
        process.retire()

    # entrances

    def start(
        self, command_line: str, *, user: str, cwd: str | None, env: dict[str, str], codepage: int
    ) -> RemoteCommand:
        """Run a command line through "cmd /c" as `user`, as a remote shell does. Raises NotADirectoryError."""
        output = OutputQueue()
        stdin = Pipe()
        launch = replace(
            self._command_shell(command_line, user, cwd, env),
            console=Console(codepage or self.locale.codepage),
            stdin=stdin,
            stdout=output.sink("stdout"),
            stderr=output.sink("stderr"),
        )
        if not self.files.is_dir(launch.cwd):
            raise NotADirectoryError(f"The directory name is invalid: {launch.cwd}")
        process = self.launch(launch)
        process.on_end(lambda _: output.end())
        return RemoteCommand(process, output, stdin)

    def run(
        self,
        command_line: str,
        *,
        user: str = SYSTEM_NAME,
        cwd: str | None = None,
        env: dict[str, str] | None = None,
    ) -> tuple[int, bytes, bytes]:
        """Run a command line to its end as somebody at the console does; return exit code, stdout and stderr."""
        stdout, stderr = Captured(), Captured()
        launch = self._command_shell(command_line, user, cwd, env or {})
        process = self.launch(replace(launch, stdin=Pipe(b""), stdout=stdout, stderr=stderr))
        process.wait()
        return process.exit_code or 0, stdout.getvalue(), stderr.getvalue()

    def _command_shell(self, command_line: str, user: str, cwd: str | None, env: Mapping[str, str]) -> Launch:
        block = layout.base_environment(self, user)
        for name, value in env.items():
            block[name] = value
        folder = paths.absolute(cwd or block["USERPROFILE"], "C:\\")
        return Launch(
            image=self.comspec,
            command_line=f"{self.comspec} /c {command_line}",
            user=self.accounts.full_name(user),
            cwd=self.files.true_path(folder),
            env=block,
            console=Console(self.locale.codepage),
        )

    def reboot(self) -> None:
        """Restart: every process dies, tasks stop running, the boot time changes."""
        with self._lock:
            live = list(self._live.values())
        for process in live:
            process.request_end(1)
        for process in live:
            process.kill()
        self.tasks.forget_running()
        self.boot_time = self.now()
        for action in self.on_reboot:
            action()


def _tail(command_line: str) -> str:
    """Return what follows the program's name, which may be in quotes."""
    text = command_line.lstrip(" \t")
    if text.startswith('"'):
        close = text.find('"', 1)
        return text[close + 1 :] if close > 0 else ""
    for index, char in enumerate(text):
        if char in " \t" or (char == "/" and index):
            return text[index:]
    return ""
