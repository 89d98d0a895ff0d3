"""Collects the three witnesses of a run and has them judged: requester, array, record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.domain.array import ArraySnapshot, ArrayVolume, suffix_for
from bot.domain.backup import Phase, Run, Verdict, WriterProgress
from bot.domain.catalog import Catalog
from bot.domain.diagnostics import progress
from bot.domain.events import LOGS, EventContext, RatedEvent, Rating, log_gap, rate
from bot.domain.evidence import Evidence, mark_included
from bot.domain.inventory_views import is_node
from bot.domain.match import Answer, VolumeAnswer, Window, match
from bot.domain.verdict import judge
from bot.domain.vss import DiagReading, LogState
from bot.ports import Arrays, Clock, Nodes, Refused, RunFolder, RunRecord, Runs, Unreachable
from bot.use_cases.check import Questions

ARRAY_SETTLE_S = 30.0
"""How long after DiskShadow's end a snapshot may still appear on the array's list (seen: 20 s)."""
ARRAY_POLL_S = 1.0
OTHERS_DEADLINE_S = 90.0
UNNAMED_TOLERANCE_S = 15.0
"""Without a set id only the time can tell; the array's clock has been compared with ours a moment ago."""
OTHER_RUNS = 100
WAITING_FOR_ARRAY = frozenset({"array-late", "array-not-asked", "cancel-unproved"})


@dataclass(frozen=True)
class _Record:
    """The record witness: events, gaps, and nodes that could not be asked."""

    events: tuple[RatedEvent, ...] | None
    gaps: tuple[str, ...]
    unasked: tuple[str, ...]


class Prover:
    """Asks the node, the other nodes and the arrays about a run, and judges what they say."""

    def __init__(
        self,
        *,
        runs: Runs,
        nodes: Nodes,
        arrays: Arrays,
        questions: Questions,
        catalog: Catalog,
        clock: Clock,
    ) -> None:
        self._runs = runs
        self._nodes = nodes
        self._arrays = arrays
        self._questions = questions
        self._catalog = catalog
        self._clock = clock

    def prove(self, run: Run, folder: RunFolder | None, stopping: Callable[[], bool]) -> Verdict:
        """Return the verdict and keep what was found: VMs, array snapshots, the witnesses' words."""
        facts = self._runs.facts(run.id, "check") or {}
        report = self._report(run, folder)
        gone = None if folder is None or folder.done else self._requester_gone(run, facts, stopping)
        evidence = Evidence(
            target=run.target,
            node=str(run.node),
            folder=folder,
            requester_gone=gone,
            report=report.output if report else None,
            vms=tuple(self._runs.vms(run.id)),
            vms_known=bool(facts.get("vms_known", False)),
            accepted=self._catalog.clusters[run.target.cluster].crash_consistent_vms,
            writers=self._last_writers(run, folder.set_id if folder else None),
            backup_type=run.backup_type,
        )
        record = self._record(run, evidence, report, facts, stopping)
        evidence = replace(evidence, events=record.events, log_gaps=record.gaps, unasked_nodes=record.unasked)
        evidence, verdict = self._with_array(run, evidence, facts, stopping)
        self._keep(run, evidence, verdict)
        return verdict

    def _last_writers(self, run: Run, set_id: str | None) -> tuple[WriterProgress, ...]:
        """Read the writers' last phases once more: the end comes between two looks of the follower."""
        known = tuple(self._runs.writers(run.id, run.attempt))
        if set_id is None:
            return known
        try:
            reading = self._nodes.diagnostics(run.target.cluster, str(run.node))
        except (Unreachable, Refused):
            return known
        since = run.requested_at - timedelta(minutes=5)
        of_set = [record for record in reading.records if record.set_id == set_id]
        last = progress(DiagReading(tuple(of_set)), DiagReading(), set_id, since, str(run.node))
        if last:
            self._runs.save_writers(run.id, run.attempt, last)
        return tuple(self._runs.writers(run.id, run.attempt))

    # --- the requester ---

    def _report(self, run: Run, folder: RunFolder | None) -> RunRecord | None:
        if folder is None or not folder.started:
            return None
        try:
            record = self._nodes.record(run.target.cluster, str(run.node), run.request_id)
        except (Unreachable, Refused):
            return None
        return None if "out.log" in record.unreadable else record

    def _requester_gone(self, run: Run, facts: dict[str, Any], stopping: Callable[[], bool]) -> bool | None:
        """The task is started anew only when its earlier instance has ended; a probe then sees what still runs."""
        request_id = f"{run.request_id}-gone"
        place = (run.target.cluster, str(run.node))
        try:
            self._questions.wait_for(*place, request_id, ["probe"], stopping=stopping)
            probe = self._nodes.probe(*place, request_id)
        except (Unreachable, Refused):
            return None
        rebooted = bool(probe.boot) and probe.boot != facts.get("boot", {}).get(run.node, probe.boot)
        ended = probe.processes_known and not probe.diskshadow_pids
        return True if rebooted or ended else None

    # --- the record ---

    def _record(
        self,
        run: Run,
        evidence: Evidence,
        report: RunRecord | None,
        facts: dict[str, Any],
        stopping: Callable[[], bool],
    ) -> _Record:
        if report is None or evidence.report is None:
            return _Record(None, (), ())
        context = self._context(run, evidence, facts)
        events = [rate(event, replace(context, before=report.logs_before)) for event in report.events]
        gaps = _gaps(str(run.node), report.logs_before, report)
        unasked: list[str] = []
        for node in self._other_nodes(run, facts):
            request_id = f"{run.request_id}-e"
            before = tuple(LogState(*state) for state in facts.get("logs", {}).get(node, ()))
            place = (run.target.cluster, node)
            try:
                self._questions.wait_for(
                    *place, request_id, ["events"], stopping=stopping, deadline_s=OTHERS_DEADLINE_S
                )
                other = self._nodes.record(*place, request_id)
            except (Unreachable, Refused):
                unasked.append(node)
                continue
            finally:
                self._nodes.forget(*place)
            theirs = replace(context, node=node, before=before)
            events += [rate(event, theirs) for event in other.events]
            gaps += _gaps(node, before, other)
        return _Record(tuple(events), tuple(gaps), tuple(unasked))

    def _other_nodes(self, run: Run, facts: dict[str, Any]) -> list[str]:
        concerned = {vm.node for vm in self._runs.vms(run.id)} | set(facts.get("owners", ()))
        configured = self._catalog.clusters[run.target.cluster].nodes
        return [n for n in configured if n != run.node and any(is_node(n, other) for other in concerned)]

    def _context(self, run: Run, evidence: Evidence, facts: dict[str, Any]) -> EventContext:
        begin, end = self._window(run)
        accepted = evidence.accepted
        vms = [vm for vm in evidence.vms if vm.name.lower() not in accepted and vm.id.lower() not in accepted]
        names = [name for names in facts.get("csv_names", {}).values() for name in names]
        return EventContext(
            node=str(run.node),
            begin=begin,
            end=end,
            csvs=tuple(names),
            vms=tuple(text for vm in vms for text in (vm.id, vm.name)),
            clean_end=evidence.report is not None and evidence.report.completed,
        )

    def _window(self, run: Run) -> tuple[datetime, datetime]:
        phases = {time.phase: time for time in self._runs.phases(run.id, run.attempt)}
        gate = phases.get(Phase.GATE)
        proving = phases.get(Phase.PROVING)
        begin = gate.started if gate else run.requested_at
        return begin, proving.started if proving else self._clock.now()

    # --- the array ---

    def _with_array(
        self, run: Run, evidence: Evidence, facts: dict[str, Any], stopping: Callable[[], bool]
    ) -> tuple[Evidence, Verdict]:
        _, ended = self._window(run)
        settled_at = ended + timedelta(seconds=ARRAY_SETTLE_S)
        while True:
            settled = self._clock.now() >= settled_at
            evidence = replace(
                evidence, volumes=self._ask_arrays(run, evidence, facts), array_settled=settled
            )
            verdict = judge(evidence)
            if settled or stopping() or verdict.code not in WAITING_FOR_ARRAY:
                return evidence, verdict
            self._clock.wait(ARRAY_POLL_S)

    def _ask_arrays(self, run: Run, evidence: Evidence, facts: dict[str, Any]) -> tuple[VolumeAnswer, ...]:
        volumes = {
            name: tuple(
                ArrayVolume(row["array"], row["name"], row["serial"], tuple(row["protection_groups"]))
                for row in rows
            )
            for name, rows in facts.get("array_volumes", {}).items()
        }
        suffix = suffix_for(evidence.set_id) if evidence.set_id else None
        snapshots: list[ArraySnapshot] = []
        skews: dict[str, float] = {}
        silent: dict[str, str] = {}
        for array in sorted({row.array for rows in volumes.values() for row in rows}):
            try:
                skews[array] = (self._arrays.clock(array) - self._clock.now()).total_seconds()
                if suffix is not None:
                    snapshots += self._arrays.snapshots(array, suffix)
                else:
                    names = {row.name for rows in volumes.values() for row in rows if row.array == array}
                    for name in sorted(names):
                        snapshots += self._arrays.snapshots_of(array, name)
            except (Unreachable, Refused, LookupError) as err:
                silent[array] = getattr(err, "why", str(err))
        begin, end = self._window(run)
        window = Window(begin, end, skews)
        if suffix is None:
            window = replace(window, tolerance_s=UNNAMED_TOLERANCE_S)
            snapshots = self._not_of_other_runs(run, snapshots)
        return match(suffix, volumes, snapshots, window, unasked=silent)

    def _not_of_other_runs(self, run: Run, snapshots: Sequence[ArraySnapshot]) -> list[ArraySnapshot]:
        """Leave out the array snapshots of which another run of ours has the set id."""
        others = self._runs.recent(OTHER_RUNS, run.target.cluster)
        theirs = {suffix_for(other.set_id) for other in others if other.set_id and other.id != run.id}
        return [s for s in snapshots if not theirs.intersection(s.name.upper().split("."))]

    # --- keep ---

    def _keep(self, run: Run, evidence: Evidence, verdict: Verdict) -> None:
        if evidence.report is not None:
            self._runs.save_vms(run.id, mark_included(evidence.vms, evidence.report))
        found = [
            a.snapshot
            for a in evidence.volumes
            if a.answer in (Answer.FOUND, Answer.AMBIGUOUS) and a.snapshot
        ]
        if found:
            self._runs.save_snapshots(run.id, found)
        unrated = [e for e in evidence.events or () if e.rating is Rating.UNRATED]
        for number, rated in enumerate(unrated[:5]):
            self._runs.save_note(run.id, f"event-{number}", rated.sentence())
        self._runs.save_facts(run.id, "witnesses", _witnesses(evidence, verdict))


def _gaps(node: str, before: Sequence[LogState], record: RunRecord) -> list[str]:
    """Name what a node's record cannot witness: logs that wrapped, were cleared, or could not be read."""
    unread = [f"{name} could not be read." for name in record.unreadable if name != "out.log"]
    return [f"{node}: {gap}" for gap in (*log_gap(before, record.logs_after, LOGS), *unread)]


def _witnesses(evidence: Evidence, verdict: Verdict) -> dict[str, Any]:
    report, folder = evidence.report, evidence.folder
    return {
        "verdict": verdict.code,
        "set_id": evidence.set_id,
        "requester": {
            "exit_code": folder.exit_code if folder else None,
            "completed": report.completed if report else None,
            "hresult": report.hresult if report else None,
            "gone": evidence.requester_gone,
        },
        "array": [
            {
                "volume": a.volume,
                "answer": str(a.answer),
                "name": a.snapshot.name if a.snapshot else None,
                "why": a.why,
            }
            for a in evidence.volumes
        ],
        "record": {
            "events": [
                {
                    "node": e.node,
                    "id": e.event.event_id,
                    "log": e.event.log,
                    "rating": str(e.rating),
                    "why": e.why,
                }
                for e in evidence.events or ()
                if e.rating is not Rating.NOTED
            ],
            "noted": sum(e.rating is Rating.NOTED for e in evidence.events or ()),
            "gaps": list(evidence.log_gaps),
            "unasked": list(evidence.unasked_nodes),
        },
    }
