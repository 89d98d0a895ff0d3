"""The Task Scheduler: tasks that run as SYSTEM, apart from every shell."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from sandbox.node import layout, paths, rights
from sandbox.node.accounts import SYSTEM_NAME
from sandbox.node.environment import EnvBlock
from sandbox.node.errors import FileError
from sandbox.node.process import Console, Launch, Process
from sandbox.node.rights import Entry, Security
from sandbox.node.sddl import parse_access_list
from sandbox.node.streams import Keyboard
from sandbox.node.taskxml import Definition

if TYPE_CHECKING:
    from sandbox.node.machine import Machine

READ, RUN, CHANGE = rights.READ_DATA, rights.EXECUTE, rights.WRITE_DATA
NEVER_RAN, IS_RUNNING, TERMINATED = (
    267011,
    267009,
    267014,
)  # SCHED_S_… (Microsoft: "Task Scheduler Error and Success Constants")
SERVICES = {"s-1-5-18", "system", "nt authority\\system"}


class TaskRefused(Exception):
    """The scheduler refuses; the text is what schtasks prints behind "ERROR: "."""


@dataclass
class Task:
    """A registered task and what became of its runs."""

    path: str
    definition: Definition
    xml: bytes
    security: Security
    enabled: bool = True
    running: list[Process] = field(default_factory=list)
    queued: int = 0
    last_run: datetime | None = None
    last_result: int = NEVER_RAN

    @property
    def status(self) -> str:
        """Return the status as schtasks words it."""
        if self.running:
            return "Running"
        return "Ready" if self.enabled else "Disabled"


class TaskScheduler:
    """The tasks of a machine; every method takes the user who asks and raises TaskRefused."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._tasks: dict[str, Task] = {}
        self._lock = threading.RLock()

    def create(self, name: str, definition: Definition, xml: bytes, *, user: str, replace_old: bool) -> None:
        """Register a task. Only administrators may let one run as SYSTEM."""
        path = full_name(name)
        accounts = self._machine.accounts
        if definition.user.lower() not in SERVICES:
            known = accounts.lookup(definition.user) is not None
            raise TaskRefused(
                "Access is denied."
                if known
                else "No mapping between account names and security IDs was done."
            )
        if not accounts.is_admin(user):
            raise TaskRefused("Access is denied.")
        try:
            security = _security(definition.descriptor, accounts.sid_of(user))
        except ValueError as err:
            raise TaskRefused("The security descriptor structure is invalid.") from err
        with self._lock:
            if path.lower() in self._tasks and not replace_old:
                raise TaskRefused("Cannot create a file when that file already exists.")
            self._tasks[path.lower()] = Task(path, definition, xml, security, definition.enabled)

    def find(self, name: str, user: str, wanted: int) -> Task:
        """Return a task the user has the right for."""
        with self._lock:
            task = self._tasks.get(full_name(name).lower())
        if task is None:
            raise TaskRefused("The system cannot find the file specified.")
        if not rights.granted(task.security, self._machine.accounts.sids_of(user), wanted):
            raise TaskRefused("Access is denied.")
        return task

    def exists(self, name: str) -> bool:
        """Return whether a task of this name is registered."""
        return full_name(name).lower() in self._tasks

    def visible(self, user: str) -> list[Task]:
        """Return the tasks a user may read, by name."""
        sids = self._machine.accounts.sids_of(user)
        with self._lock:
            tasks = sorted(self._tasks.values(), key=lambda task: task.path.lower())
        return [task for task in tasks if rights.granted(task.security, sids, READ)]

    def run(self, name: str, user: str) -> None:
        """Run a task by its policy for several instances; IgnoreNew says nothing about what it ignores."""
        task = self.find(name, user, RUN)
        if not task.enabled:
            raise TaskRefused("The task is disabled.")
        with self._lock:
            busy = list(task.running)
            if busy and task.definition.policy == "IgnoreNew":
                return
            if busy and task.definition.policy == "Queue":
                task.queued += 1
                return
        if task.definition.policy == "StopExisting":
            for process in busy:
                process.job.kill(TERMINATED)
        self._start(task)

    def end(self, name: str, user: str) -> None:
        """End every running instance with its children."""
        task = self.find(name, user, RUN)
        with self._lock:
            task.queued = 0
            busy = list(task.running)
        for process in busy:
            process.job.kill(TERMINATED)

    def delete(self, name: str, user: str) -> None:
        """Forget a task; what runs goes on."""
        task = self.find(name, user, CHANGE)
        with self._lock:
            self._tasks.pop(task.path.lower(), None)

    def enable(self, name: str, user: str, *, enabled: bool) -> None:
        """Let a task be run, or not."""
        self.find(name, user, CHANGE).enabled = enabled

    def forget_running(self) -> None:
        """After a reboot nothing runs and nothing waits."""
        with self._lock:
            for task in self._tasks.values():
                task.running.clear()
                task.queued = 0

    # running

    def _start(self, task: Task) -> None:
        machine = self._machine
        with self._lock:
            task.last_run = machine.now()
            task.last_result = IS_RUNNING
            try:
                process = machine.launch(self._launch(task), on_start=task.running.append)
            except FileError as err:
                task.last_result = 0x80070000 | err.code
                return
        timer: threading.Timer | None = None
        if task.definition.time_limit_s is not None:
            limit_s = min(task.definition.time_limit_s / machine.clock.speed, threading.TIMEOUT_MAX)
            timer = threading.Timer(limit_s, process.job.kill, (TERMINATED,))
            timer.daemon = True
            timer.start()
        process.on_end(lambda ended: self._ended(task, ended, timer))

    def _ended(self, task: Task, process: Process, timer: threading.Timer | None) -> None:
        if timer is not None:
            timer.cancel()
        with self._lock:
            if process in task.running:
                task.running.remove(process)
            task.last_result = process.exit_code or 0
            again = task.queued > 0 and not task.running
            task.queued -= again
        if again:
            self._start(task)

    def _launch(self, task: Task) -> Launch:
        machine = self._machine
        env = layout.base_environment(machine, SYSTEM_NAME)
        command = _expand(task.definition.command, env).strip('"')
        arguments = _expand(task.definition.arguments, env)
        folder = _expand(task.definition.folder, env) or layout.SYSTEM32
        image = self._image(command)
        typed = f'"{command}"' if " " in command else command
        line = f"{typed} {arguments}".rstrip()
        if image.lower().endswith((".cmd", ".bat")):
            image, line = machine.comspec, f'{machine.comspec} /c "{line}"'
        return Launch(
            image=image,
            command_line=line,
            user=SYSTEM_NAME,
            cwd=paths.absolute(folder, layout.SYSTEM32),
            env=env,
            console=Console(machine.locale.codepage),
            stdin=Keyboard(),
        )

    def _image(self, command: str) -> str:
        files = self._machine.files
        if "\\" in command:
            return files.true_path(command) if files.exists(command) else command
        for folder in layout.PATH.split(";"):
            for extension in ("", ".exe", ".com", ".cmd", ".bat"):
                path = paths.join(folder.rstrip("\\"), command + extension)
                if files.exists(path):
                    return path
        return paths.join(layout.SYSTEM32, command)


def full_name(name: str) -> str:
    """Return a task's path: names without a folder are in the root."""
    return "\\" + name.strip('"').strip("\\")


def _security(descriptor: str, creator: str) -> Security:
    """Return who may do what; without a descriptor SYSTEM, administrators and the creator (MS-TSCH 3.2.5.4.2)."""
    if descriptor:
        return Security(rights.ADMINISTRATORS, tuple(parse_access_list(descriptor)))
    sids = dict.fromkeys([rights.SYSTEM, rights.ADMINISTRATORS, creator])
    return Security(rights.ADMINISTRATORS, tuple(Entry(sid, rights.FULL) for sid in sids))


def _expand(text: str, env: EnvBlock) -> str:
    return re.sub(r"%([^%]+)%", lambda match: env.get(match.group(1)) or match.group(0), text)
