"""Every way in which the wire can be broken, seen through pywinrm."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
import requests
from winrm.exceptions import InvalidCredentialsError, WinRMTransportError, WSManFaultError
from winrm.protocol import Protocol

from sandbox.faults import Fault, Faults, UnknownFault
from sandbox.wsman import WsmanServer
from sandbox.wsman.fault_points import OPERATION_KINDS, OPERATIONS
from tests.sandbox.wsman.conftest import Connect
from tests.sandbox.wsman.fake_computer import FakeComputer
from tests.sandbox.wsman.messages import enumerate_shells

Operation = Callable[[Protocol, str, str], object]

CALLS: dict[str, Operation] = {
    "create": lambda client, shell, command: client.open_shell(),
    "command": lambda client, shell, command: client.run_command(client.open_shell(), "dir"),
    "receive": lambda client, shell, command: client.get_command_output_raw(shell, command),
    "send": lambda client, shell, command: client.send_command_input(shell, command, b"x"),
    "signal": lambda client, shell, command: client.cleanup_command(shell, command),
    "delete": lambda client, shell, command: client.close_shell(shell, close_session=False),
    "enumerate": lambda client, shell, command: enumerate_shells(client),
}


@pytest.fixture
def prepared(http_client: Protocol, computer: FakeComputer) -> tuple[Protocol, str, str]:
    """A client with a shell and a running command that has output."""
    shell = http_client.open_shell()
    command = http_client.run_command(shell, "follow")
    computer.started[0].out(b"line")
    return http_client, shell, command


def expect(kind: str, operation: str) -> object:
    if kind in ("reset", "lost_reply", "freeze"):
        return pytest.raises(requests.ConnectionError)
    if kind in ("http_400", "http_500"):
        return pytest.raises(WinRMTransportError)
    if kind == "unauthorized":
        return pytest.raises(InvalidCredentialsError)
    return pytest.raises(WSManFaultError)


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("kind", sorted(set(OPERATION_KINDS) - {"slow", "shell_gone", "unauthorized"}))
def test_a_broken_operation_fails_once_and_a_new_session_goes_on(
    prepared: tuple[Protocol, str, str], faults: Faults, kind: str, operation: str
) -> None:
    client, shell, command = prepared
    faults.add(Fault(f"winrm.{operation}", kind))
    with expect(kind, operation):  # type: ignore[attr-defined]
        CALLS[operation](client, shell, command)
    assert faults.waiting() == []
    client.transport.close_session()
    if kind != "lost_reply":
        CALLS[operation](client, shell, command)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_slow_operation_is_answered_late(
    prepared: tuple[Protocol, str, str], faults: Faults, operation: str
) -> None:
    faults.add(Fault(f"winrm.{operation}", "slow", delay_s=0.15))
    began = time.monotonic()
    CALLS[operation](*prepared)
    assert time.monotonic() - began >= 0.15


def test_a_frozen_service_lets_the_client_run_into_its_read_time_out(
    prepared: tuple[Protocol, str, str], faults: Faults
) -> None:
    client, shell, command = prepared
    client.transport.read_timeout_sec = 0.2  # type: ignore[assignment]
    faults.add(Fault("winrm.receive", "freeze", delay_s=30))
    with pytest.raises(requests.ReadTimeout):
        client.get_command_output_raw(shell, command)


def test_a_reset_happens_before_and_a_lost_reply_after_the_request_is_handled(
    http: WsmanServer, http_client: Protocol, faults: Faults
) -> None:
    for kind, shells in (("reset", 0), ("lost_reply", 1), ("http_500", 1)):
        faults.add(Fault("winrm.create", kind))
        with pytest.raises((requests.ConnectionError, WinRMTransportError)):
            http_client.open_shell()
        http_client.transport.close_session()
        assert len(http.shells()) == shells


def test_a_lost_receive_takes_its_output_with_it_and_the_rest_arrives(
    prepared: tuple[Protocol, str, str],
    faults: Faults,
    computer: FakeComputer,
    connect: Connect,
    http: WsmanServer,
) -> None:
    client, shell, command = prepared
    faults.add(Fault("winrm.receive", "lost_reply"))
    with pytest.raises(requests.ConnectionError):
        client.get_command_output_raw(shell, command)
    computer.started[0].out(b"rest").end(2)
    assert connect(http).get_command_output(shell, command) == (b"rest", b"", 2)


def test_an_unauthorized_client_can_log_on_again(
    start: Callable[..., WsmanServer], connect: Connect, faults: Faults
) -> None:
    client = connect(start(allow_unencrypted=True), "basic")
    faults.add(Fault("winrm.create", "unauthorized"))
    with pytest.raises(InvalidCredentialsError):
        client.open_shell()
    assert client.open_shell()


def test_ntlm_shakes_hands_again_by_itself_after_a_401(
    https: WsmanServer, connect: Connect, faults: Faults
) -> None:
    client = connect(https, "ntlm")
    client.open_shell()
    faults.add(Fault("winrm.create", "unauthorized"))
    assert client.open_shell()


@pytest.mark.parametrize("operation", ["command", "receive", "send", "signal", "delete"])
def test_a_shell_that_is_gone_is_gone_with_what_ran_in_it(
    prepared: tuple[Protocol, str, str],
    faults: Faults,
    computer: FakeComputer,
    http: WsmanServer,
    operation: str,
) -> None:
    client, shell, command = prepared
    faults.add(Fault(f"winrm.{operation}", "shell_gone"))
    with pytest.raises(WSManFaultError) as caught:
        if operation == "command":
            client.run_command(shell, "dir")
        else:
            CALLS[operation](client, shell, command)
    assert caught.value.wsman_fault_code == 2150858843
    assert computer.started[0].killed
    assert http.shells() == []


@pytest.mark.parametrize(("kind", "code"), [("quota_shells", 2150859173), ("quota_operations", 2150859174)])
def test_quota_faults_have_the_form_of_wmi_errors(
    http_client: Protocol, faults: Faults, kind: str, code: int
) -> None:
    faults.add(Fault("winrm.create", kind))
    with pytest.raises(WSManFaultError) as caught:
        http_client.open_shell()
    assert (caught.value.wmierror_code, caught.value.fault_subcode) == (code, "w:QuotaLimit")


@pytest.mark.parametrize("kind", ["refuse", "reset", "freeze"])
def test_a_connection_that_breaks_at_once_is_a_connection_error(
    http: WsmanServer, connect: Connect, faults: Faults, kind: str
) -> None:
    faults.add(Fault("winrm.connect", kind))
    with pytest.raises(requests.ConnectionError):
        connect(http).open_shell()
    assert connect(http).open_shell()


def test_a_slow_connection_works(https: WsmanServer, connect: Connect, faults: Faults) -> None:
    faults.add(Fault("winrm.connect", "slow", delay_s=0.1))
    assert connect(https).open_shell()


@pytest.mark.parametrize("name", ["HV-02", "hv-02"])
def test_a_fault_of_one_computer_leaves_the_others_alone(
    start: Callable[..., WsmanServer], connect: Connect, faults: Faults, name: str
) -> None:
    first, second = start(), start(FakeComputer("HV-02"))
    faults.add(Fault(f"winrm.create@{name}", "http_500"))
    assert connect(first).open_shell()
    with pytest.raises(WinRMTransportError):
        connect(second).open_shell()


def test_an_unknown_kind_is_refused(http: WsmanServer, faults: Faults) -> None:
    with pytest.raises(UnknownFault, match="lost_reply"):
        faults.add(Fault("winrm.receive@hv-01", "refuse"))
