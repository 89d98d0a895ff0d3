"""A stand-in for a node: real files, a clock that simulated work moves, and calls without processes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.node.argv import split_argv as split
from sandbox.node.environment import EnvBlock
from sandbox.node.files import FileSystem
from sandbox.node.process import Call, Console, Launch, Process, Program
from sandbox.node.setup import install_windows
from sandbox.node.streams import Captured, Pipe
from sandbox.node.topology import Csv, NodeState, Topology, Vm
from sandbox.node.vss.array_rest import Volume
from sandbox.node.vss.provider import ArrayEntry, Found
from sandbox.node.windows import Culture, Unknowns, Windows

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

    def find(self, serials: Iterable[str]) -> dict[str, Found]:
        entry = ArrayEntry("fa", "https://fa/", "u", "p")
        return {serial: Found(entry, Volume(f"vol-{serial[-4:]}", serial)) for serial in serials}

    def commit(self, set_id: str, found: Iterable[Found]) -> list[str]:
        self.commits.append((self.clock.at, set_id, [one.volume.name for one in found]))
        return []

    def destroy(self, set_id: str, found: Iterable[Found]) -> None:
        self.destroyed.append(set_id)


class StandIn:
    """What a program needs of a machine."""

    def __init__(self, name: str, start: datetime) -> None:
        self.name = name
        self.clock = StepClock(start)
        self.faults = Faults()
        self.extras: dict[str, object] = {}
        self.programs: dict[str, Program] = {}
        self.processes: dict[int, Process] = {}
        self.files = FileSystem(
            now=self.clock.now, sids_of=lambda _: frozenset({"S-1-5-18"}), owner_of=lambda user: user
        )
        self.files.add_drive("C")
        self.files.makedirs("C:\\work")
        self.spawned: list[tuple[str, dict[str, str]]] = []
        self.on_spawn: Callable[[str, Mapping[str, str]], int] = lambda _line, _env: 0

    @property
    def win(self) -> Windows:
        return cast(Windows, self.extras["windows"])

    @property
    def provider(self) -> FakeProvider:
        return cast(FakeProvider, self.win.provider)

    def run(self, line: str, stdin: bytes = b"", cwd: str = "C:\\work", user: str = SYSTEM) -> Result:
        """Run one of the installed programs by its command line."""
        name = line.split(maxsplit=1)[0].lower().removesuffix(".exe") + ".exe"
        console = Console(self.win.culture.codepage)
        env = EnvBlock({"ComSpec": "C:\\Windows\\System32\\cmd.exe"})
        launch = Launch(image=name, command_line=line, user=user, cwd=cwd, env=env, console=console)
        process = Process(4242, launch, self.clock.now())
        out, err = Captured(), Captured()
        call = StandInCall(
            cast(Any, self), process, line.partition(" ")[2], split(line), env, cwd, Pipe(stdin), out, err
        )
        code = self.programs[name](call)
        return Result(code, out.getvalue(), err.getvalue(), env)


class StandInCall(Call):
    """A call whose children are recorded instead of run."""

    def spawn(self, command_line: str) -> int:
        machine = cast(StandIn, self.machine)
        machine.spawned.append((command_line, dict(self.env)))
        return machine.on_spawn(command_line, self.env)


class Result:
    """What a program left behind."""

    def __init__(self, code: int, out: bytes, err: bytes, env: EnvBlock) -> None:
        self.code = code
        self.raw = out
        self.env = env
        self.raw_err = err

    @property
    def out(self) -> str:
        return self.raw.decode("cp850").replace("\r\n", "\n")

    @property
    def err(self) -> str:
        return self.raw_err.decode("cp850").replace("\r\n", "\n")


def make_node(
    name: str = "HV-01",
    *,
    start: datetime = datetime(2025, 2, 15, 10, 54, 38, tzinfo=UTC),
    culture: Culture | None = None,
    unknowns: Unknowns | None = None,
    topology: Topology | None = None,
) -> StandIn:
    """Return a node of a cluster with one CSV; other nodes of the topology have no machine."""
    machine = StandIn(name, start)
    install_windows(
        cast(Any, machine), topology or one_csv(name), culture=culture, unknowns=unknowns or Unknowns()
    )
    machine.win.provider = cast(Any, FakeProvider(machine.clock))
    return machine


def one_csv(node: str) -> Topology:
    """Return a topology of one node, one CSV and two VMs on it."""
    topology = Topology("cluster1", "")
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
