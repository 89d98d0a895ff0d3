"""The service seen through pypsrp's remote shell, a client by other people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pypsrp.exceptions import AuthenticationError, WSManFaultError
from pypsrp.shell import Process, SignalCode, WinRS
from pypsrp.wsman import WSMan

from sandbox.wsman import WsmanServer
from tests.sandbox.wsman.conftest import Start
from tests.sandbox.wsman.fake_computer import FakeComputer

Dial = Callable[..., WSMan]


@pytest.fixture
def dial(certificates: Path) -> Iterator[Dial]:
    """Make pypsrp connections; they are closed with the test."""
    made: list[WSMan] = []

    def _dial(server: WsmanServer, **options: Any) -> WSMan:
        settings: dict[str, Any] = {
            "username": "backup",
            "password": "Pa:ss word1",
            "ssl": server.url.startswith("https"),
            "cert_validation": str(certificates / "ca.pem"),
            "operation_timeout": 2,
            "read_timeout": 5,
            "no_proxy": True,
            **options,
        }
        wsman = WSMan("127.0.0.1", port=int(server.url.rpartition(":")[2].partition("/")[0]), **settings)
        made.append(wsman)
        return wsman

    yield _dial
    for wsman in made:
        wsman.close()


@pytest.fixture(params=["basic", "ntlm", "negotiate", "ntlm sealed", "negotiate sealed"])
def wsman(request: pytest.FixtureRequest, start: Start, certificates: Path, dial: Dial) -> WSMan:
    """A pypsrp connection, once for each way in."""
    tls = {"certfile": certificates / "server.pem", "keyfile": certificates / "server.key"}
    auth, _, sealed = request.param.partition(" ")
    return dial(start(**({} if sealed else tls)), auth=auth)


def test_a_process_runs_in_a_shell(wsman: WSMan, computer: FakeComputer) -> None:
    computer.scripts["cmd.exe /c run"] = lambda p: p.out(b"out").out(b"bad", "stderr").end(2)
    with wsman, WinRS(wsman, codepage=65001, environment={"A": "1"}, working_directory="C:\\x") as shell:
        assert shell.owner == "backup"
        process = Process(shell, "cmd.exe", ["/c", "run"])
        process.invoke()
        process.signal(SignalCode.TERMINATE)
        assert (process.stdout, process.stderr, process.rc) == (b"out", b"bad", 2)
    started = computer.started[0]
    assert (started.env, started.cwd, started.codepage) == ({"A": "1"}, "C:\\x", 65001)


def test_output_is_polled_across_time_outs(start: Start, dial: Dial, computer: FakeComputer) -> None:
    with (
        dial(start(), auth="ntlm", operation_timeout=1) as wsman,
        WinRS(wsman) as shell,
    ):
        process = Process(shell, "follow")
        process.begin_invoke()
        process.poll_invoke()
        computer.started[0].out(b"one")
        process.poll_invoke()
        computer.started[0].out(b" two").end(0)
        process.end_invoke()
        assert (process.stdout, process.rc) == (b"one two", 0)


def test_input_and_a_break_signal_reach_the_process(wsman: WSMan, computer: FakeComputer) -> None:
    with wsman, WinRS(wsman) as shell:
        process = Process(shell, "more")
        process.begin_invoke()
        process.send(b"first", end=False)
        process.send(b"second", end=True)
        assert computer.started[0].wait_for_input() == b"firstsecond"
        process.signal(SignalCode.CTRL_C)
        process.end_invoke()
        assert process.rc == 0xC000013A


def test_a_shell_describes_itself_and_dies_with_delete(wsman: WSMan, computer: FakeComputer) -> None:
    with wsman:
        shell = WinRS(wsman, name="mine", idle_time_out=90, lifetime=600)
        shell.open()
        state = shell._get_shell()
        assert (state["Name"], state["IdleTimeOut"], state["State"]) == ("mine", "PT90.000S", "Connected")
        process = Process(shell, "ping")
        process.begin_invoke()
        shell.close()
        assert computer.started[0].killed
        shell.opened = True
        with pytest.raises(WSManFaultError) as caught:
            process.poll_invoke()
        assert caught.value.code == 2150858843


def test_a_wrong_password_is_refused(start: Start, dial: Dial) -> None:
    wsman = dial(start(), auth="ntlm", password="wrong")
    with pytest.raises(AuthenticationError):
        WinRS(wsman).open()


def test_messages_may_be_sealed_inside_tls_too(
    https: WsmanServer, dial: Dial, computer: FakeComputer
) -> None:
    computer.echo("ver", b"10.0")
    with dial(https, auth="ntlm", encryption="always") as wsman, WinRS(wsman) as shell:
        process = Process(shell, "ver")
        process.invoke()
        assert process.stdout == b"10.0"
