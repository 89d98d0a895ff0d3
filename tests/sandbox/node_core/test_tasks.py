"""The Task Scheduler: who may do what, and when a task runs."""

from __future__ import annotations

import threading

import pytest

from sandbox.node.machine import Machine
from sandbox.node.process import Call

XML = """<?xml version="1.0" encoding="{encoding}"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>{descriptor}</RegistrationInfo>
  <Principals><Principal id="Author"><UserId>S-1-5-18</UserId><RunLevel>HighestAvailable</RunLevel></Principal></Principals>
  <Settings>
    <MultipleInstancesPolicy>{policy}</MultipleInstancesPolicy>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <Priority>4</Priority>
  </Settings>
  <Actions Context="Author"><Exec><Command>{command}</Command><Arguments>{arguments}</Arguments></Exec></Actions>
</Task>
"""


class Gate:
    """A program that says it has started and waits to be let go."""

    def __init__(self) -> None:
        self.started = threading.Semaphore(0)
        self.go = threading.Event()
        self.runs = 0

    def __call__(self, call: Call) -> int:
        self.runs += 1
        self.started.release()
        while not self.go.is_set():
            call.work(1.0)
        return 3


def _register(
    machine: Machine, *, policy: str = "IgnoreNew", sddl: str = "", encoding: str = "UTF-8"
) -> None:
    text = XML.format(
        encoding=encoding,
        policy=policy,
        command="C:\\Windows\\System32\\gate.exe",
        arguments="a",
        descriptor=f"<SecurityDescriptor>{sddl}</SecurityDescriptor>" if sddl else "",
    )
    machine.files.write("C:\\t.xml", text.encode("utf-16" if encoding == "UTF-16" else "ascii"))
    result = machine.run("schtasks /create /xml C:\\t.xml /tn \\Folder\\Job /f", user="Administrator")
    assert result == (
        0,
        b'SUCCESS: The scheduled task "\\Folder\\Job" has successfully been created.\r\n',
        b"",
    )


@pytest.fixture
def gate(machine: Machine) -> Gate:
    gate = Gate()
    machine.programs["gate.exe"] = gate
    return gate


@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16"])
def test_a_task_runs_as_system_apart_from_the_shell(machine: Machine, gate: Gate, encoding: str) -> None:
    _register(machine, encoding=encoding)
    remote = machine.start(
        "schtasks /run /tn \\Folder\\Job", user="Administrator", cwd=None, env={}, codepage=437
    )
    assert gate.started.acquire(timeout=5)
    remote.kill()

    running = [process for process in machine.processes if process.image.endswith("gate.exe")]
    assert [(process.user, process.exit_code, process.parent_pid) for process in running] == [
        ("NT AUTHORITY\\SYSTEM", None, 0)
    ]
    gate.go.set()
    assert running[0].wait(5)
    assert b'"\\Folder\\Job","N/A","Ready"' in machine.run("schtasks /query /tn \\Folder\\Job /fo csv")[1]
    assert (
        b"Last Result:                          3\r\n"
        in machine.run("schtasks /query /tn \\Folder\\Job /fo list /v")[1]
    )


def test_a_second_start_is_ignored_but_called_a_success(machine: Machine, gate: Gate) -> None:
    _register(machine)
    for _ in range(2):
        code, stdout, _ = machine.run("schtasks /run /tn Folder\\Job")
        assert (code, stdout) == (0, b'SUCCESS: Attempted to run the scheduled task "Folder\\Job".\r\n')
    assert gate.started.acquire(timeout=5)

    assert gate.runs == 1
    assert b"Running" in machine.run("schtasks /query /tn Folder\\Job")[1]
    gate.go.set()


@pytest.mark.parametrize(
    ("policy", "at_once"), [("Parallel", True), ("StopExisting", True), ("Queue", False)]
)
def test_other_policies_run_it_again(machine: Machine, gate: Gate, policy: str, at_once: bool) -> None:
    _register(machine, policy=policy)
    machine.run("schtasks /run /tn Folder\\Job")
    assert gate.started.acquire(timeout=5)
    machine.run("schtasks /run /tn Folder\\Job")
    if not at_once:
        assert gate.runs == 1
        gate.go.set()

    assert gate.started.acquire(timeout=5)
    gate.go.set()


def test_ending_a_task_kills_what_it_started(machine: Machine, gate: Gate) -> None:
    machine.files.write("C:\\outer.cmd", b"@gate.exe\r\n@echo never>C:\\never\r\n")
    text = XML.format(
        encoding="UTF-8", policy="IgnoreNew", command="C:\\outer.cmd", arguments="", descriptor=""
    )
    machine.files.write("C:\\t.xml", text.encode())
    machine.run("schtasks /create /xml C:\\t.xml /tn Job /f")
    machine.run("schtasks /run /tn Job")
    assert gate.started.acquire(timeout=5)

    assert machine.run("schtasks /end /tn Job")[0] == 0

    assert [process for process in machine.processes if process.exit_code is None] == []
    assert not machine.files.exists("C:\\never")
    assert b"267014" in machine.run("schtasks /query /tn Job /fo list /v")[1]


def test_without_a_grant_an_ordinary_user_is_refused(machine: Machine, gate: Gate) -> None:
    _register(machine)

    for action in ("/run", "/query", "/end", "/delete /f"):
        assert machine.run(f"schtasks {action} /tn Folder\\Job", user="robot") == (
            1,
            b"",
            b"ERROR: Access is denied.\r\n",
        )
    assert gate.runs == 0


def test_a_grant_lets_one_account_run_and_look_but_not_change(machine: Machine, gate: Gate) -> None:
    robot = machine.accounts.sid_of("robot")
    _register(machine, sddl=f"D:(A;;FA;;;SY)(A;;FA;;;BA)(A;;GRGX;;;{robot})")
    gate.go.set()

    assert machine.run("schtasks /run /tn Folder\\Job", user="robot")[0] == 0
    assert machine.run("schtasks /query /tn Folder\\Job", user="robot")[0] == 0
    assert machine.run("schtasks /delete /tn Folder\\Job /f", user="robot")[0] == 1
    assert machine.run("schtasks /run /tn Folder\\Job", user="alice")[2] == b"ERROR: Access is denied.\r\n"


def test_ordinary_users_cannot_register_a_system_task(machine: Machine) -> None:
    machine.files.write(
        "C:\\t.xml",
        XML.format(encoding="UTF-8", policy="Queue", command="x", arguments="", descriptor="").encode(),
    )

    assert (
        machine.run("schtasks /create /xml C:\\t.xml /tn X", user="alice")[2]
        == b"ERROR: Access is denied.\r\n"
    )


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("</Task>", "", "The task XML is malformed."),
        ("UTF-8", "UTF-16", "unable to switch the encoding"),
        ("IgnoreNew", "Sometimes", "incorrectly formatted or out of range"),
        ("<Priority>4", "<Priority>11", "incorrectly formatted or out of range"),
        ("Settings>", "Setings>", "unexpected node"),
        ("S-1-5-18", "nobody", "No mapping between account names"),
    ],
)
def test_a_wrong_definition_is_refused(machine: Machine, old: str, new: str, words: str) -> None:
    text = XML.format(encoding="UTF-8", policy="IgnoreNew", command="x", arguments="", descriptor="")
    machine.files.write("C:\\t.xml", text.replace(old, new).encode())

    code, stdout, stderr = machine.run("schtasks /create /xml C:\\t.xml /tn X /f")

    assert (code, stdout) == (1, b"")
    assert stderr.startswith(b"ERROR: ") and words.encode() in stderr


def test_a_disabled_task_does_not_run_and_a_deleted_one_is_gone(machine: Machine, gate: Gate) -> None:
    _register(machine)
    assert machine.run("schtasks /change /tn Folder\\Job /disable")[0] == 0
    assert machine.run("schtasks /run /tn Folder\\Job")[0] == 1
    assert machine.run("schtasks /delete /tn Folder\\Job /f")[0] == 0

    assert (
        machine.run("schtasks /query /tn Folder\\Job")[2]
        == b"ERROR: The system cannot find the file specified.\r\n"
    )
    assert gate.runs == 0


def test_a_reboot_ends_every_process_and_changes_the_boot_time(machine: Machine, gate: Gate) -> None:
    _register(machine)
    machine.run("schtasks /run /tn Folder\\Job")
    assert gate.started.acquire(timeout=5)
    before = machine.boot_time

    machine.reboot()

    assert [process for process in machine.processes if process.exit_code is None] == []
    assert machine.boot_time > before
    assert b"Ready" in machine.run("schtasks /query /tn Folder\\Job")[1]


def _register_line(machine: Machine, arguments: str, *, limit: str = "PT0S") -> None:
    text = XML.format(
        encoding="UTF-8", policy="IgnoreNew", command="cmd.exe", arguments=arguments, descriptor=""
    ).replace("PT0S", limit)
    machine.files.write("C:\\t.xml", text.encode())
    assert machine.run("schtasks /create /xml C:\\t.xml /tn Job /f")[0] == 0
    assert machine.run("schtasks /run /tn Job")[0] == 0


def _wait_for_result(machine: Machine) -> int:
    task = machine.tasks.find("Job", "SYSTEM", 1)
    for process in list(task.running):
        process.wait(10)
    return task.last_result


def test_a_task_that_takes_too_long_is_ended(machine: Machine) -> None:
    _register_line(machine, "/c pause", limit="PT10M")

    assert _wait_for_result(machine) == 267014


def test_a_task_has_a_console_that_timeout_accepts(machine: Machine) -> None:
    _register_line(machine, "/c timeout /t 5 &gt;nul &amp;&amp; exit 9")

    assert _wait_for_result(machine) == 9
