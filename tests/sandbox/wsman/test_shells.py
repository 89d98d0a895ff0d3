"""Shells as resources: owners, quotas, time limits, listings."""

from __future__ import annotations

import threading

import pytest
from winrm.exceptions import WSManFaultError
from winrm.protocol import Protocol

from sandbox.wsman import Policy, WsmanServer, names
from tests.sandbox.wsman.conftest import Connect, Start
from tests.sandbox.wsman.fake_computer import FakeComputer
from tests.sandbox.wsman.messages import NS, create_shell, enumerate_commands, enumerate_shells, send


def test_a_shell_survives_its_connection_and_its_client(
    https: WsmanServer, connect: Connect, computer: FakeComputer
) -> None:
    first = connect(https)
    shell = first.open_shell()
    command = first.run_command(shell, "follow")
    computer.started[0].out(b"one")
    assert first.get_command_output_raw(shell, command)[0] == b"one"
    first.transport.close_session()
    computer.started[0].out(b"two").end(5)
    assert connect(https).get_command_output(shell, command) == (b"two", b"", 5)


def test_another_user_is_denied_the_shell(http: WsmanServer, connect: Connect) -> None:
    shell = connect(http).open_shell()
    other = connect(http, username="other", password="secret")
    for attempt in (lambda: other.run_command(shell, "dir"), lambda: other.close_shell(shell)):
        with pytest.raises(WSManFaultError) as caught:
            attempt()
        assert (caught.value.wsman_fault_code, caught.value.fault_subcode) == (5, "w:AccessDenied")
    assert [s.id for s in http.shells()] == [shell]


def test_the_owner_may_write_its_name_in_other_ways(https: WsmanServer, connect: Connect) -> None:
    shell = connect(https).open_shell()
    for name in ("BACKUP", "HV-01\\backup", ".\\Backup"):
        connect(https, username=name).run_command(shell, "ping")
        connect(https, "ntlm", username=name)
        for command in https.shells()[0].commands:
            connect(https, "ntlm", username=name).cleanup_command(shell, command.id)


def test_an_orphan_is_found_and_deleted_by_a_new_client(
    http: WsmanServer, connect: Connect, computer: FakeComputer
) -> None:
    lost = connect(http)
    shell = lost.open_shell()
    command = lost.run_command(shell, "follow", ["log"])
    lost.transport.close_session()
    fresh = connect(http)
    (found,) = enumerate_shells(fresh)
    assert (found["ShellId"], found["Owner"], found["State"], found["ChildProcesses"]) == (
        shell,
        "HV-01\\backup",
        "Connected",
        "1",
    )
    assert enumerate_commands(fresh, shell) == [
        {"CommandId": command, "CommandLine": "follow log", "CommandState": "Running"}
    ]
    fresh.close_shell(found["ShellId"], close_session=False)
    assert computer.started[0].killed
    assert enumerate_shells(fresh) == []


def test_the_shells_of_every_user_are_listed_with_their_owners(http: WsmanServer, connect: Connect) -> None:
    mine, other = connect(http), connect(http, username="other", password="secret")
    mine.open_shell()
    other.open_shell()
    assert [s["Owner"] for s in enumerate_shells(mine)] == ["HV-01\\backup", "HV-01\\other"]


def test_a_listing_that_is_not_optimized_is_pulled(http_client: Protocol) -> None:
    shell = http_client.open_shell()
    root = send(http_client, names.ENUMERATE, names.SHELL_RESOURCE, {"n:Enumerate": None})
    context = root.findtext(".//n:EnumerationContext", None, NS)
    pulled = send(
        http_client, names.PULL, names.SHELL_RESOURCE, {"n:Pull": {"n:EnumerationContext": context}}
    )
    assert [e.text for e in pulled.iterfind(".//n:Items/rsp:Shell/rsp:ShellId", NS)] == [shell]
    assert pulled.find(".//n:EndOfSequence", NS) is not None
    with pytest.raises(WSManFaultError):
        send(http_client, names.PULL, names.SHELL_RESOURCE, {"n:Pull": {"n:EnumerationContext": context}})


def test_a_shell_describes_itself(http_client: Protocol) -> None:
    shell = http_client.open_shell(idle_timeout="PT90S")
    root = send(http_client, names.GET, names.SHELL_RESOURCE, shell=shell)
    assert root.findtext(".//rsp:Shell/rsp:IdleTimeOut", None, NS) == "PT90.000S"


def test_the_thirty_first_shell_of_a_user_is_refused(http: WsmanServer, connect: Connect) -> None:
    mine = connect(http)
    for _ in range(30):
        last = mine.open_shell()
    with pytest.raises(WSManFaultError) as caught:
        mine.open_shell()
    assert (caught.value.wmierror_code, caught.value.wsman_fault_code) == (2150859173, None)
    assert caught.value.fault_subcode == "w:QuotaLimit"
    connect(http, username="other", password="secret").open_shell()
    mine.close_shell(last, close_session=False)
    mine.open_shell()


def test_operations_come_back_with_the_shell_and_not_with_terminate(
    start: Start, connect: Connect, computer: FakeComputer
) -> None:
    computer.echo("ver", b"x")
    client = connect(start(policy=Policy(max_operations_per_user=3)))
    shell, spare = client.open_shell(), client.open_shell()
    for _ in range(3):
        command = client.run_command(shell, "ver")
        client.get_command_output(shell, command)
        client.cleanup_command(shell, command)
    for refused in (shell, spare):
        with pytest.raises(WSManFaultError) as caught:
            client.run_command(refused, "ver")
        assert caught.value.wmierror_code == 2150859174
    client.close_shell(shell, close_session=False)
    client.run_command(spare, "ver")


@pytest.mark.parametrize("limit", ["rsp:IdleTimeOut", "rsp:Lifetime"])
def test_a_shell_ends_by_itself_and_kills_what_runs_in_it(
    http_client: Protocol, computer: FakeComputer, limit: str
) -> None:
    ended = threading.Event()
    shell = create_shell(http_client, {limit: "PT0.3S"})
    http_client.run_command(shell, "ping")
    process = computer.started[0]

    def watch() -> None:
        process.read_output(5)
        ended.set()

    watcher = threading.Thread(target=watch)
    watcher.start()
    assert ended.wait(5)
    watcher.join()
    assert process.killed
    with pytest.raises(WSManFaultError) as caught:
        http_client.run_command(shell, "ping")
    assert caught.value.wsman_fault_code == 2150858843


def test_closing_the_service_kills_what_runs(
    http: WsmanServer, connect: Connect, computer: FakeComputer
) -> None:
    client = connect(http)
    client.run_command(client.open_shell(), "ping")
    http.close()
    assert computer.started[0].killed
    assert http.shells() == []
