"""The life of a shell and its commands, with pywinrm over every way in."""

from __future__ import annotations

import pytest
from winrm.exceptions import WSManFaultError
from winrm.protocol import Protocol

from sandbox.wsman import names
from tests.sandbox.wsman.conftest import Connect, Start
from tests.sandbox.wsman.fake_computer import FakeComputer
from tests.sandbox.wsman.messages import create_shell, send, signal


def test_a_command_runs_and_its_output_and_exit_code_arrive(client: Protocol, computer: FakeComputer) -> None:
    computer.echo("echo hi", b"hi\r\n", code=0xFFFFFFFF)
    shell = client.open_shell()
    command = client.run_command(shell, "echo", ["hi"])
    assert client.get_command_output(shell, command) == (b"hi\r\n", b"", 4294967295)
    client.cleanup_command(shell, command)
    client.close_shell(shell)
    assert computer.started[0].user == "backup"


def test_stdout_and_stderr_are_kept_apart(client: Protocol, computer: FakeComputer) -> None:
    computer.scripts["mixed"] = lambda p: p.out(b"one").out(b"bad", "stderr").out(b"two").end(3)
    shell = client.open_shell()
    assert client.get_command_output(shell, client.run_command(shell, "mixed")) == (b"onetwo", b"bad", 3)


def test_ids_are_upper_case_and_one_shell_serves_many_commands(
    client: Protocol, computer: FakeComputer
) -> None:
    computer.echo("ver", b"x")
    shell = client.open_shell()
    ids = []
    for _ in range(3):
        command = client.run_command(shell, "ver")
        client.get_command_output(shell, command)
        client.cleanup_command(shell, command)
        ids.append(command)
    assert len(set(ids)) == 3
    assert all(i == i.upper() for i in [shell, *ids])


def test_the_shell_passes_on_environment_folder_and_code_page(
    client: Protocol, computer: FakeComputer
) -> None:
    shell = client.open_shell(
        working_directory="C:\\Data & more", env_vars={"RUN": "a<b>&\"'ü"}, codepage=65001, noprofile=True
    )
    client.run_command(shell, "cmd", ["/c", "set"])
    process = computer.started[0]
    assert (process.line, process.cwd, process.env, process.codepage) == (
        "cmd /c set",
        "C:\\Data & more",
        {"RUN": "a<b>&\"'ü"},
        65001,
    )


def test_a_working_directory_that_is_none_fails_the_command(client: Protocol) -> None:
    shell = client.open_shell(working_directory="Q:\\nowhere")
    with pytest.raises(WSManFaultError) as caught:
        client.run_command(shell, "dir")
    assert caught.value.wsman_fault_code == 2147942667


def test_input_reaches_the_command_and_ends(client: Protocol, computer: FakeComputer) -> None:
    shell = client.open_shell()
    command = client.run_command(shell, "more")
    client.send_command_input(shell, command, b"\x00one\r\n")
    client.send_command_input(shell, command, "two", end=True)
    assert computer.started[0].wait_for_input() == b"\x00one\r\ntwo"


def test_input_after_the_end_of_the_command_is_discarded(client: Protocol, computer: FakeComputer) -> None:
    computer.echo("gone")
    shell = client.open_shell()
    command = client.run_command(shell, "gone")
    client.send_command_input(shell, command, b"late")
    assert computer.started[0].input == b""


@pytest.mark.parametrize("code", ["ctrl_c", "ctrl_break"])
def test_a_break_signal_stops_the_command_and_its_end_is_still_received(
    client: Protocol, computer: FakeComputer, code: str
) -> None:
    shell = client.open_shell()
    command = client.run_command(shell, "ping")
    computer.started[0].out(b"some")
    signal(client, shell, command, code)
    assert client.get_command_output(shell, command) == (b"some", b"", 0xC000013A)


def test_terminate_kills_the_command_and_forgets_it(client: Protocol, computer: FakeComputer) -> None:
    shell = client.open_shell()
    command = client.run_command(shell, "ping")
    client.cleanup_command(shell, command)
    assert computer.started[0].killed
    with pytest.raises(WSManFaultError) as caught:
        client.get_command_output_raw(shell, command)
    assert caught.value.wsman_fault_code == 2150858843
    assert caught.value.fault_subcode == "w:InvalidSelectors"


def test_an_unknown_signal_is_refused(client: Protocol) -> None:
    shell = client.open_shell()
    command = client.run_command(shell, "ping")
    with pytest.raises(WSManFaultError) as caught:
        signal(client, shell, command, "hang_up")
    assert caught.value.wsman_fault_code == 87


def test_deleting_a_shell_kills_what_runs_in_it(client: Protocol, computer: FakeComputer) -> None:
    shell = client.open_shell()
    client.run_command(shell, "ping")
    client.close_shell(shell, close_session=False)
    assert computer.started[0].killed
    with pytest.raises(WSManFaultError) as caught:
        client.run_command(shell, "ping")
    assert caught.value.wsman_fault_code == 2150858843


def test_a_second_command_waits_for_the_first_to_be_done(client: Protocol, computer: FakeComputer) -> None:
    shell = client.open_shell()
    first = client.run_command(shell, "first")
    computer.started[0].end()
    with pytest.raises(WSManFaultError) as caught:
        client.run_command(shell, "second")
    assert caught.value.wsman_fault_code == 2150858802
    client.get_command_output(shell, first)
    client.run_command(shell, "second")


def test_a_receive_after_the_done_one_finds_no_command(client: Protocol, computer: FakeComputer) -> None:
    computer.echo("ver", b"x")
    shell = client.open_shell()
    command = client.run_command(shell, "ver")
    client.get_command_output(shell, command)
    with pytest.raises(WSManFaultError) as caught:
        client.get_command_output_raw(shell, command)
    assert caught.value.wsman_fault_code == 2150858843


def test_a_large_script_passes_and_a_larger_envelope_than_allowed_does_not(
    client: Protocol, computer: FakeComputer
) -> None:
    shell = client.open_shell()
    command = client.run_command(shell, "more")
    client.send_command_input(shell, command, b"x" * 250_000)
    with pytest.raises(WSManFaultError) as caught:
        client.send_command_input(shell, command, b"x" * 400_000)
    assert caught.value.wsman_fault_code == 2150858805
    assert len(computer.started[0].input) == 250_000


def test_what_is_not_a_cmd_shell_is_refused(client: Protocol) -> None:
    with pytest.raises(WSManFaultError) as caught:
        send(client, names.CREATE, "http://schemas.microsoft.com/powershell/Microsoft.PowerShell")
    assert caught.value.fault_subcode == "a:DestinationUnreachable"
    with pytest.raises(WSManFaultError) as caught:
        send(client, names.GET, names.CMD_RESOURCE)
    assert caught.value.fault_subcode == "a:ActionNotSupported"


def test_a_client_may_choose_the_ids(http_client: Protocol) -> None:
    wanted = "0A1B2C3D-0000-4000-8000-00000000000A"
    assert create_shell(http_client, {"@ShellId": wanted.lower()}) == wanted
    with pytest.raises(WSManFaultError):
        create_shell(http_client, {"@ShellId": wanted})


def test_a_bad_duration_or_code_page_is_refused(http_client: Protocol) -> None:
    with pytest.raises(WSManFaultError):
        create_shell(http_client, {"rsp:IdleTimeOut": "soon"})
    with pytest.raises(WSManFaultError):
        http_client.open_shell(codepage="utf-8")  # type: ignore[arg-type]


def test_the_second_of_two_services_knows_other_passwords(start: Start, connect: Connect) -> None:
    other = FakeComputer("HV-02", passwords={"backup": "different"})
    first, second = connect(start()), connect(start(other), password="different")
    assert first.open_shell() != second.open_shell()


def test_what_an_ended_command_left_behind_dies_with_the_shell(
    http_client: Protocol, computer: FakeComputer
) -> None:
    computer.echo("start /b follow")
    shell = http_client.open_shell()
    command = http_client.run_command(shell, "start /b follow")
    http_client.get_command_output(shell, command)
    http_client.cleanup_command(shell, command)
    assert computer.started[0].kills == 0
    http_client.close_shell(shell)
    assert computer.started[0].kills == 1
