"""The store in memory, for tests of everything above it; the contract suites prove it against the real one."""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from statistics import median
from typing import Any

from bot.domain.backup import (
    PHASES,
    Actor,
    Phase,
    PhaseTime,
    ProvedSnapshot,
    Run,
    Stage,
    VmInSet,
    WriterProgress,
    advance,
    may_join,
)
from bot.ports import AuditEntry, Conflict, Message, Request, StoreUnavailable
from integrations.store.audit import FIRST, as_text, link
from integrations.store.outbox import OutboxRow
from integrations.store.rows import CHANGEABLE


class FakeRuns:
    """ports.Runs in memory; set `broken` and every call raises StoreUnavailable."""

    def __init__(self) -> None:
        self.broken = False
        self._lock = threading.RLock()
        self._runs: dict[str, Run] = {}
        self._wishes: dict[str, tuple[str, Actor]] = {}
        self._phases: dict[tuple[str, int], list[PhaseTime]] = defaultdict(list)
        self._writers: dict[tuple[str, int], dict[tuple[str, str], WriterProgress]] = defaultdict(dict)
        self._vms: dict[str, list[VmInSet]] = {}
        self._snapshots: dict[str, list[ProvedSnapshot]] = {}
        self._notes: dict[str, dict[str, str]] = defaultdict(dict)
        self._facts: dict[tuple[str, str], str] = {}

    def add_or_join(self, request: Request) -> tuple[Run, bool]:
        with self._open():
            if request.key in self._wishes:
                return self._runs[self._wishes[request.key][0]], True
            wanted = request.run
            joined = next((run for run in self.live() if may_join(run, wanted, self._reached(run))), None)
            run = joined or self._runs.setdefault(wanted.id, wanted)
            self._wishes[request.key] = (run.id, wanted.requested_by)
            return run, joined is not None

    def _reached(self, run: Run) -> list[Phase]:
        return [time.phase for time in self._phases[run.id, run.attempt]]

    def get(self, run_id: str) -> Run | None:
        with self._open():
            return self._runs.get(run_id)

    def find(self, text: str) -> list[Run]:
        return [run for run in self._newest() if text and run.id.endswith(text)][:10]

    def live(self) -> list[Run]:
        return [run for run in reversed(self._newest()) if not run.is_over]

    def recent(self, limit: int, cluster: str | None = None) -> list[Run]:
        return [run for run in self._newest() if cluster in (None, run.target.cluster)][:limit]

    def unproved(self) -> list[Run]:
        return [run for run in reversed(self._newest()) if run.stage is Stage.UNVERIFIED]

    def change(self, run_id: str, expect: Stage, **changes: Any) -> Run:
        if unknown := changes.keys() - CHANGEABLE:
            raise ValueError(f"these fields of a run cannot be changed: {', '.join(sorted(unknown))}")
        with self._open():
            if "stage" in changes:
                changes["stage"] = advance(expect, Stage(changes["stage"]))
            run = self._known(run_id)
            if run.stage is not expect:
                raise Conflict(f"run {run_id} is {run.stage}, not {expect}")
            self._runs[run_id] = replace(run, **changes)
            return self._runs[run_id]

    def ask_cancel(self, run_id: str, by: Actor) -> Run:
        with self._open():
            run = self._known(run_id)
            self._runs[run_id] = replace(run, cancel_by=run.cancel_by or by.id)
            return self._runs[run_id]

    def joined(self, run_id: str) -> list[Actor]:
        with self._open():
            run = self._runs.get(run_id)
            actors = [actor for known, actor in self._wishes.values() if known == run_id]
            return [actor for actor in dict.fromkeys(actors) if run and actor != run.requested_by]

    def ahead_of(self, run_id: str) -> Run | None:
        with self._open():
            run = self._runs.get(run_id)
            if run is None:
                return None
            same = [other for other in self.live() if other.target.cluster == run.target.cluster]
            earlier = [other for other in same if _age(other) < _age(run)]
            return earlier[-1] if earlier else None

    def start_phase(self, run_id: str, attempt: int, time: PhaseTime) -> None:
        with self._open():
            known = self._phases[run_id, attempt]
            if any(seen.phase is time.phase for seen in known):
                return
            later = [seen.started for seen in known if seen.started > time.started]
            self._end(known, time.started, begun_by=time.started)
            known.append(replace(time, ended=time.ended or min(later, default=None)))

    def end_phases(self, run_id: str, attempt: int, at: datetime) -> None:
        with self._open():
            self._end(self._phases[run_id, attempt], at, begun_by=None)

    def phases(self, run_id: str, attempt: int) -> list[PhaseTime]:
        with self._open():
            return sorted(
                self._phases[run_id, attempt], key=lambda time: (time.started, PHASES.index(time.phase))
            )

    def usual(self, target_key: str) -> dict[str, float]:
        verified = [
            run for run in self._newest() if str(run.target) == target_key and run.stage is Stage.VERIFIED
        ]
        seconds: dict[str, list[float]] = defaultdict(list)
        for run in verified[:20]:
            for time in self.phases(run.id, run.attempt):
                if time.ended is not None:
                    seconds[str(time.phase)].append((time.ended - time.started).total_seconds())
        return {phase: median(lengths) for phase, lengths in seconds.items()}

    def save_writers(self, run_id: str, attempt: int, writers: Sequence[WriterProgress]) -> None:
        with self._open():
            known = self._writers[run_id, attempt]
            for progress in writers:
                before = known.setdefault((progress.node, progress.writer), progress)
                if progress.at >= before.at:
                    known[progress.node, progress.writer] = progress

    def writers(self, run_id: str, attempt: int) -> list[WriterProgress]:
        with self._open():
            return list(self._writers[run_id, attempt].values())

    def save_vms(self, run_id: str, vms: Sequence[VmInSet]) -> None:
        with self._open():
            self._vms[run_id] = list(vms)

    def vms(self, run_id: str) -> list[VmInSet]:
        with self._open():
            return sorted(self._vms.get(run_id, []), key=lambda vm: (vm.name.casefold(), vm.name, vm.id))

    def save_snapshots(self, run_id: str, snapshots: Sequence[ProvedSnapshot]) -> None:
        with self._open():
            self._snapshots[run_id] = list(snapshots)

    def snapshots(self, run_id: str) -> list[ProvedSnapshot]:
        with self._open():
            order = self._known(run_id).target.volumes if run_id in self._runs else ()
            found = self._snapshots.get(run_id, [])
            return sorted(
                found, key=lambda one: order.index(one.volume) if one.volume in order else len(order)
            )

    def save_note(self, run_id: str, key: str, text: str) -> None:
        with self._open():
            if text or key in self._notes[run_id]:
                self._notes[run_id][key] = text

    def notes(self, run_id: str) -> list[str]:
        with self._open():
            return [text for text in self._notes[run_id].values() if text]

    def save_facts(self, run_id: str, name: str, value: dict[str, Any]) -> None:
        with self._open():
            self._facts[run_id, name] = json.dumps(value)

    def facts(self, run_id: str, name: str) -> dict[str, Any] | None:
        with self._open():
            found: dict[str, Any] | None = json.loads(self._facts.get((run_id, name), "null"))
            return found

    def _open(self) -> threading.RLock:
        if self.broken:
            raise StoreUnavailable("the store did not answer: told so by the test")
        return self._lock

    def _newest(self) -> list[Run]:
        with self._open():
            return sorted(self._runs.values(), key=_age, reverse=True)

    def _known(self, run_id: str) -> Run:
        if run_id not in self._runs:
            raise Conflict(f"there is no run {run_id}")
        return self._runs[run_id]

    @staticmethod
    def _end(known: list[PhaseTime], at: datetime, *, begun_by: datetime | None) -> None:
        for place, seen in enumerate(known):
            if seen.ended is None and (begun_by is None or seen.started <= begun_by):
                known[place] = replace(seen, ended=max(at, seen.started))


def _age(run: Run) -> tuple[datetime, str]:
    return (run.requested_at, run.id)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class FakeOutbox:
    """The outbox in memory with the sender's side; `shown` tells what a person would see under a key."""

    def __init__(
        self, *, now: Callable[[], datetime] = _utc_now, wake: Callable[[], None] = lambda: None
    ) -> None:
        self._now = now
        self._wake = wake
        self._lock = threading.Lock()
        self._rows: dict[str, OutboxRow] = {}
        self._sent: dict[str, int] = {}
        self._since: dict[str, datetime] = {}
        self._updated: dict[str, datetime] = {}
        self._not_before: dict[str, datetime | None] = {}
        self._given_up: set[str] = set()
        self.errors: dict[str, str] = {}

    def put(
        self, key: str, channel: str, message: Message, *, final: bool = False, urgent: bool = False
    ) -> None:
        with self._lock:
            row = self._rows.get(key)
            if row is None:
                self._rows[key] = OutboxRow(key, channel, None, 1, message, final, urgent, 0)
                self._since[key] = self._updated[key] = self._now()
            elif row.final or row.urgent or key in self._given_up:
                return
            elif row.message == message:
                self._rows[key] = replace(row, final=final)
            else:
                if not self._waits(key):
                    self._since[key] = self._now()
                self._updated[key] = self._now()
                self._rows[key] = replace(row, message=message, final=final, revision=row.revision + 1)
        self._wake()

    def shown(self) -> dict[str, Message]:
        """Return the newest message of every key."""
        return {key: row.message for key, row in self._rows.items()}

    def take(self, limit: int, now: datetime) -> list[OutboxRow]:
        with self._lock:
            due = [row for key, row in self._rows.items() if self._waits(key) and self._is_due(key, now)]
            due.sort(key=lambda row: (not (row.final or row.urgent), self._since[row.key], row.key))
            return due[:limit]

    def sent(self, key: str, revision: int, ts: str) -> None:
        with self._lock:
            if self._unsent(key, revision):
                self._sent[key] = revision
                self._rows[key] = replace(self._rows[key], ts=ts, tries=0)
                self._since[key] = self._updated[key]
                self._not_before[key] = None
                self.errors[key] = ""

    def failed(self, key: str, revision: int, error: str, not_before: datetime) -> None:
        with self._lock:
            if self._unsent(key, revision):
                self._rows[key] = replace(self._rows[key], tries=self._rows[key].tries + 1)
                self._not_before[key] = not_before
                self.errors[key] = error

    def give_up(self, key: str, error: str) -> None:
        with self._lock:
            self._given_up.add(key)
            self.errors[key] = error

    def lag(self, now: datetime) -> float:
        with self._lock:
            since = [self._since[key] for key in self._rows if self._waits(key)]
            return max(0.0, (now - min(since)).total_seconds()) if since else 0.0

    def _waits(self, key: str) -> bool:
        return key not in self._given_up and self._rows[key].revision > self._sent.get(key, 0)

    def _is_due(self, key: str, now: datetime) -> bool:
        not_before = self._not_before.get(key)
        return not_before is None or not_before <= now

    def _unsent(self, key: str, revision: int) -> bool:
        known = key in self._rows and self._waits(key)
        return known and self._sent.get(key, 0) < revision <= self._rows[key].revision


class FakeAudit:
    """The audit in memory; `entries` may be tampered with by a test."""

    def __init__(self) -> None:
        self.entries: list[AuditEntry] = []
        self.hashes: list[str] = []
        self._lock = threading.Lock()

    def write(self, entry: AuditEntry) -> None:
        with self._lock:
            previous = self.hashes[-1] if self.hashes else FIRST
            self.entries.append(entry)
            self.hashes.append(link(len(self.entries), as_text(entry), previous))

    def recent(self, limit: int) -> list[AuditEntry]:
        return self.entries[::-1][:limit]

    def head(self) -> tuple[int, str]:
        return (len(self.hashes), self.hashes[-1] if self.hashes else FIRST)

    def verify(self) -> int | None:
        previous = FIRST
        for n, (entry, found) in enumerate(zip(self.entries, self.hashes, strict=True), start=1):
            if found != link(n, as_text(entry), previous):
                return n
            previous = found
        return None
