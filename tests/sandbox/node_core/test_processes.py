"""Accounts, remote commands, kills and what the process list shows."""

from __future__ import annotations

import threading

import pytest

from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.node.machine import Machine
from sandbox.node.process import Call, Killed


def test_only_some_accounts_may_use_winrm(machine: Machine) -> None:
    assert machine.password_of("robot") == "r0b0t"
    assert machine.password_of("hv-01\\ROBOT") == "r0b0t"
    assert machine.password_of(".\\administrator") == "Adm1n!"
    assert machine.password_of("alice") is None
    assert machine.password_of("OTHER\\robot") is None
    assert machine.password_of("nobody") is None


def test_administrators_are_told_apart(machine: Machine) -> None:
    assert (
        machine.run("net session >nul 2>&1 && echo admin || echo user", user="Administrator")[1]
        == b"admin \r\n"
    )
    assert machine.run("net session", user="robot") == (
        2,
        b"",
        b"System error 5 has occurred.\r\n\r\nAccess is denied.\r\n\r\n",
    )
    assert machine.run("whoami", user="robot")[1] == b"hv-01\\robot\r\n"
    assert machine.run("whoami")[1] == b"nt authority\\system\r\n"
    assert b"S-1-5-32-580" in machine.run("whoami /groups", user="robot")[1]


def test_a_remote_command_takes_input_and_gives_output(machine: Machine) -> None:
    remote = machine.start("set /p v=& call echo [%v%]", user="robot", cwd=None, env={}, codepage=437)
    remote.write_input(b"hello\r\n", True)

    chunks: list[tuple[str, bytes]] = []
    while remote.exit_code is None:
        chunks += remote.read_output(2.0)

    assert b"".join(chunk for _, chunk in chunks) == b"[%v%]\r\n" or b"[hello]" in b"".join(
        c for _, c in chunks
    )
    assert remote.exit_code == 0


def test_environment_and_folder_are_the_callers(machine: Machine) -> None:
    code, stdout, _ = machine.run(
        "echo %X% %cd% %USERNAME%", user="robot", cwd="C:\\Users\\Public", env={"X": "1"}
    )

    assert (code, stdout) == (0, b"1 C:\\Users\\Public robot\r\n")


def test_killing_a_remote_command_kills_what_it_started(machine: Machine) -> None:
    started = threading.Semaphore(0)
    killed = threading.Event()

    def wait_for_ever(call: Call) -> int:
        started.release()
        try:
            call.read_input()
        except Killed:
            killed.set()
            raise
        return 0

    machine.programs["wait.exe"] = wait_for_ever
    remote = machine.start("cmd /c wait.exe | wait.exe", user="robot", cwd=None, env={}, codepage=437)
    assert started.acquire(timeout=5)
    assert started.acquire(timeout=5)

    remote.kill()

    assert killed.is_set()
    assert [process for process in machine.processes if process.exit_code is None] == []
    assert remote.exit_code == 1


def test_a_program_may_run_children(machine: Machine) -> None:
    def parent(call: Call) -> int:
        call.env["CHILD"] = "yes"
        return call.spawn("echo %CHILD% & exit 7")

    machine.programs["parent.exe"] = parent

    assert machine.run("parent.exe") == (7, b"yes \r\n", b"")


def test_taskkill_ends_by_id_and_tasklist_shows(machine: Machine) -> None:
    started = threading.Semaphore(0)

    def wait_for_ever(call: Call) -> int:
        started.release()
        return len(call.read_input())

    machine.programs["wait.exe"] = wait_for_ever
    remote = machine.start("wait.exe & echo after", user="robot", cwd=None, env={}, codepage=437)
    assert started.acquire(timeout=5)
    listed = machine.run('tasklist /fo csv /nh /fi "imagename eq wait.exe"')[1].decode().split(",")
    pid = listed[1].strip('"')

    assert machine.run(f"taskkill /f /pid {pid}", user="alice")[0] == 1
    assert machine.run(f"taskkill /f /pid {pid}")[1].startswith(b"SUCCESS")
    assert remote.read_output(5.0) == [("stdout", b"after\r\n")]
    assert machine.run(f"taskkill /f /pid {pid}")[0] == 128


def test_process_ids_tell_where_a_process_came_from(machine: Machine) -> None:
    machine.run("hostname")
    shell, program = machine.processes[-2:]

    assert program.parent is shell
    assert program.command_line == "hostname"
    assert shell.command_line.endswith("/c hostname")
    assert program.exit_code == 0


def test_ended_processes_are_kept_up_to_a_thousand(machine: Machine) -> None:
    for _ in range(1010):
        machine.run("ver>nul")

    assert len(machine.processes) == 1000


@pytest.mark.parametrize("line", ["timeout /t 1", "timeout /t 1 <nul"])
def test_timeout_refuses_redirected_input(machine: Machine, line: str) -> None:
    code, _, stderr = machine.run(line)

    assert (code, stderr) == (
        1,
        b"ERROR: Input redirection is not supported, exiting the process immediately.\r\n",
    )


def test_services_are_what_the_machine_says(machine: Machine) -> None:
    machine.extras["services"] = {"VSS": "STOPPED"}

    assert b"STATE              : 1  STOPPED" in machine.run("sc query vss")[1]
    assert machine.run("sc query nope")[0] == 1060


def test_certutil_and_fc_know_contents(machine: Machine) -> None:
    machine.files.write("C:\\f", b"abc")
    machine.files.write("C:\\e", b"")

    assert machine.run("certutil -hashfile C:\\f SHA256")[1] == (
        b"SHA256 hash of C:\\f:\r\n"
        b"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\r\n"
        b"CertUtil: -hashfile command completed successfully.\r\n"
    )
    assert machine.run("certutil -hashfile C:\\none SHA256")[0] == 0x80070002
    assert machine.run("certutil -hashfile C:\\e SHA256")[0] == 0x800703EE
    assert machine.run("fc /b C:\\f C:\\f")[0] == 0
    assert machine.run("fc /b C:\\f C:\\none")[0] == 2


def test_a_german_windows_knows_its_accounts_by_other_names() -> None:
    german = Machine("HV-01", Clock(), Faults(), locale="de-DE", start_cost_s=0.0)
    german.files.mkdir("C:\\box")

    assert german.run("icacls C:\\box /grant Administrators:F")[0] == 1332
    assert german.run("icacls C:\\box /grant Administratoren:F SYSTEM:F *S-1-5-32-545:R /Q")[0] == 0
    assert "VORDEFINIERT\\Benutzer:(R)" in german.run("icacls C:\\box")[1].decode("cp850")
    assert german.run("whoami")[1].decode("cp850") == "nt-autorit\u00e4t\\system\r\n"
    assert german.run("net localgroup Administratoren")[0] == 0
