"""The life of a shell and its command, with pywinrm over every way in."""

from __future__ import annotations

from winrm.protocol import Protocol

from tests.sandbox.wsman.fake_computer import FakeComputer


def test_a_command_runs_and_its_output_and_exit_code_arrive(client: Protocol, computer: FakeComputer) -> None:
    computer.echo("echo hi", b"hi\r\n", code=0xFFFFFFFF)
    shell = client.open_shell()
    command = client.run_command(shell, "echo", ["hi"])
    assert client.get_command_output(shell, command) == (b"hi\r\n", b"", 4294967295)
    client.cleanup_command(shell, command)
    client.close_shell(shell)
    assert computer.started[0].user == "backup"
