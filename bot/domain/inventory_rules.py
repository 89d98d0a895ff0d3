"""Pure rules of the check before a backup: which node, what forbids it, what to warn about, which VMs are in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bot.domain.backup import Stage, Verdict
from bot.domain.inventory import NodeProbe
from bot.domain.inventory_check import Findings, Question, is_array
from bot.domain.inventory_views import csv_of, is_node, linked, member, vms_known, vms_of
from bot.domain.inventory_warnings import warnings
from bot.domain.vss import PURE_PROVIDER, ProviderArray

__all__ = [
    "Findings",
    "Question",
    "check",
    "choose_node",
    "csv_of",
    "linked",
    "tls_advice",
    "unfit",
    "vms_known",
    "vms_of",
]

NEEDED_SERVICES = {
    "eventsystem": "COM+ Event System",
    "vmms": "Hyper-V Virtual Machine Management",
    "clussvc": "Cluster Service",
    "pureprovider": "Pure Storage VSS Hardware Provider",
}
"""Services that must run. VSS itself is started on demand: it must be there, not run."""

FIRST_BUILD_WITH_TLS13 = 20348  # Windows Server 2022
_NO_ACCESS, _MAINTENANCE, _DISMOUNTED = 2, 4, 8


def choose_node(
    paths: Sequence[str], nodes: Sequence[str], probes: Mapping[str, NodeProbe]
) -> tuple[str | None, tuple[str, ...]]:
    """Return the node to ask and why others were passed over: the owner of most of these CSVs if it is fit."""
    owners = [csv.owner for path in paths if (csv := csv_of(path, probes)) is not None]
    order = sorted(nodes, key=lambda node: -sum(is_node(node, owner) for owner in owners))
    reasons: list[str] = []
    for node in order:
        why = unfit(node, probes)
        if not why:
            return node, tuple(reasons)
        reasons.append(f"{node} {why}")
    return None, tuple(reasons)


def unfit(node: str, probes: Mapping[str, NodeProbe]) -> str:
    """Return why a node may not be the requester, or nothing."""
    probe = probes.get(node)
    if probe is None:
        return "did not answer"
    seen = member(node, probe)
    if seen is None:
        return "does not find itself in the cluster"
    if seen.state != 0:
        return "is not up in the cluster"
    if not seen.is_fit:
        return "is being drained"
    if probe.services is None:
        return "did not tell its services"
    stopped = [title for name, title in NEEDED_SERVICES.items() if not probe.services.get(name, False)]
    if stopped:
        return f"does not run {' and '.join(stopped)}"
    if "vss" not in probe.services:
        return "has no Volume Shadow Copy service"
    if all(p.provider_id.lower() != PURE_PROVIDER for p in probe.providers):
        return "has no Pure Storage VSS provider"
    return ""


def check(question: Question, node: str | None, passed_over: Sequence[str] = ()) -> Findings:
    """Return what forbids this backup on this node and what to warn about."""
    refusals = list(_refusals(question, node, passed_over))
    return Findings(tuple(refusals), tuple(dict.fromkeys(warnings(question, node))))


def _refusals(question: Question, node: str | None, passed_over: Sequence[str]) -> Iterator[Verdict]:
    for name, path in question.volumes.items():
        yield from _csv_refusals(question, name, path)
    yield from _same_csv(question)
    if node is None:
        reasons = "; ".join(passed_over) or "no node is configured"
        yield _refuse(
            question,
            "no-node",
            f"No node can take it: {reasons}.",
            "Bring one node in order, then start the backup again; `vssbot check` shows them all.",
        )
        return
    yield from _provider_refusals(question, question.probes[node])
    yield from _csv_writer_refusals(question, node)


def _csv_refusals(question: Question, name: str, path: str) -> Iterator[Verdict]:
    csv = csv_of(path, question.probes)
    if csv is None:
        if question.probes:
            yield _refuse(
                question,
                "csv-unknown",
                f"The cluster has no CSV {path}.",
                f"Correct the path of {name} in the configuration.",
            )
    elif not csv.online or csv.fault_state & (_NO_ACCESS | _DISMOUNTED):
        yield _refuse(
            question,
            "csv-offline",
            f"The CSV of {name} ({csv.resource or path}) is not online.",
            "Bring it online in Failover Cluster Manager, then start the backup again.",
        )
    elif csv.fault_state & _MAINTENANCE:
        yield _refuse(
            question,
            "csv-maintenance",
            f"The CSV of {name} ({csv.resource or path}) is in maintenance.",
            "End the maintenance in Failover Cluster Manager, then start the backup again.",
        )
    elif csv.serial is None:
        yield _refuse(
            question,
            "no-serial",
            f"The array volume of {name} is not known: {csv.serial_problem or 'its disk was not found'}.",
            "Check the disk of that CSV on its owner node.",
        )


def _same_csv(question: Question) -> Iterator[Verdict]:
    seen: dict[str, str] = {}
    for name, path in question.volumes.items():
        csv = csv_of(path, question.probes)
        other = seen.setdefault(csv.volume_guid.lower(), name) if csv and csv.volume_guid else name
        if other != name:
            yield _refuse(
                question,
                "same-csv",
                f"{other} and {name} are the same CSV.",
                "Remove one of the two from the configuration.",
            )


def _provider_refusals(question: Question, probe: NodeProbe) -> Iterator[Verdict]:
    for array, address in question.arrays.items():
        row = next((r for r in probe.provider_arrays if is_array(r, array, address)), None)
        if row is None:
            yield _refuse(
                question,
                "provider-array",
                f"The VSS provider on {probe.node} does not know the array {array}.",
                "Register it there with `pureproviderconfig add`, then `pureproviderconfig restartprovider`.",
            )
        elif not (row.compatible and row.online):
            yield _refuse(
                question,
                "provider-array",
                f"The VSS provider on {probe.node} cannot use the array {array}: {_flags(row)}.",
                f"Check the network from {probe.node} to {row.url}. {tls_advice(probe.build)}",
            )
        elif not row.authenticated:
            yield _refuse(
                question,
                "provider-array",
                f"The array {array} refuses the account of the VSS provider on {probe.node}.",
                "Remove and add the array there with `pureproviderconfig` and a valid account; do not"
                " repeat backups meanwhile, the account may get locked.",
            )


def tls_advice(build: int) -> str:
    """Return what to do when node and array share no TLS version, by the build of Windows."""
    if 0 < build < FIRST_BUILD_WITH_TLS13:
        return (
            "This Windows has no TLS 1.3: if the array asks for it, upgrade the node or ask the array's"
            " support for a policy with TLS 1.2."
        )
    return "If the array asks for TLS 1.3, enable its client side and the AES-GCM cipher suites on the node."


def _csv_writer_refusals(question: Question, node: str) -> Iterator[Verdict]:
    remote = [vm for vm in vms_of(question.volumes, question.probes) if not is_node(vm.node, node)]
    off = [probe.node for probe in question.probes.values() if not probe.csv_writer_enabled]
    if remote and off:
        yield _refuse(
            question,
            "csv-writer-off",
            f"The cluster's VSS writer is switched off on {', '.join(off)} (EnableCsvVssWriter is 0), so VMs on"
            f" other nodes would not be prepared: {', '.join(vm.name for vm in remote)}.",
            "Set EnableCsvVssWriter to 1 there, drain and restart that node, then start the backup again.",
        )


def _refuse(question: Question, code: str, why: str, next_step: str) -> Verdict:
    return Verdict(
        Stage.FAILED,
        code,
        f"Backup of {question.target} was not started.",
        why,
        "Nothing was done on any node. Earlier array snapshots are untouched.",
        next_step,
    )


def _flags(row: ProviderArray) -> str:
    words = {"compatible": row.compatible, "online": row.online}
    return "it is " + " and ".join(f"not {word}" for word, good in words.items() if not good)
