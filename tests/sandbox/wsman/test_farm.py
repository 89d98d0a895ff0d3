"""Many computers behind one accepting thread."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.wsman import Listening, Policy, WsmanFarm
from tests.sandbox.wsman.conftest import Connect
from tests.sandbox.wsman.fake_computer import FakeComputer


@pytest.fixture
def farm(faults: Faults) -> Iterator[WsmanFarm]:
    farm = WsmanFarm(clock=Clock(), faults=faults)
    yield farm
    farm.close()


def test_computers_cost_no_thread_until_somebody_connects(farm: WsmanFarm, connect: Connect) -> None:
    before = threading.active_count()
    computers = [FakeComputer(f"HV-{number:02}") for number in range(40)]
    servers = [farm.serve(computer) for computer in computers]
    assert threading.active_count() == before
    client = connect(servers[7])
    client.run_command(client.open_shell(), "hostname")
    assert threading.active_count() == before + 1
    assert [len(computer.started) for computer in computers] == [int(n == 7) for n in range(40)]


def test_one_computer_leaves_and_the_others_stay(farm: WsmanFarm, connect: Connect) -> None:
    first, second = farm.serve(FakeComputer()), farm.serve(FakeComputer("HV-02"))
    gone, there = connect(first), connect(second)
    gone.open_shell()
    shell = there.open_shell()
    first.close()
    first.close()
    assert first.shells() == []
    there.run_command(shell, "ping")
    with pytest.raises(OSError, match=r"refused|closed|reset"):
        gone.open_shell()


def test_a_computer_comes_back_on_its_port_without_its_shells(farm: WsmanFarm, connect: Connect) -> None:
    computer = FakeComputer()
    first = farm.serve(computer, policy=Policy(max_shells_per_user=1))
    client = connect(first)
    client.run_command(client.open_shell(), "ping")
    first.close()
    port = int(first.url.rpartition(":")[2].partition("/")[0])
    second = farm.serve(computer, Listening(port=port))
    client.transport.close_session()
    assert computer.started[0].killed
    client.open_shell()
    assert len(second.shells()) == 1


def test_closing_the_farm_closes_everything_and_leaves_no_thread(faults: Faults, connect: Connect) -> None:
    before = set(threading.enumerate())
    farm = WsmanFarm(clock=Clock(), faults=faults)
    servers = [farm.serve(FakeComputer(f"HV-{number}")) for number in range(3)]
    for server in servers:
        connect(server).open_shell()
    farm.close()
    farm.close()
    assert set(threading.enumerate()) <= before
    assert [server.shells() for server in servers] == [[], [], []]
