"""A node on a clock that only simulated work moves, with a provider whose array takes anything."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.node.machine import Machine
from sandbox.node.setup import install_windows
from sandbox.node.topology import Csv, NodeState, Topology, Vm
from sandbox.node.vss.array_rest import Volume
from sandbox.node.vss.provider import ArrayEntry, Found
from sandbox.node.windows import Windows

CAPTURES = Path(__file__).parent / "captures"
SYSTEM = "NT AUTHORITY\\SYSTEM"
SERIAL = "361019ECACE43DB3000120A4"


class StepClock(Clock):
    """A clock that only simulated work moves."""

    def __init__(self, start: datetime) -> None:
        super().__init__()
        self.at = start

    def now(self, place: str = "") -> datetime:
        return self.at + timedelta(seconds=self._skew_s.get(place, 0.0))

    def work(self, seconds: float, stop: threading.Event | None = None) -> bool:
        self.at += timedelta(seconds=seconds)
        return stop.is_set() if stop is not None else False


class FakeProvider:
    """A provider whose array holds every serial asked for and takes any snapshot."""

    def __init__(self, clock: StepClock) -> None:
        self.clock = clock
        self.commits: list[tuple[datetime, str, list[str]]] = []
        self.destroyed: list[str] = []
        self.configured: dict[str, ArrayEntry] = {}

    def find(self, serials: Iterable[str]) -> dict[str, Found]:
        entry = ArrayEntry("fa", "https://fa/", "u", "p")
        return {serial: Found(entry, Volume(f"vol-{serial[-4:]}", serial)) for serial in serials}

    def commit(self, set_id: str, found: Iterable[Found]) -> list[str]:
        self.commits.append((self.clock.at, set_id, [one.volume.name for one in found]))
        return []

    def destroy(self, set_id: str, found: Iterable[Found]) -> None:
        self.destroyed.append(set_id)


@dataclass(frozen=True)
class Result:
    """What a command line left behind; text with plain line feeds."""

    code: int
    raw: bytes
    raw_err: bytes

    @property
    def out(self) -> str:
        return self.raw.decode("cp850").replace("\r\n", "\n")

    @property
    def err(self) -> str:
        return self.raw_err.decode("cp850").replace("\r\n", "\n")


class Node:
    """A machine with Windows on it."""

    def __init__(self, machine: Machine, clock: StepClock) -> None:
        self.machine = machine
        self.clock = clock
        self.files = machine.files
        self.faults = machine.faults
        machine.files.makedirs("C:\\work")

    @property
    def win(self) -> Windows:
        return cast(Windows, self.machine.extras["windows"])

    @property
    def provider(self) -> FakeProvider:
        return cast(FakeProvider, self.win.provider)

    def run(self, line: str, *, cwd: str = "C:\\work", user: str = SYSTEM) -> Result:
        return Result(*self.machine.run(line, user=user, cwd=cwd))

    def script(self, *lines: str, name: str = "a.dsh") -> None:
        """Write a script with CRLF."""
        self.files.write(f"C:\\work\\{name}", "".join(f"{line}\r\n" for line in lines).encode("cp850"))

    def diskshadow(self, *lines: str) -> Result:
        """Run DiskShadow with these lines."""
        self.script(*lines)
        return self.run("diskshadow /s a.dsh")


def make_node(
    name: str = "HV-01",
    *,
    start: datetime = datetime(2025, 2, 15, 10, 54, 38, tzinfo=UTC),
    locale: str = "en-US",
    topology: Topology | None = None,
) -> Node:
    """Return a node of a cluster with one CSV and two VMs on it."""
    clock = StepClock(start)
    machine = Machine(name, clock, Faults(), locale=locale, start_cost_s=0.0)
    install_windows(machine, topology or one_csv(name))
    node = Node(machine, clock)
    node.win.provider = cast(Any, FakeProvider(clock))
    return node


def one_csv(node: str, domain: str = "") -> Topology:
    """Return a topology of one node, one CSV and two VMs on it."""
    topology = Topology("cluster1", domain)
    topology.nodes[node.upper()] = NodeState(node, 1)
    topology.csvs["Volume1"] = Csv("Volume1", "Cluster Disk 1", SERIAL, node, 2)
    for number in (1, 2):
        vm = Vm(f"vm{number:02}", node, [f"C:\\ClusterStorage\\Volume1\\vm{number:02}\\disk.vhdx"])
        topology.vms[vm.name] = vm
    return topology


def capture(name: str) -> str:
    """Return a recorded output."""
    return (CAPTURES / f"{name}.txt").read_text(encoding="utf-8")


def ids(*known: str) -> Callable[[], str]:
    """Return a maker of ids that gives these, and then dull ones."""
    waiting = [one.strip("{}") for one in known]
    count = iter(range(1, 10_000))
    return lambda: waiting.pop(0) if waiting else f"00000000-0000-4000-8000-{next(count):012d}"
