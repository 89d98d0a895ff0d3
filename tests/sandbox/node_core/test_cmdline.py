"""What follows "cmd /c": quotes, code pages, exit codes, limits."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.clock import Clock
from sandbox.faults import Fault, Faults
from sandbox.node.machine import Machine


@pytest.mark.parametrize(
    ("line", "code", "stdout"),
    [
        ("echo a& echo b", 0, "a\r\nb\r\n"),
        ("echo %nothing% %%PATHEXT%%", 0, "%nothing% %.COM;.EXE;.BAT;.CMD;.VBS;.VBE;.JS;.JSE;.WSF;.WSH;.MSC%\r\n"),
        ('cmd /c "echo a & echo b"', 0, "a \r\nb\r\n"),
        ('cmd /d /s /c ""hostname""', 0, "HV-01\r\n"),
        ('cmd /s /c "echo "a b""', 0, '"a b"\r\n'),
        ('cmd /c ""C:\\Windows\\System32\\hostname.exe""', 0, "HV-01\r\n"),
        ('"C:\\Windows\\System32\\hostname.exe"', 0, "HV-01\r\n"),
        ("C:\\Windows\\System32\\HOSTNAME", 0, "HV-01\r\n"),
        ("exit 5", 5, ""),
        ("exit /b 457", 457, ""),
        ("exit -1", 0xFFFFFFFF, ""),
        ("dir nothing_here >nul 2>&1", 1, ""),
        ("rd nothing_here 2>nul", 2, ""),
        ("cmd /v:on /c \"set v=1& echo !v!\"", 0, "1\r\n"),
        ("set /a 1+2", 0, "3"),
        ("chcp", 0, "Active code page: 437\r\n"),
        ("for %i in (1 2) do @echo %i", 0, "1\r\n2\r\n"),
    ],
)  # fmt: skip
def test_a_command_line_runs_as_in_windows(machine: Machine, line: str, code: int, stdout: str) -> None:
    result = machine.run(line)

    assert (result[0], result[1].decode("cp437")) == (code, stdout)


def test_an_unknown_command_ends_cmd_with_1_and_its_words(machine: Machine) -> None:
    assert machine.run("frobnicate /x") == (
        1,
        b"",
        b"'frobnicate' is not recognized as an internal or external command,\r\n"
        b"operable program or batch file.\r\n",
    )


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("echo>", "The syntax of the command is incorrect."),
        ("echo a &&& echo b", "& was unexpected at this time."),
        ("if a==a", "The syntax of the command is incorrect."),
        ("( )", ") was unexpected at this time."),
        ("for %i in a do echo b", "a was unexpected at this time."),
        ("(echo a) echo b", "echo was unexpected at this time."),
    ],
)
def test_a_line_that_is_no_command_is_refused(machine: Machine, line: str, words: str) -> None:
    code, stdout, stderr = machine.run(line)

    assert (code, stdout, stderr.decode()) == (1, b"", words + "\r\n")


def test_a_syntax_error_ends_a_batch_file_with_255(machine: Machine) -> None:
    machine.files.write("C:\\x.cmd", b"@echo off\r\necho a\r\nif a==\r\necho b\r\n")

    code, stdout, _ = machine.run("C:\\x.cmd")

    assert (code, stdout) == (255, b"a\r\n")


def test_a_line_longer_than_8191_characters_is_refused(machine: Machine) -> None:
    code, stdout, stderr = machine.run("echo " + "x" * 8200)

    assert (code, stdout, stderr) == (1, b"", b"The command line is too long.\r\n")


def test_echo_on_shows_the_prompt_and_the_command(machine: Machine) -> None:
    machine.files.write("C:\\x.cmd", b"echo hi\r\n")

    assert machine.run("x.cmd", cwd="C:\\")[1] == b"\r\nC:\\>echo hi \r\nhi\r\n"


def test_output_is_in_the_code_page_that_was_asked_for(machine: Machine) -> None:
    remote = machine.start("echo \u00e4\u20ac", user="robot", cwd=None, env={}, codepage=65001)
    wide = b"".join(chunk for _, chunk in _all(remote))

    assert wide.decode("utf-8") == "\u00e4\u20ac\r\n"
    assert machine.run("echo \u00e4\u20ac")[1] == b"\x84?\r\n"


def _all(remote: object) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    while remote.exit_code is None:  # type: ignore[attr-defined]
        found += remote.read_output(1.0)  # type: ignore[attr-defined]
    return found


def test_dates_and_times_follow_the_locale() -> None:
    german = Machine("HV-01", Clock(), Faults(), locale="de-DE", start_cost_s=0.0)
    english = Machine("HV-02", Clock(), Faults(), start_cost_s=0.0)
    now = german.now()

    assert german.run("echo %DATE%")[1].decode().strip() == f"{now:%d.%m.%Y}"
    assert english.run("echo %DATE%")[1].decode().strip() == f"{now:%a %m/%d/%Y}"
    assert german.run("echo %TIME%")[1].decode().rstrip()[-3] == ","
    assert german.run("chcp")[1] == b"Active code page: 850\r\n"


def test_a_changed_batch_file_goes_on_at_its_new_lines(machine: Machine) -> None:
    machine.files.write("C:\\x.cmd", b"@echo off\r\necho a\r\necho echo c>>C:\\x.cmd\r\necho b\r\n")

    assert machine.run("C:\\x.cmd")[1] == b"a\r\nb\r\nc\r\n"


def test_a_full_disk_is_named_by_echo_and_swallowed_by_a_program(machine: Machine) -> None:
    machine.faults.add(Fault("node.disk", "full"))
    assert machine.run("echo a>C:\\f") == (1, b"", b"There is not enough space on the disk.\r\n")

    machine.faults.add(Fault("node.disk.HV-01", "full"))
    assert machine.run("hostname >C:\\f")[0] == 0
    assert machine.files.read("C:\\f") == b""


@pytest.mark.parametrize("script", ["call %0", "if 1==1 (for %%i in (1) do (if 1==1 (call %0)))"])
def test_a_batch_file_that_calls_itself_for_ever_ends(machine: Machine, script: str) -> None:
    machine.files.write("C:\\x.cmd", f"@echo off\r\n{script}\r\n".encode())

    code, _, stderr = machine.run("C:\\x.cmd")

    assert code == 1
    assert b"R E C U R S I O N" in stderr


def test_call_without_anything_sets_errorlevel(machine: Machine) -> None:
    machine.files.write(
        "C:\\x.cmd", b"@echo off\r\n(call)\r\necho %errorlevel%\r\n(call )\r\necho %errorlevel%\r\n"
    )

    assert machine.run("C:\\x.cmd")[1] == b"1\r\n0\r\n"


def test_a_program_that_fails_to_open_a_file_ends_with_the_error(machine: Machine) -> None:
    machine.programs["reader.exe"] = lambda call: len(machine.files.read("C:\\none"))

    assert machine.run("reader") == (2, b"", b"The system cannot find the file specified.\r\n")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet='aif for%!^&|<>()"@\n=,;:~*?01/\\.', max_size=30))
def test_no_line_breaks_the_interpreter_itself(machine: Machine, line: str) -> None:
    machine.files.write("C:\\x.cmd", f"@echo off\n{line}\n".encode())
    remote = machine.start("C:\\x.cmd", user="robot", cwd=None, env={}, codepage=437)
    remote.write_input(b"", True)

    assert remote.process.wait(10)
    assert remote.process.exit_code != 0xC0000005
