"""A cluster of two nodes with the kit, once in memory and once as a sandbox behind real WinRM."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeVar

from bot.domain.vss import LogState
from bot.ports import KitState, Nodes, Refused
from integrations.hyperv import kit
from integrations.hyperv.ledger import FolderLedger
from integrations.hyperv.nodes import WinrmNodes
from integrations.hyperv.shell import Endpoint
from sandbox.kit import install_everywhere
from sandbox.node.machine import Machine
from sandbox.node.vss.timing import Timing
from sandbox.world import Options, World
from tests.builders import LOG_STATES, a_probe
from tests.fakes.clock import FakeClock
from tests.fakes.nodes import SECONDS, FakeNode, FakeNodes

T = TypeVar("T")
CLUSTER, NODE, OTHER = "cluster1", "hv-01", "hv-02"
VOLUMES = {f"volume{number}": rf"C:\ClusterStorage\Volume{number}" for number in (1, 2, 3)}
DEADLINE_S = 30.0
_NUMBERS = itertools.count()


def new_id() -> str:
    """Return a request id that no other test uses."""
    return f"cluster1-20261123t060000000z-{next(_NUMBERS):04x}-a1"


class Bench(Protocol):
    """What a test does to the nodes from outside."""

    nodes: Nodes

    def until(self, look: Callable[[], T | None]) -> T:
        """Look again and again until there is something."""

    def enable_task(self, *, on: bool) -> None:
        """Let the kit's task be started on NODE, or not."""

    def gather_for_long(self, *, long: bool) -> None:
        """Let DiskShadow need half an hour to reach the gate on NODE, or no time."""

    def change_kit_file(self, name: str) -> None:
        """Change a file of the kit on OTHER."""

    def hide_kit(self, *, hidden: bool) -> None:
        """Take the kit of OTHER away, or bring it back."""

    def reboot(self) -> None:
        """Restart NODE."""

    def sets_made(self) -> int:
        """Return how many shadow copy sets were made on NODE."""


class FakeBench:
    """The fake on its own clock."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        there = {(CLUSTER, node): FakeNode(a_probe(CLUSTER, node)) for node in (NODE, OTHER)}
        self._fake = FakeNodes(self.clock, there)
        self.nodes: Nodes = self._fake
        self._node, self._other = there[CLUSTER, NODE], there[CLUSTER, OTHER]
        installed = KitState(installed=True, version=kit.version(), volumes=tuple(VOLUMES))
        self._node.kit = self._other.kit = installed
        self._node.logs = tuple(LogState(state.log, 10, 1) for state in LOG_STATES)

    def until(self, look: Callable[[], T | None]) -> T:
        while not (found := look()):
            self.clock.wait(0.5)
        return found

    def enable_task(self, *, on: bool) -> None:
        self._node.task_enabled = on

    def gather_for_long(self, *, long: bool) -> None:
        self._node.script.seconds["gate"] = 1800.0 if long else SECONDS["gate"]

    def change_kit_file(self, name: str) -> None:
        self._other.kit = KitState(True, kit.version(), (name,), tuple(VOLUMES))

    def hide_kit(self, *, hidden: bool) -> None:
        volumes = () if hidden else tuple(VOLUMES)
        self._other.kit = KitState(not hidden, "" if hidden else kit.version(), (), volumes)

    def reboot(self) -> None:
        self._fake.reboot(CLUSTER, NODE)

    def sets_made(self) -> int:
        return len(self._node.sets)


class SandboxBench:
    """Simulated nodes behind WS-Man, with the product's own kit installed by its own installer."""

    def __init__(self, folder: Path) -> None:
        self.world = World(Options(folder, frozenset({"array", "cluster"}), speed=1000))
        self.folder = folder
        (folder / "own-kit.zip").write_bytes(kit.build_zip(VOLUMES))
        install_everywhere(self.world, folder / "own-kit.zip")
        self.ledger = FolderLedger(folder / "shells")
        self.adapter = self.connect(self.ledger)
        self.nodes: Nodes = self.adapter
        assert self.world.clusters is not None
        self._part = self.world.clusters
        self._old_shells: dict[str, set[str]] = {}
        # As Microsoft documents EXEC; the sandbox's other answer is in test_winrm.py.
        self.ignore_failing_exec(on=False)

    def connect(self, ledger: FolderLedger, **changed: str | None) -> WinrmNodes:
        """Return an adapter of its own; `changed` are fields of the endpoints."""
        return WinrmNodes(
            {(CLUSTER, one.node): one for one in self.endpoints(**changed)}, {CLUSTER: VOLUMES}, ledger
        )

    def endpoints(self, **changed: str | None) -> list[Endpoint]:
        """Return how to reach each node."""
        entries = self.world.entries()
        password = changed.get("password") or entries.secrets["VSSBOT_NODE_PASSWORD"]
        return [
            Endpoint(
                node=one.name,
                url=changed.get("url") or one.url,
                transport="ntlm",
                user=entries.secrets["VSSBOT_NODE_USER"],
                password=lambda: password,
                ca_file=str(self.folder / (changed.get("ca_file") or one.ca_file)) if one.ca_file else None,
            )
            for one in entries.clusters[0].nodes
        ]

    def shells(self, node: str = NODE) -> int:
        """Return how many shells exist on a node that did not when `count_from_here` was called."""
        return len(self._shell_ids(node) - self._old_shells.get(node, set()))

    def count_from_here(self) -> None:
        """Do not count the shells that exist now: a lost answer to CREATE leaves one that nobody knows."""
        self._old_shells = {node: self._shell_ids(node) for node in (NODE, OTHER)}

    def _shell_ids(self, node: str) -> set[str]:
        return {shell.id for shell in self._part._servers[node].shells()}

    def close(self) -> None:
        """Stop the world."""
        self.adapter.close()
        self.world.close()

    def until(self, look: Callable[[], T | None]) -> T:
        end = time.monotonic() + DEADLINE_S
        while not (found := look()):
            assert time.monotonic() < end, "it never came to be"
        return found

    def enable_task(self, *, on: bool) -> None:
        self._run(NODE, rf"schtasks /change /tn \vssbot\run /{'enable' if on else 'disable'}")

    def gather_for_long(self, *, long: bool) -> None:
        timing = Timing(start_s=1800.0) if long else Timing()
        self._part.cluster(CLUSTER).set_timing(timing)

    def change_kit_file(self, name: str) -> None:
        self._run(OTHER, rf"echo rem changed>>C:\vssbot\kit\{name}")

    def hide_kit(self, *, hidden: bool) -> None:
        source, target = ("kit", "kit-away") if hidden else ("kit-away", "kit")
        self._run(OTHER, rf"ren C:\vssbot\{source} {target}")

    def reboot(self) -> None:
        self._part.act({"action": "reboot", "node": NODE})

    def sets_made(self) -> int:
        states = {state["name"]: state for state in self._part.states()}
        return len(states[NODE]["shadow_copy_sets"])

    def ignore_failing_exec(self, *, on: bool) -> None:
        """Let DiskShadow go on after a script that failed, or quit."""
        self._part.cluster(CLUSTER).set_unknown("ignore_failing_exec", on)

    def machine(self, node: str = NODE) -> Machine:
        """Return a node's machine."""
        return self._part.machines[node]

    def _run(self, node: str, line: str) -> None:
        code, out, err = self.machine(node).run(line, user=self._part.admin)
        assert code == 0, (out, err)


def ask(bench: Bench, request_id: str, *wanted: str) -> None:
    """Leave a request on NODE, also where its task refuses to start."""
    try:
        bench.nodes.ask(CLUSTER, NODE, request_id, wanted)
    except Refused as err:
        assert err.code == "task-refused"
