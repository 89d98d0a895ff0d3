"""Output as it comes: chunks, time-outs, and who may wait for it."""

from __future__ import annotations

import threading

import pytest
import requests
from winrm.exceptions import WinRMOperationTimeoutError, WSManFaultError
from winrm.protocol import Protocol

from sandbox.wsman import Policy, WsmanServer
from tests.sandbox.wsman.conftest import Connect, Start
from tests.sandbox.wsman.fake_computer import FakeComputer, ScriptedProcess


def running(client: Protocol, computer: FakeComputer) -> tuple[str, str, ScriptedProcess]:
    shell = client.open_shell(codepage=65001)
    command = client.run_command(shell, "follow")
    return shell, command, computer.started[-1]


def test_each_piece_arrives_while_the_command_runs(client: Protocol, computer: FakeComputer) -> None:
    shell, command, process = running(client, computer)
    process.out(b"one")
    assert client.get_command_output_raw(shell, command) == (b"one", b"", -1, False)
    process.out(b"two")
    assert client.get_command_output_raw(shell, command) == (b"two", b"", -1, False)
    process.end(7)
    assert client.get_command_output_raw(shell, command) == (b"", b"", 7, True)


def test_a_receive_waits_for_output_instead_of_asking_again(
    http_client: Protocol, computer: FakeComputer
) -> None:
    shell, command, process = running(http_client, computer)

    def write() -> None:
        process.wait_for_reader()
        process.out(b"late")

    writer = threading.Thread(target=write)
    writer.start()
    assert http_client.get_command_output_raw(shell, command)[0] == b"late"
    writer.join()


def test_a_chunk_may_split_a_character(client: Protocol, computer: FakeComputer) -> None:
    shell, command, process = running(client, computer)
    text = "€".encode()
    process.out(text[:1])
    first = client.get_command_output_raw(shell, command)[0]
    process.out(text[1:]).end()
    second = client.get_command_output_raw(shell, command)[0]
    assert first == text[:1]
    assert (first + second).decode() == "€"


def test_silence_is_a_time_out_and_nothing_is_lost(start: Start, connect: Connect) -> None:
    computer = FakeComputer()
    client = connect(start(computer), operation_timeout_sec=1, read_timeout_sec=4)
    shell, command, process = running(client, computer)
    with pytest.raises(WinRMOperationTimeoutError):
        client.get_command_output_raw(shell, command)
    process.out(b"after").end()
    assert client.get_command_output(shell, command) == (b"after", b"", 0)


def test_the_service_caps_the_time_out(start: Start, connect: Connect, computer: FakeComputer) -> None:
    client = connect(start(policy=Policy(max_timeout_s=0.2)), operation_timeout_sec=20, read_timeout_sec=22)
    shell, command, _ = running(client, computer)
    with pytest.raises(WinRMOperationTimeoutError):
        client.get_command_output_raw(shell, command)


def test_a_second_receive_is_refused_while_the_first_waits(
    http: WsmanServer, connect: Connect, computer: FakeComputer
) -> None:
    first, second = connect(http), connect(http)
    shell, command, process = running(first, computer)
    got: list[tuple[bytes, bytes, int, bool]] = []
    waiting = threading.Thread(target=lambda: got.append(first.get_command_output_raw(shell, command)))
    waiting.start()
    process.wait_for_reader()
    with pytest.raises(WSManFaultError) as caught:
        second.get_command_output_raw(shell, command)
    assert caught.value.fault_subcode == "w:Concurrency"
    process.out(b"for the first")
    waiting.join()
    assert got == [(b"for the first", b"", -1, False)]


def test_a_receive_whose_client_has_gone_gives_way(
    https: WsmanServer, connect: Connect, computer: FakeComputer
) -> None:
    first = connect(https, read_timeout_sec=6)
    second = connect(https, operation_timeout_sec=1, read_timeout_sec=4)
    shell, command, process = running(first, computer)
    first.transport.read_timeout_sec = 0.2  # type: ignore[assignment]
    with pytest.raises(requests.Timeout):
        first.get_command_output_raw(shell, command)
    first.transport.close_session()
    with pytest.raises(WinRMOperationTimeoutError):
        second.get_command_output_raw(shell, command)
    process.out(b"all of it").end()
    assert second.get_command_output(shell, command) == (b"all of it", b"", 0)


def test_deleting_the_shell_ends_the_receive_that_waits_in_it(
    http: WsmanServer, connect: Connect, computer: FakeComputer
) -> None:
    first, second = connect(http), connect(http)
    shell, command, process = running(first, computer)
    caught: list[WSManFaultError] = []

    def wait() -> None:
        with pytest.raises(WSManFaultError) as fault:
            first.get_command_output_raw(shell, command)
        caught.append(fault.value)

    waiting = threading.Thread(target=wait)
    waiting.start()
    process.wait_for_reader()
    second.close_shell(shell)
    waiting.join()
    assert caught[0].wsman_fault_code == 995


def test_an_answer_keeps_to_the_size_that_the_client_takes(
    http_client: Protocol, computer: FakeComputer
) -> None:
    shell, command, process = running(http_client, computer)
    text = "€uro ".encode() * 100_000
    process.out(text).end(0)
    got = b""
    receives, done = 0, False
    while not done:
        piece, _, _, done = http_client.get_command_output_raw(shell, command)
        assert len(piece) * 4 / 3 < 153_600
        got, receives = got + piece, receives + 1
    assert (got == text, receives) == (True, 7)
