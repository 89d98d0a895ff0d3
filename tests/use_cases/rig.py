"""The whole application on fakes: everything that wiring builds, without any wire."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.domain.answers import Accepted
from bot.domain.array import ProtectionGroup, suffix_for
from bot.domain.backup import Actor, Run
from bot.domain.catalog import Catalog
from bot.domain.wording import Backup
from bot.ports import Message
from bot.use_cases.check import Questions
from bot.use_cases.desk import Desk
from bot.use_cases.dispatch import Dispatcher
from bot.use_cases.follow import Follower
from bot.use_cases.precheck import Precheck
from bot.use_cases.prove import Prover
from bot.use_cases.recover import Recovery
from bot.use_cases.run import BackupRun
from bot.use_cases.views import Cards, Views
from tests.builders import ARRAY_VOLUMES, NODES, OMAR, SERIALS, WORKSPACE, a_catalog, a_probe
from tests.fakes.arrays import FakeArray, FakeArrays
from tests.fakes.clock import FakeClock
from tests.fakes.engine import FakeEngine, Killed
from tests.fakes.nodes import FakeNode, FakeNodes
from tests.fakes.render import FakeRender
from tests.fakes.store import FakeAudit, FakeOutbox, FakeRuns


class Shown(FakeOutbox):
    """The outbox with every revision that was put, as a person would have seen it."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(now=clock.now)
        self.history: dict[str, list[str]] = {}
        self.final: set[str] = set()

    def put(
        self, key: str, channel: str, message: Message, *, final: bool = False, urgent: bool = False
    ) -> None:
        super().put(key, channel, message, final=final, urgent=urgent)
        seen = self.history.setdefault(key, [])
        text = self.shown()[key].text
        if not seen or seen[-1] != text:
            seen.append(text)
        if final:
            self.final.add(key)


@dataclass
class Fate:
    """Kills the process at a counted moment: after so many changes that left it."""

    deadly: int | None = None
    changes: int = 0

    def pass_by(self) -> None:
        """Count a change, and die if it is the one."""
        self.changes += 1
        if self.changes == self.deadly:
            raise Killed(f"after change {self.changes}")


CHANGING = frozenset(
    [
        "ask",
        "cancel",
        "change",
        "start_phase",
        "end_phases",
        "save_writers",
        "save_vms",
        "save_snapshots",
        "save_note",
        "save_facts",
        "put",
        "write",
    ]
)


class Mortal:
    """A port whose caller may die right after a change: it was done, and nobody knows."""

    def __init__(self, port: Any, fate: Fate) -> None:
        self._port = port
        self._fate = fate

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._port, name)
        if name not in CHANGING:
            return method

        def call(*args: Any, **options: Any) -> Any:
            answer = method(*args, **options)
            self._fate.pass_by()
            return answer

        return call


def an_array() -> FakeArray:
    """Return the array behind both clusters; the second volume lies in a group with another team's."""
    array = FakeArray()
    for key, name in ARRAY_VOLUMES.items():
        array.add_volume(name, SERIALS[key])
    array.add_volume("sql-data", "624A9370000000000000AAFF")
    array.groups["pg1"] = ProtectionGroup("fa1", "pg1", ("csv2", "sql-data"), ("fa-dr",))
    return array


@dataclass
class Rig:
    """One process on stores, nodes and arrays that outlive it; `restart` is the next process."""

    catalog: Catalog = field(default_factory=a_catalog)
    clock: FakeClock = field(default_factory=FakeClock)
    runs: FakeRuns = field(default_factory=FakeRuns)
    audit: FakeAudit = field(default_factory=FakeAudit)
    array: FakeArray = field(default_factory=an_array)
    fate: Fate = field(default_factory=Fate)
    members: dict[str, frozenset[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.outbox = Shown(self.clock)
        self.arrays = FakeArrays(self.clock, self.array)
        self.nodes = FakeNodes(
            self.clock,
            {
                (cluster, node): FakeNode(a_probe(cluster, node))
                for cluster, nodes in NODES.items()
                for node in nodes
            },
        )
        for cluster, names in NODES.items():
            for node in names:
                self.nodes.all[cluster, node].take = self._take(cluster)
        self.woken = 0
        self._build()
        self.engine = FakeEngine(self.backup_run.execute, wait=self.clock.wait)
        self.dispatcher = Dispatcher(self.runs, self.engine)

    def _take(self, cluster: str) -> Any:
        def take(set_id: str, volumes: Sequence[str], at: datetime) -> None:
            names = [ARRAY_VOLUMES[cluster, volume] for volume in volumes]
            self.array.snap(names, suffix_for(set_id), at)

        return take

    def _build(self) -> None:
        runs: Any = Mortal(self.runs, self.fate)
        nodes: Any = Mortal(self.nodes, self.fate)
        audit: Any = Mortal(self.audit, self.fate)
        outbox: Any = Mortal(self.outbox, self.fate)
        common: Any = {"runs": runs, "catalog": self.catalog}
        self.views = Views(runs, self.clock)
        self.cards = Cards(views=self.views, outbox=outbox, render=FakeRender(), catalog=self.catalog)
        questions = Questions(nodes, self.arrays, self.clock)
        self.prover = Prover(nodes=nodes, arrays=self.arrays, questions=questions, clock=self.clock, **common)
        self.backup_run = BackupRun(
            nodes=nodes,
            precheck=Precheck(questions=questions, arrays=self.arrays, **common),
            follower=Follower(runs=runs, nodes=nodes, arrays=self.arrays, cards=self.cards, clock=self.clock),
            prover=self.prover,
            cards=self.cards,
            audit=audit,
            clock=self.clock,
            **common,
        )
        self.recovery = Recovery(
            nodes=nodes, prover=self.prover, cards=self.cards, audit=audit, clock=self.clock, **common
        )
        self.desk = Desk(
            audit=audit,
            views=self.views,
            cards=self.cards,
            clock=self.clock,
            members=lambda group: self.members.get(group, frozenset()),
            wake=self._wake,
            **common,
        )

    def _wake(self) -> None:
        self.woken += 1

    # --- what tests do ---

    def restart(self) -> None:
        """Let the next process begin on what the last one left."""
        self._build()
        self.engine = self.engine.restart(self.backup_run.execute)
        self.dispatcher = Dispatcher(self.runs, self.engine)

    def wish(
        self, *volumes: str, cluster: str = "cluster1", by: Actor = OMAR, key: str = "", channel: str = "COPS"
    ) -> Run:
        """Ask the desk for a backup and return its run."""
        self.clock.wait(0.001)  # two wishes have one order only if their times differ
        wish = Backup(cluster, volumes or ("volume1",))
        key = key or f"key-{len(self.audit.entries)}"
        answer = self.desk.backup(wish, by=by, key=key, channel=channel, team=WORKSPACE)
        assert isinstance(answer, Accepted), answer
        return answer.run

    def work(self) -> None:
        """Hand over what is recorded and run it to its end. Raises Killed."""
        self.dispatcher.tick()
        self.engine.run_until_idle()

    def backup(self, *volumes: str, cluster: str = "cluster1") -> Run:
        """Ask for a backup, run it, and return how it ended."""
        run = self.wish(*volumes, cluster=cluster)
        self.work()
        return self.now(run)

    def now(self, run: Run) -> Run:
        """Return a run as it stands."""
        found = self.runs.get(run.id)
        assert found is not None
        return found

    def node(self, name: str = "hv-01") -> FakeNode:
        """Return a node by its name."""
        return next(node for (_, known), node in self.nodes.all.items() if known == name)

    def card(self, run: Run) -> list[str]:
        """Return every text that the run's card showed."""
        return self.outbox.history.get(f"card:{run.id}", [])

    def notices(self, run: Run) -> list[str]:
        """Return the notices about a run, by key."""
        return [key for key in self.outbox.history if key.startswith(f"notice:{run.id}:")]

    def questions_to_people(self) -> list[str]:
        """Return the keys of what people were asked."""
        return [key for key in self.outbox.history if key.startswith("ask:")]

    def backups(self) -> list[str]:
        """Return the ids of every request for a shadow copy on any node."""
        return [one.id for node in self.nodes.all.values() for one in node.backups()]

    def sets(self) -> list[str]:
        """Return every shadow copy set that was made on any node."""
        return [one for node in self.nodes.all.values() for one in node.sets]
