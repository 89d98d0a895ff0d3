"""Nodes in memory: a small scripted kit that claims, waits at the gate and takes shadow copies as time passes."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from bot.domain.events import LOGS
from bot.domain.inventory import NodeProbe
from bot.domain.vss import DiagReading, DiagRecord, Event, LogState, RequesterReport
from bot.ports import KitState, Refused, RunFolder, RunRecord, Unreachable
from tests.fakes.clock import FakeClock

KINDS = frozenset({"probe", "events", "writers", "copy"})
STEPS = ("claim", "start", "gate", "snapshot", "create", "end", "exit", "done")
SECONDS = dict(zip(STEPS, (0.5, 0.5, 8.0, 12.0, 2.0, 6.0, 0.5, 0.5), strict=True))
CSV_WRITER = "Cluster Shared Volume VSS Writer"
SHOWN_IN_DIAG = {"gate": "PREPARESNAPSHOT", "snapshot": "FREEZE", "create": "THAW", "end": "BACKUPCOMPLETE"}

NEVER = datetime.min.replace(tzinfo=UTC)
T = TypeVar("T")
Take = Callable[[str, Sequence[str], datetime], None]
"""Takes the array snapshots of a set id and short volume names at a time."""


@dataclass
class Script:
    """How the next backups on a node go."""

    seconds: dict[str, float] = field(default_factory=lambda: dict(SECONDS))
    hangs_before: str = ""  # a step that is never done, until this is emptied
    dies_before: str = ""  # the node loses its power there and starts again at once
    hresult: int | None = None  # CREATE fails with it
    snapshot_all_the_same: bool = False  # it fails after the array snapshot
    passes_a_shut_gate: bool = False  # DiskShadow goes on although the gate said no
    left_out: frozenset[str] = frozenset()  # ids of VMs that the writers leave out
    events: tuple[Event, ...] = ()
    unreadable: tuple[str, ...] = ()


@dataclass
class Asked:
    """A request folder and its run folder."""

    id: str
    wanted: tuple[str, ...]
    armed: bool = True
    committed: bool = False
    cancelled: bool = False
    gone: bool = False
    skipped: bool = False  # cancelled between the claim and DiskShadow's start
    seen: list[str] = field(default_factory=list)  # the steps that were done
    instance: int = 0  # the instance of the task that claimed it
    set_id: str | None = None
    exit_code: int | None = None
    left_out: frozenset[str] = frozenset()
    diag: list[DiagRecord] = field(default_factory=list)

    @property
    def volumes(self) -> tuple[str, ...]:
        """Return the volumes it is for, if any."""
        return tuple(name for name in self.wanted if name not in KINDS)

    def next_step(self) -> str:
        """Return the step that comes next, or nothing."""
        if "done" in self.seen or not (self.armed or self.seen):
            return ""
        if not self.seen:
            return "claim"
        if not self.volumes or self.skipped or self.exit_code is not None:
            return "done"
        return STEPS[STEPS.index(self.seen[-1]) + 1]

    @property
    def started(self) -> bool:
        """Tell whether DiskShadow was started."""
        return "start" in self.seen and not self.skipped


@dataclass
class FakeNode:
    """One node: what a probe of it finds, its kit, how backups go there, and what is wrong with the way to it."""

    probe: NodeProbe
    kit: KitState = field(default_factory=lambda: KitState(installed=True, version="1"))
    script: Script = field(default_factory=Script)
    logs: tuple[LogState, ...] = tuple(LogState(log, 10, 1) for log in LOGS)
    logs_after: tuple[LogState, ...] = ()  # where they differ after a backup
    allowed: frozenset[str] | None = None  # the node's own list of volumes; None: whatever is asked for
    task_enabled: bool = True
    silent: str = ""  # why nothing answers, while it is set
    refuses: Refused | None = None
    lose_replies: int = 0  # so many calls do their work, and then their answer is lost
    requests: dict[str, Asked] = field(default_factory=dict)
    queue: list[str] | None = None  # what the running instance of the task has still to look at
    instance: int = 0
    since: datetime = NEVER  # when the instance did its last step
    sets: list[str] = field(default_factory=list)
    take: Take = lambda *_: None
    asked: int = 0  # calls that reached the node or tried to

    def backups(self) -> list[Asked]:
        """Return the requests for shadow copies."""
        return [one for one in self.requests.values() if one.volumes]


class FakeNodes:
    """ports.Nodes on FakeNode; its only clock is the fake one."""

    def __init__(self, clock: FakeClock, nodes: Mapping[tuple[str, str], FakeNode]) -> None:
        self._clock = clock
        self.all = dict(nodes)
        self._lock = threading.RLock()

    # --- the port ---

    def ask(self, cluster: str, node: str, request_id: str, wanted: Sequence[str]) -> None:
        def act(there: FakeNode) -> None:
            if not there.kit.installed:
                raise Refused(
                    node, "the vssbot kit is not installed", code="kit-missing", next_step="Install it."
                )
            there.requests.setdefault(request_id, Asked(request_id, tuple(wanted)))
            self._start_task(node, there)

        self._call(cluster, node, act)

    def nudge(self, cluster: str, node: str) -> None:
        self._call(cluster, node, lambda there: self._start_task(node, there))

    def look(self, cluster: str, node: str, request_id: str) -> RunFolder:
        return self._call(cluster, node, lambda there: self._folder(there.requests.get(request_id)))

    def diagnostics(self, cluster: str, node: str) -> DiagReading:
        def read(there: FakeNode) -> DiagReading:
            records = [record for one in there.requests.values() for record in one.diag]
            return DiagReading(tuple(records), there.probe.diag_disabled)

        return self._call(cluster, node, read)

    def cancel(self, cluster: str, node: str, request_id: str) -> bool:
        def race(there: FakeNode) -> bool:
            asked = there.requests.get(request_id)
            if asked is None:
                return False
            if asked.armed:
                asked.armed, asked.cancelled = False, True
            return asked.cancelled

        return self._call(cluster, node, race)

    def record(self, cluster: str, node: str, request_id: str) -> RunRecord:
        vms = self._vms(cluster)
        return self._call(cluster, node, lambda there: _record(there, there.requests.get(request_id), vms))

    def probe(self, cluster: str, node: str, request_id: str) -> NodeProbe:
        def read(there: FakeNode) -> NodeProbe:
            asked = there.requests.get(request_id)
            if asked is None or "done" not in asked.seen:
                return NodeProbe(node, problems=("services.csv is missing",))
            pids = (4711,) if _runs(there) else ()
            return replace(there.probe, diskshadow_pids=pids, processes_known=True, logs=there.logs)

        return self._call(cluster, node, read)

    def kit(self, cluster: str, node: str) -> KitState:
        return self._call(cluster, node, lambda there: there.kit)

    def forget(self, cluster: str, node: str) -> None:
        del cluster, node  # nothing is kept open

    # --- what happens to a node ---

    def reboot(self, cluster: str, node: str) -> None:
        """Let a node start anew: what ran is gone, what it wrote stays."""
        with self._lock:
            there = self.all[cluster, node]
            there.queue = None
            there.probe = replace(there.probe, boot=f"{self._clock.now().isoformat()}/{len(there.requests)}")

    def _call(self, cluster: str, node: str, act: Callable[[FakeNode], T]) -> T:
        with self._lock:
            there = self.all[cluster, node]
            there.asked += 1
            self._catch_up(cluster, node)
            if there.refuses is not None:
                raise there.refuses
            if there.silent:
                raise Unreachable(node, there.silent)
            answer = act(there)
            if there.lose_replies:
                there.lose_replies -= 1
                raise Unreachable(node, "the connection was cut")
            return answer

    # --- the kit ---

    def _start_task(self, node: str, there: FakeNode) -> None:
        if not there.task_enabled:
            raise Refused(node, "the task is disabled", code="task-refused")
        if there.queue is not None:
            return  # one instance at a time, a second start is ignored
        there.queue, there.since = sorted(there.requests), self._clock.now()
        there.instance += 1

    def _catch_up(self, cluster: str, node: str) -> None:
        """Do what the kit has done until now."""
        there = self.all[cluster, node]
        while there.queue:
            asked = there.requests[there.queue[0]]
            step = asked.next_step()
            if step and asked.seen and asked.instance != there.instance:
                asked.gone, step = True, ""
            if not step:
                there.queue.pop(0)
            elif not self._do(cluster, node, asked, step):
                return
        there.queue = None

    def _do(self, cluster: str, node: str, asked: Asked, step: str) -> bool:
        there, now = self.all[cluster, node], self._clock.now()
        if asked.volumes and there.script.hangs_before == step:
            there.since = now
            return False
        due = there.since + timedelta(seconds=there.script.seconds[step])
        if due > now:
            return False
        if asked.volumes and there.script.dies_before == step:
            there.script.dies_before = ""
            self.reboot(cluster, node)
            return False
        there.since, asked.instance = due, there.instance
        asked.seen.append(step)
        if step == "start":
            asked.skipped = not asked.armed or there.allowed == frozenset()
        elif step == "gate":
            asked.exit_code = None if asked.armed or there.script.passes_a_shut_gate else 1
            asked.armed, asked.committed = False, asked.armed
            asked.left_out = there.script.left_out
        elif step == "snapshot":
            _snapshot(there, asked, due)
        elif step == "exit":
            asked.exit_code = 0
        if step in SHOWN_IN_DIAG and asked.committed:
            asked.diag.append(_diag(SHOWN_IN_DIAG[step], due, asked.set_id))
        return True

    def _vms(self, cluster: str) -> tuple[str, ...]:
        return tuple(vm.id for (name, _), one in self.all.items() if name == cluster for vm in one.probe.vms)

    def _folder(self, asked: Asked | None) -> RunFolder:
        now = self._clock.now()
        if asked is None:
            return RunFolder(claimed=False, seen_at=now)
        created = "create" in asked.seen
        done = "done" in asked.seen
        return RunFolder(
            claimed=bool(asked.seen),
            seen_at=now,
            armed=asked.armed,
            committed=asked.committed,
            cancelled=asked.cancelled,
            started=asked.started,
            created=created,
            set_id=asked.set_id if created else None,
            shadow_ids=_shadow_ids(asked) if created else {},
            ended="end" in asked.seen,
            exit_code=asked.exit_code,
            done=done,
            gone=asked.gone,
            diag=DiagReading(tuple(asked.diag)) if asked.started and not done else DiagReading(),
        )


def _snapshot(there: FakeNode, asked: Asked, at: datetime) -> None:
    script = there.script
    if script.hresult is None or script.snapshot_all_the_same:
        asked.set_id = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{there.probe.node}/{len(there.sets)}"))
        there.sets.append(asked.set_id)
        there.take(asked.set_id, asked.volumes, at)
    if script.hresult is not None:
        asked.exit_code = 1


def _runs(there: FakeNode) -> bool:
    waiting = [there.requests[one] for one in there.queue or ()]
    return any(one.started and one.exit_code is None for one in waiting)


def _shadow_ids(asked: Asked) -> dict[str, str]:
    return {
        f"vssbot_{number}": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{asked.set_id}/{name}"))
        for number, name in enumerate(asked.volumes, start=1)
    }


def _diag(phase: str, at: datetime, set_id: str | None) -> DiagRecord:
    return DiagRecord(CSV_WRITER, f"{phase} (Enter)", phase, True, at, 100, 1, 0, set_id)


def _record(there: FakeNode, asked: Asked | None, vms: Sequence[str]) -> RunRecord:
    unreadable = () if asked and {"events", "done"} <= {*asked.wanted, *asked.seen} else ("logs-after.txt",)
    if asked is None or not asked.started:
        lacks = (*unreadable, "out.log") if asked and asked.skipped else unreadable
        after = () if unreadable else there.logs
        return RunRecord(RequesterReport(), b"", there.script.events if after else (), (), after, lacks)
    return RunRecord(
        output=_report(there.script, asked, vms),
        raw_output=b"-> set verbose on\r\n",
        events=there.script.events,
        logs_before=there.logs,
        logs_after=there.logs_after or there.logs,
        unreadable=(*unreadable, *there.script.unreadable),
    )


def _report(script: Script, asked: Asked, vms: Sequence[str]) -> RequesterReport:
    echoed = ("set verbose on", "begin backup", r"exec C:\vssbot\kit\gate.cmd")
    if "snapshot" not in asked.seen:
        return RequesterReport(echoed=(*echoed, "create") if asked.committed else echoed)
    included = {CSV_WRITER: tuple(rf"\{vm.lower()}" for vm in vms if vm not in asked.left_out)}
    if "create" not in asked.seen:
        failed = script.hresult if asked.exit_code is not None else None
        return RequesterReport(included=included, hresult=failed, echoed=(*echoed, "create"))
    whole = "exit" in asked.seen
    return RequesterReport(
        set_id=asked.set_id,
        shadow_ids=_shadow_ids(asked),
        included=included,
        echoed=(*echoed, "create", "end backup", *(("exit",) if whole else ())),
        created=True,
        completed=whole,
    )
