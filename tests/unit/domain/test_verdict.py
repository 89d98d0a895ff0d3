"""The judge: every outcome, each with the evidence that leads to it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.backup import BackupType, ProvedSnapshot, Stage, Target, VmInSet, WriterProgress
from bot.domain.events import RatedEvent, Rating
from bot.domain.evidence import Evidence, mark_included
from bot.domain.match import Answer, VolumeAnswer
from bot.domain.verdict import judge
from bot.domain.vss import Event, ExcludedComponent, RequesterReport
from bot.ports import RunFolder

AT = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
SET = "a1690908-4600-4e41-81b0-ce225b5bfe71"
OTHER_SET = "b1690908-4600-4e41-81b0-ce225b5bfe71"
SUFFIX = "VSS-A169090846004E4181B0CE225B5BFE71"
SHADOW = "0abe41fb-a89a-4398-af16-9a9504070d4f"
VM = VmInSet("3F2504E0-4F89-11D3-9A0C-0305E82C3301", "web-1", "hv-02", ("volume1",))
SNAPSHOT = ProvedSnapshot("volume1", "fa1", f"csv1.{SUFFIX}", AT)
FOUND = VolumeAnswer("volume1", Answer.FOUND, SNAPSHOT)
MISSING = VolumeAnswer("volume1", Answer.MISSING)
SILENT = VolumeAnswer("volume1", Answer.NOT_ASKED, why="fa1 did not answer: timeout")
DESTROYED = VolumeAnswer("volume1", Answer.DESTROYED, SNAPSHOT, "was destroyed")

FOLDER = RunFolder(
    claimed=True,
    seen_at=AT,
    committed=True,
    started=True,
    created=True,
    set_id=SET,
    shadow_ids={"vssbot_1": SHADOW},
    ended=True,
    exit_code=0,
    done=True,
)
REPORT = RequesterReport(
    set_id=SET,
    shadow_ids={"vssbot_1": SHADOW},
    included={"Cluster Shared Volume VSS Writer": (rf"\{VM.id.lower()}",)},
    echoed=("begin backup", "create", "end backup", "exit"),
    created=True,
    completed=True,
)
GOOD = Evidence(
    target=Target("cluster1", ("volume1",)),
    node="hv-01",
    folder=FOLDER,
    report=REPORT,
    volumes=(FOUND,),
    vms=(VM,),
    events=(),
)
VETO = replace(
    REPORT,
    set_id=None,
    shadow_ids={},
    hresult=0x80042306,
    created=False,
    completed=False,
    echoed=("begin backup", "create"),
)
VETOED = replace(FOLDER, created=False, set_id=None, shadow_ids={}, ended=False, exit_code=1)
STOPPED = replace(VETOED, committed=False, cancelled=True)
AT_GATE = replace(VETO, hresult=None, echoed=("begin backup", r"exec C:\vssbot\kit\gate.cmd"))
AGAINST = RatedEvent("hv-02", Event("System", 5, "X", 5120, 2, AT), Rating.AGAINST, "the CSV was paused")


def test_everything_proved_is_verified_with_the_exact_name() -> None:
    verdict = judge(GOOD)
    assert (verdict.outcome, verdict.code) == (Stage.VERIFIED, "verified")
    assert f"csv1.{SUFFIX} on fa1" in verdict.what
    assert "1 of 1 VMs" in verdict.why
    assert verdict.safe and verdict.next_step


Case = tuple[str, Evidence, Stage, str, str]

CASES: list[Case] = [
    ("node silent", replace(GOOD, folder=None), Stage.UNKNOWN, "contact-lost", "hv-01 could not be asked"),
    (
        "still running though the array shows nothing",
        replace(GOOD, folder=replace(FOLDER, exit_code=None, done=False), volumes=(MISSING,)),
        Stage.UNKNOWN,
        "requester-may-run",
        "may still run",
    ),
    (
        "still running though everything looks done",
        replace(GOOD, folder=replace(FOLDER, exit_code=None, done=False), requester_gone=False),
        Stage.UNKNOWN,
        "requester-may-run",
        "may still run",
    ),
    (
        "not taken yet",
        replace(GOOD, folder=RunFolder(claimed=False, seen_at=AT, armed=True)),
        Stage.UNKNOWN,
        "request-waits",
        "not taken",
    ),
    (
        "never taken",
        replace(GOOD, folder=RunFolder(claimed=False, seen_at=AT)),
        Stage.FAILED,
        "no-claim",
        "never took",
    ),
    (
        "taken but not started",
        replace(GOOD, folder=RunFolder(claimed=True, seen_at=AT, armed=True, done=True), report=None),
        Stage.FAILED,
        "not-started",
        "did not start DiskShadow",
    ),
    (
        "cancelled before it was taken",
        replace(GOOD, folder=RunFolder(claimed=False, seen_at=AT, cancelled=True)),
        Stage.CANCELLED,
        "cancelled",
        "at the gate",
    ),
    (
        "cancelled at the gate",
        replace(GOOD, folder=STOPPED, report=AT_GATE, volumes=(MISSING,)),
        Stage.CANCELLED,
        "cancelled",
        "at the gate",
    ),
    (
        "cancelled but DiskShadow has not ended",
        replace(GOOD, folder=replace(STOPPED, exit_code=None, done=False), report=None, volumes=(MISSING,)),
        Stage.UNKNOWN,
        "requester-may-run",
        "may still run",
    ),
    (
        "cancelled but the array is silent",
        replace(GOOD, folder=STOPPED, report=AT_GATE, volumes=(SILENT,)),
        Stage.UNKNOWN,
        "cancel-unproved",
        "did not answer",
    ),
    (
        "cancelled but the array was not asked for long enough",
        replace(GOOD, folder=STOPPED, report=AT_GATE, volumes=(MISSING,), array_settled=False),
        Stage.UNKNOWN,
        "cancel-unproved",
        "still being asked",
    ),
    (
        "cancelled but something appeared on the array",
        replace(
            GOOD,
            folder=STOPPED,
            report=AT_GATE,
            volumes=(replace(FOUND, answer=Answer.AMBIGUOUS, why="no set id"),),
        ),
        Stage.INCOMPLETE,
        "before-gate",
        "exit code 1",
    ),
    (
        "cancelled but DiskShadow went on and failed",
        replace(GOOD, folder=replace(STOPPED, set_id=SET, created=True), report=VETO),
        Stage.INCOMPLETE,
        "0x80042306",
        "VSS_E_PROVIDER_VETO",
    ),
    (
        "provider veto",
        replace(GOOD, folder=VETOED, report=VETO, volumes=(MISSING,)),
        Stage.FAILED,
        "0x80042306",
        "provider refused",
    ),
    (
        "provider veto with exit code 0",
        replace(GOOD, folder=replace(VETOED, exit_code=0), report=VETO, volumes=(MISSING,)),
        Stage.FAILED,
        "0x80042306",
        "provider refused",
    ),
    (
        "exit code that is an HRESULT",
        replace(
            GOOD,
            folder=replace(VETOED, exit_code=-2147212524),
            report=replace(VETO, hresult=None),
            volumes=(MISSING,),
        ),
        Stage.FAILED,
        "0x80042314",
        "HOLD_WRITES",
    ),
    (
        "veto but the array is silent",
        replace(GOOD, folder=VETOED, report=VETO, volumes=(SILENT,)),
        Stage.UNVERIFIED,
        "array-not-asked",
        "VSS_E_PROVIDER_VETO",
    ),
    (
        "failed before the gate needs no array",
        replace(
            GOOD,
            folder=replace(VETOED, committed=False),
            report=replace(AT_GATE, hresult=0x8004230E, echoed=("begin backup", "add volume X")),
            volumes=(SILENT,),
        ),
        Stage.FAILED,
        "0x8004230E",
        "does not support this volume",
    ),
    (
        "destroyed after a late failure",
        replace(GOOD, folder=VETOED, report=VETO, volumes=(DESTROYED,)),
        Stage.FAILED,
        "0x80042306",
        f"csv1.{SUFFIX} was made and then destroyed",
    ),
    (
        "completed but the array has nothing",
        replace(GOOD, volumes=(MISSING,)),
        Stage.FAILED,
        "no-snapshot",
        "no such snapshot",
    ),
    (
        "completed and the array is late",
        replace(GOOD, volumes=(MISSING,), array_settled=False),
        Stage.UNVERIFIED,
        "array-late",
        "yet",
    ),
    (
        "completed but the array is silent",
        replace(GOOD, volumes=(SILENT,)),
        Stage.UNVERIFIED,
        "array-not-asked",
        "fa1 did not answer",
    ),
    (
        "completed and the array was never asked",
        replace(GOOD, volumes=()),
        Stage.UNVERIFIED,
        "array-not-asked",
        "not asked about volume1",
    ),
    (
        "the snapshot found is of another set",
        replace(GOOD, volumes=(replace(FOUND, snapshot=replace(SNAPSHOT, name=f"csv1.VSS-{'B' * 32}")),)),
        Stage.UNVERIFIED,
        "array-not-asked",
        "not of this shadow copy set",
    ),
    (
        "a snapshot but END BACKUP failed",
        replace(
            GOOD,
            folder=replace(FOLDER, ended=False, exit_code=1),
            report=replace(REPORT, completed=False, hresult=0x800423F3),
        ),
        Stage.INCOMPLETE,
        "0x800423F3",
        "RETRYABLE",
    ),
    (
        "a snapshot and exit code 0 but the text stops",
        replace(GOOD, report=replace(REPORT, completed=False)),
        Stage.INCOMPLETE,
        "not-completed",
        "END BACKUP",
    ),
    (
        "a snapshot and a good text but another exit code",
        replace(GOOD, folder=replace(FOLDER, exit_code=3)),
        Stage.INCOMPLETE,
        "exit-code",
        "exit code 3",
    ),
    (
        "rebooted during CREATE",
        replace(
            GOOD,
            folder=replace(FOLDER, ended=False, created=False, exit_code=None, done=False),
            requester_gone=True,
            report=None,
        ),
        Stage.INCOMPLETE,
        "interrupted",
        "interrupted",
    ),
    (
        "rebooted before the snapshot",
        replace(
            GOOD,
            folder=replace(
                FOLDER, ended=False, created=False, set_id=None, shadow_ids={}, exit_code=None, done=False
            ),
            requester_gone=True,
            report=None,
            volumes=(MISSING,),
        ),
        Stage.FAILED,
        "interrupted",
        "interrupted",
    ),
    (
        "markers and text name different sets",
        replace(GOOD, report=replace(REPORT, set_id=OTHER_SET)),
        Stage.INCOMPLETE,
        "ids-differ",
        "different shadow copies",
    ),
    (
        "a VM left out",
        replace(
            GOOD,
            report=replace(
                REPORT,
                included={},
                excluded=(
                    ExcludedComponent(rf"\{VM.id}", "Microsoft Hyper-V VSS Writer", r"C:\ClusterStorage\V2"),
                ),
            ),
        ),
        Stage.INCOMPLETE,
        "vm-left-out",
        r"VM web-1 on hv-02 was not included (Microsoft Hyper-V VSS Writer left it out: it needs C:\ClusterStorage\V2)",
    ),
    ("an event against", replace(GOOD, events=(AGAINST,)), Stage.INCOMPLETE, "event-against", "5120"),
    (
        "the CSV writer failed",
        replace(
            GOOD,
            writers=(
                WriterProgress(
                    "hv-01", "Cluster Shared Volume VSS Writer", "PREPARESNAPSHOT", False, 8, 0x800423F4, AT
                ),
            ),
        ),
        Stage.INCOMPLETE,
        "writer-failed",
        "failed while it prepared the shadow copy",
    ),
    ("no log was read", replace(GOOD, events=None), Stage.UNVERIFIED, "unverified", "event logs"),
    (
        "a log was overwritten",
        replace(GOOD, log_gaps=("The log System was overwritten during the backup.",)),
        Stage.UNVERIFIED,
        "unverified",
        "log System",
    ),
    ("a node is missing", replace(GOOD, unasked_nodes=("hv-02",)), Stage.UNVERIFIED, "unverified", "hv-02"),
    ("VMs are not known", replace(GOOD, vms_known=False), Stage.UNVERIFIED, "unverified", "which VMs"),
    ("output unread", replace(GOOD, report=None), Stage.UNVERIFIED, "unverified", "output on hv-01"),
    (
        "exit code lost",
        replace(GOOD, folder=replace(FOLDER, exit_code=None)),
        Stage.UNVERIFIED,
        "unverified",
        "exit code is not known",
    ),
    (
        "a marker is missing",
        replace(GOOD, folder=replace(FOLDER, ended=False)),
        Stage.UNVERIFIED,
        "unverified",
        "markers",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_the_table_of_cases(case: Case) -> None:
    _, evidence, outcome, code, words = case
    verdict = judge(evidence)
    assert (verdict.outcome, verdict.code) == (outcome, code)
    assert words in verdict.sentence()
    assert "cluster1 volume1" in verdict.what
    assert verdict.what and verdict.why and verdict.safe and verdict.next_step


def test_an_unrated_or_noted_event_changes_nothing() -> None:
    for rating in (Rating.NOTED, Rating.UNRATED):
        assert judge(replace(GOOD, events=(replace(AGAINST, rating=rating),))).outcome is Stage.VERIFIED


def test_a_failure_of_another_writer_changes_nothing() -> None:
    failed = WriterProgress("hv-01", "System Writer", "FREEZE", False, 9, 0x800423F4, AT)
    assert judge(replace(GOOD, writers=(failed,))).outcome is Stage.VERIFIED


def test_an_accepted_vm_may_be_left_out_and_that_is_said() -> None:
    for name in ("web-1", VM.id.lower()):
        verdict = judge(replace(GOOD, report=replace(REPORT, included={}), accepted=frozenset({name})))
        assert verdict.outcome is Stage.VERIFIED
        assert "web-1 accepted as crash-consistent" in verdict.why


def test_a_copy_run_needs_no_end_backup_but_a_full_one_does() -> None:
    report = replace(REPORT, completed=False, echoed=("create", "exit"))
    assert judge(replace(GOOD, report=report, backup_type=BackupType.COPY)).outcome is Stage.VERIFIED
    assert judge(replace(GOOD, report=report)).outcome is Stage.INCOMPLETE


def test_a_cancel_that_did_not_stop_it_is_said_with_the_proof() -> None:
    verdict = judge(replace(GOOD, folder=replace(FOLDER, cancelled=True, committed=False)))
    assert verdict.outcome is Stage.VERIFIED and "cancel did not stop it" in verdict.why


def test_one_of_two_volumes_is_incomplete_and_the_other_is_named() -> None:
    both = replace(
        GOOD,
        target=Target("cluster1", ("volume1", "volume2")),
        report=replace(REPORT, shadow_ids={"vssbot_1": SHADOW, "vssbot_2": OTHER_SET}),
        volumes=(FOUND, VolumeAnswer("volume2", Answer.MISSING)),
    )
    verdict = judge(both)
    assert (verdict.outcome, verdict.code) == (Stage.INCOMPLETE, "partial-set")
    assert "volume2" in verdict.why and f"csv1.{SUFFIX}" in verdict.safe


def test_inclusion_is_read_from_any_writers_component_in_any_case() -> None:
    report = replace(REPORT, included={"Some Writer": (rf"\Backup\{{{VM.id.upper()}}}",)})
    assert mark_included((VM,), report)[0].included is True
    assert mark_included((VM,), replace(REPORT, included={}))[0].included is False
    assert mark_included((VM,), replace(AT_GATE, included={}))[0].included is None


def test_nothing_says_success_and_no_advice_restarts_the_cluster_service() -> None:
    for _, evidence, *_ in CASES:
        text = judge(evidence).sentence().lower()
        assert "success" not in text and "restart clussvc" not in text


Spoil = Callable[[Evidence], Evidence]

SPOILS: dict[str, Spoil] = {
    "node": lambda e: replace(e, folder=None),
    "exit code": lambda e: _folder(e, exit_code=1),
    "exit code lost": lambda e: _folder(e, exit_code=None),
    "created": lambda e: _folder(e, created=False),
    "ended": lambda e: _folder(e, ended=False),
    "output": lambda e: replace(e, report=None),
    "text": lambda e: _report(e, completed=False),
    "hresult": lambda e: _report(e, hresult=0x80042306),
    "alias": lambda e: _report(e, shadow_ids={}),
    "set": lambda e: _report(e, set_id=None),
    "vm": lambda e: _report(e, included={}),
    "array": lambda e: replace(e, volumes=()),
    "array silent": lambda e: replace(e, volumes=(SILENT,)),
    "array missing": lambda e: replace(e, volumes=(MISSING,)),
    "array destroyed": lambda e: replace(e, volumes=(DESTROYED,)),
    "array ambiguous": lambda e: replace(e, volumes=(replace(FOUND, answer=Answer.AMBIGUOUS, why="?"),)),
    "no name": lambda e: replace(e, volumes=(replace(FOUND, snapshot=None),)),
    "logs": lambda e: replace(e, events=None),
    "against": lambda e: replace(e, events=(*(e.events or ()), AGAINST)),
    "gap": lambda e: replace(e, log_gaps=("The log System was cleared during the backup.",)),
    "nodes": lambda e: replace(e, unasked_nodes=("hv-02",)),
    "inventory": lambda e: replace(e, vms_known=False),
    "more volumes": lambda e: replace(e, target=Target("cluster1", ("volume1", "volume2"))),
}


def _folder(evidence: Evidence, **changes: Any) -> Evidence:
    folder = evidence.folder
    return replace(evidence, folder=replace(folder, **changes)) if isinstance(folder, RunFolder) else evidence


def _report(evidence: Evidence, **changes: Any) -> Evidence:
    report = evidence.report
    return evidence if report is None else replace(evidence, report=replace(report, **changes))


@given(st.lists(st.sampled_from(sorted(SPOILS)), min_size=1, max_size=4))
def test_a_missing_or_contradicting_witness_is_never_verified(names: list[str]) -> None:
    evidence = GOOD
    for name in names:
        evidence = SPOILS[name](evidence)
    verdict = judge(evidence)
    assert verdict.outcome is not Stage.VERIFIED
    assert verdict.what and verdict.why and verdict.safe and verdict.next_step


@given(st.lists(st.sampled_from(sorted(SPOILS)), max_size=4), st.booleans())
def test_while_diskshadow_may_run_nothing_is_said(names: list[str], cancelled: bool) -> None:
    evidence = replace(GOOD, requester_gone=None)
    for name in names:
        evidence = SPOILS[name](evidence)
    evidence = _folder(evidence, exit_code=None, done=False, cancelled=cancelled, committed=not cancelled)
    assert judge(evidence).outcome is Stage.UNKNOWN
