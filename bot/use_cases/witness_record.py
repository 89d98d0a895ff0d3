"""The third witness: the event logs of every node concerned, from the gate to the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.domain.backup import Run
from bot.domain.catalog import Catalog
from bot.domain.events import LOGS, EventContext, RatedEvent, log_gap, rate
from bot.domain.evidence import Evidence
from bot.domain.inventory_views import is_node
from bot.domain.vss import LogState
from bot.ports import Nodes, Refused, RunRecord, Runs, Unreachable
from bot.use_cases.case import Case
from bot.use_cases.check import Questions

OTHERS_DEADLINE_S = 90.0


@dataclass(frozen=True)
class Record:
    """What the logs say: rated events, gaps, and nodes that could not be asked."""

    events: tuple[RatedEvent, ...] | None
    gaps: tuple[str, ...]
    unasked: tuple[str, ...]


class RecordWitness:
    """Asks the nodes for their events and rates them."""

    def __init__(self, *, runs: Runs, nodes: Nodes, questions: Questions, catalog: Catalog) -> None:
        self._runs = runs
        self._nodes = nodes
        self._questions = questions
        self._catalog = catalog

    def ask(self, case: Case, evidence: Evidence, report: RunRecord | None) -> Record:
        """Return what the logs of the requester's node and of the other nodes concerned hold."""
        run, facts = case.run, case.facts
        if report is None or evidence.report is None:
            return Record(None, (), ())
        context = self._context(case, evidence)
        events = [rate(event, replace(context, before=report.logs_before)) for event in report.events]
        gaps = _gaps(str(run.node), report.logs_before, report)
        unasked: list[str] = []
        for node in self._other_nodes(run, facts):
            request_id = f"{run.request_id}-e"
            before = tuple(LogState(*state) for state in facts.get("logs", {}).get(node, ()))
            place = (run.target.cluster, node)
            try:
                self._questions.wait_for(
                    *place, request_id, ["events"], stopping=case.stopping, deadline_s=OTHERS_DEADLINE_S
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
        return Record(tuple(events), tuple(gaps), tuple(unasked))

    def _other_nodes(self, run: Run, facts: dict[str, Any]) -> list[str]:
        concerned = {vm.node for vm in self._runs.vms(run.id)} | set(facts.get("owners", ()))
        configured = self._catalog.clusters[run.target.cluster].nodes
        return [n for n in configured if n != run.node and any(is_node(n, other) for other in concerned)]

    def _context(self, case: Case, evidence: Evidence) -> EventContext:
        accepted = evidence.accepted
        vms = [vm for vm in evidence.vms if vm.name.lower() not in accepted and vm.id.lower() not in accepted]
        names = [name for names in case.facts.get("csv_names", {}).values() for name in names]
        return EventContext(
            node=str(case.run.node),
            begin=case.begin,
            end=case.end,
            csvs=tuple(names),
            vms=tuple(text for vm in vms for text in (vm.id, vm.name)),
            clean_end=evidence.report is not None and evidence.report.completed,
        )


def _gaps(node: str, before: Sequence[LogState], record: RunRecord) -> list[str]:
    """Name what a node's record cannot witness: logs that wrapped, were cleared, or could not be read."""
    unread = [f"{name} could not be read." for name in record.unreadable if name != "out.log"]
    return [f"{node}: {gap}" for gap in (*log_gap(before, record.logs_after, LOGS), *unread)]
