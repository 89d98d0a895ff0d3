"""Decides before the act whether a run may begin and on which node; keeps what was found as facts of the run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from bot.domain import inventory_rules as rules
from bot.domain.array import ArrayVolume
from bot.domain.backup import Run, Stage, Target, Verdict
from bot.domain.catalog import Catalog, Cluster
from bot.domain.inventory import NodeProbe
from bot.ports import Arrays, Refused, Runs, Unreachable
from bot.use_cases.check import Questions

NOTHING_DONE = "No shadow copy was asked for. Earlier array snapshots are untouched."


class Precheck:
    """Asks nodes and arrays about a target and applies the rules."""

    def __init__(self, *, runs: Runs, questions: Questions, arrays: Arrays, catalog: Catalog) -> None:
        self._runs = runs
        self._questions = questions
        self._arrays = arrays
        self._catalog = catalog

    def check(self, run: Run, stopping: Callable[[], bool]) -> str | Verdict:
        """Return the node to ask, or the verdict that ends the run before the act."""
        cluster = self._catalog.clusters[run.target.cluster]
        probes, silent = self._questions.ask_all(cluster.name, cluster.nodes, f"{run.request_id}-c", stopping)
        if not probes:
            return _no_node(run, silent)
        run = self._join_linked(run, cluster, probes)
        volumes, silent_arrays = self._questions.volumes(_serials(run.target, cluster, probes))
        node, passed_over = rules.choose_node(
            [cluster.volumes[name] for name in run.target.volumes], cluster.nodes, probes
        )
        question = self._question(run.target, cluster, probes, volumes)
        findings = rules.check(question, node, passed_over)
        refusals = [*findings.refusals, *_array_refusals(run, volumes, silent_arrays)]
        self._keep(run, question, probes, volumes)
        for number, warning in enumerate([*findings.warnings, *self._group_notes(volumes)]):
            self._runs.save_note(run.id, f"check-{number}", warning)
        if refusals or node is None:
            return refusals[0] if refusals else _no_node(run, silent)
        return node

    def _join_linked(self, run: Run, cluster: Cluster, probes: dict[str, NodeProbe]) -> Run:
        """A VM with disks on two CSVs can only be saved with both (VSS_E_WRITERERROR_INCONSISTENTSNAPSHOT)."""
        names = rules.linked(run.target.volumes, cluster.volumes, probes)
        if set(names) == set(run.target.volumes):
            return run
        added = ", ".join(name for name in names if name not in run.target.volumes)
        self._runs.save_note(run.id, "joined", f"{added} joined the set: a VM has disks on it as well.")
        return self._runs.change(run.id, Stage.CHECKING, target=Target(cluster.name, names))

    def _question(
        self,
        target: Target,
        cluster: Cluster,
        probes: dict[str, NodeProbe],
        volumes: dict[str, tuple[ArrayVolume, ...]],
    ) -> rules.Question:
        names = {row.array for rows in volumes.values() for row in rows}
        return rules.Question(
            target=target,
            paths=cluster.volumes,
            nodes=cluster.nodes,
            probes=probes,
            arrays={name: self._arrays.address(name) for name in sorted(names)},
            accepted=cluster.crash_consistent_vms,
        )

    def _keep(
        self,
        run: Run,
        question: rules.Question,
        probes: dict[str, NodeProbe],
        volumes: dict[str, tuple[ArrayVolume, ...]],
    ) -> None:
        vms = rules.vms_of(question.volumes, probes)
        self._runs.save_vms(run.id, vms)
        csvs = {name: rules.csv_of(path, probes) for name, path in question.volumes.items()}
        facts: dict[str, Any] = {
            "array_volumes": {
                name: [
                    {
                        "array": row.array,
                        "name": row.name,
                        "serial": row.serial,
                        "protection_groups": list(row.protection_groups),
                    }
                    for row in rows
                ]
                for name, rows in volumes.items()
            },
            "csv_names": {
                name: [csv.path, csv.volume_guid, csv.resource]
                for name, csv in csvs.items()
                if csv is not None
            },
            "owners": sorted({csv.owner for csv in csvs.values() if csv is not None}),
            "vms_known": rules.vms_known(question.nodes, probes),
            "boot": {node: probe.boot for node, probe in probes.items()},
            "logs": {
                node: [[state.log, state.count, state.oldest] for state in probe.logs]
                for node, probe in probes.items()
            },
        }
        self._runs.save_facts(run.id, "check", facts)

    def _group_notes(self, volumes: dict[str, tuple[ArrayVolume, ...]]) -> Iterator[str]:
        """Say who else is snapped: a protection group is snapped whole, and members may be other teams'."""
        ours = {row.name for rows in volumes.values() for row in rows}
        groups = {
            (row.array, group) for rows in volumes.values() for row in rows for group in row.protection_groups
        }
        for array, name in sorted(groups):
            try:
                group = self._arrays.group(array, name)
            except (Unreachable, Refused, LookupError):
                yield f"Protection group {name} on {array} is snapped whole; its members could not be read."
                continue
            if not group.volumes:
                yield f"Protection group {name} on {array} is snapped whole: every volume of its hosts."
            others = [volume for volume in group.volumes if volume not in ours]
            if others:
                yield f"Protection group {name} on {array} is snapped whole, with {', '.join(others)} as well."


@dataclass(frozen=True)
class Found:
    """One row of `vssbot check` about a cluster."""

    place: str
    question: str
    answer: str
    todo: str = ""


def look_at(questions: Questions, arrays: Arrays, cluster: Cluster, request_id: str) -> Iterator[Found]:
    """Probe a cluster's nodes as before a backup of all its volumes, and tell what would keep it from starting."""
    probes, silent = questions.ask_all(cluster.name, cluster.nodes, request_id, lambda: False)
    for node in cluster.nodes:
        asked_of_node = "Could it be asked for a backup?"
        if node in silent:
            yield Found(node, asked_of_node, silent[node].why, "See the row above.")
        else:
            why = rules.unfit(node, probes)
            yield Found(
                node, asked_of_node, f"no: it {why}" if why else "yes", "Bring it in order." if why else ""
            )
    if not probes:
        return
    target = Target(cluster.name, tuple(cluster.volumes))
    volumes, _ = questions.volumes(_serials(target, cluster, probes))
    names = sorted({row.array for rows in volumes.values() for row in rows})
    for name, rows in volumes.items():
        where = ", ".join(f"{row.name} on {row.array}" for row in rows)
        todo = "" if rows else "Check the CSV's disk, and that its array is configured."
        yield Found(
            f"{cluster.name} {name}", "Which array volume is it?", where or "not found on any array", todo
        )
    chosen, passed_over = rules.choose_node(list(cluster.volumes.values()), cluster.nodes, probes)
    asked = rules.Question(
        target,
        cluster.volumes,
        cluster.nodes,
        probes,
        {n: arrays.address(n) for n in names},
        cluster.crash_consistent_vms,
    )
    findings = rules.check(asked, chosen, passed_over)
    for refusal in findings.refusals:
        yield Found(cluster.name, "Could a backup begin?", refusal.why, refusal.next_step)
    if not findings.refusals:
        yield Found(cluster.name, "Could a backup begin?", f"yes, on {chosen}")
    for warning in findings.warnings:
        yield Found(cluster.name, "What should be known?", warning)


def _serials(target: Target, cluster: Cluster, probes: dict[str, NodeProbe]) -> dict[str, str]:
    csvs = {name: rules.csv_of(cluster.volumes[name], probes) for name in target.volumes}
    return {name: csv.serial for name, csv in csvs.items() if csv is not None and csv.serial is not None}


def _array_refusals(
    run: Run, volumes: dict[str, tuple[ArrayVolume, ...]], silent: dict[str, Unreachable | Refused]
) -> Iterator[Verdict]:
    missing = [name for name, rows in volumes.items() if not rows]
    if missing and silent:
        err = next(iter(silent.values()))
        step = (
            err.next_step
            if isinstance(err, Refused)
            else f"See that {err.place} can be reached from the bot."
        )
        why = f"{err.place} did not say whether it holds {', '.join(missing)}: {err.why}."
        yield _not_started(run, "array-not-asked", why, step)
    elif missing:
        why = f"No configured array has the disk of {', '.join(missing)}."
        yield _not_started(
            run, "not-on-array", why, "Configure the array that holds it, or correct the volume's path."
        )


def _no_node(run: Run, silent: dict[str, Unreachable | Refused]) -> Verdict:
    said_no = next((err for err in silent.values() if isinstance(err, Refused)), None)
    whys = "; ".join(f"{node}: {err.why}" for node, err in silent.items())
    step = (
        said_no.next_step
        if said_no
        else "See that the nodes can be reached from the bot, then start it again."
    )
    return _not_started(
        run, said_no.code if said_no else "no-node", f"No node could be asked ({whys}).", step
    )


def _not_started(run: Run, code: str, why: str, next_step: str) -> Verdict:
    return Verdict(
        Stage.FAILED, code, f"Backup of {run.target} was not started.", why, NOTHING_DONE, next_step
    )
