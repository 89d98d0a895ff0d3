"""Collects the three witnesses of a run and has them judged: requester, array, record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.domain.backup import Phase, Run, Verdict, WriterProgress
from bot.domain.catalog import Catalog
from bot.domain.diagnostics import progress
from bot.domain.events import Rating
from bot.domain.evidence import Evidence, mark_included
from bot.domain.match import Answer
from bot.domain.vss import DiagReading
from bot.ports import Arrays, Clock, Nodes, Refused, RunFolder, RunRecord, Runs, Unreachable
from bot.use_cases.case import Case
from bot.use_cases.check import Questions
from bot.use_cases.witness_array import ArrayWitness
from bot.use_cases.witness_record import RecordWitness


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
        self._questions = questions
        self._catalog = catalog
        self._clock = clock
        self._array = ArrayWitness(runs=runs, arrays=arrays, clock=clock)
        self._record = RecordWitness(runs=runs, nodes=nodes, questions=questions, catalog=catalog)

    def prove(self, run: Run, folder: RunFolder | None, stopping: Callable[[], bool]) -> Verdict:
        """Return the verdict and keep what was found: VMs, array snapshots, the witnesses' words."""
        case = self._case(run, stopping)
        facts = case.facts
        report = self._report(run, folder)
        gone = None if folder is None or folder.done else self._requester_gone(case)
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
        record = self._record.ask(case, evidence, report)
        evidence = replace(evidence, events=record.events, log_gaps=record.gaps, unasked_nodes=record.unasked)
        evidence, verdict = self._array.ask(case, evidence)
        self._keep(run, evidence, verdict)
        return verdict

    def _case(self, run: Run, stopping: Callable[[], bool]) -> Case:
        phases = {time.phase: time.started for time in self._runs.phases(run.id, run.attempt)}
        gate = self._runs.facts(run.id, "gate")  # its phase begins when it was seen, which may be much later
        asked = phases.get(Phase.GATHERING, run.requested_at)
        return Case(
            run=run,
            facts=self._runs.facts(run.id, "check") or {},
            begin=datetime.fromisoformat(gate["after"]) if gate else asked,
            end=phases.get(Phase.PROVING, self._clock.now()),
            stopping=stopping,
        )

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

    def _requester_gone(self, case: Case) -> bool | None:
        """The task is started anew only when its earlier instance has ended; a probe then sees what still runs."""
        run = case.run
        request_id = f"{run.request_id}-gone"
        place = (run.target.cluster, str(run.node))
        try:
            self._questions.wait_for(*place, request_id, ["probe"], stopping=case.stopping)
            probe = self._nodes.probe(*place, request_id)
        except (Unreachable, Refused):
            return None
        rebooted = bool(probe.boot) and probe.boot != case.facts.get("boot", {}).get(run.node, probe.boot)
        ended = probe.processes_known and not probe.diskshadow_pids
        return True if rebooted or ended else None

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
