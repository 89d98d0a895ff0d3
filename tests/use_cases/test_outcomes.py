"""Every way in which a run can end, reached by running it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.domain.array import suffix_for
from bot.domain.backup import Run, Stage
from bot.domain.vss import Event, LogState
from bot.ports import Unreachable
from tests.builders import LOG_STATES, VM1, VM2
from tests.use_cases.rig import Rig

VETO = 0x80042306


def verdict_of(run: Run) -> tuple[Stage, str]:
    assert run.verdict is not None
    assert run.verdict.outcome is run.stage
    return run.stage, run.verdict.code


def test_a_backup_that_all_witnesses_agree_on_is_verified_with_its_exact_names(rig: Rig) -> None:
    run = rig.backup("volume1", "volume2")
    assert verdict_of(run) == (Stage.VERIFIED, "verified")
    suffix = suffix_for(rig.sets()[0])
    assert [(s.volume, s.name, s.members) for s in rig.runs.snapshots(run.id)] == [
        ("volume1", f"csv1.{suffix}", ()),
        ("volume2", f"pg1.{suffix}.csv2", ("sql-data",)),
    ]
    assert [(vm.id, vm.included) for vm in rig.runs.vms(run.id)] == [(VM1, True), (VM2, True)]
    assert run.set_id == rig.sets()[0]
    assert run.ended_at == rig.clock.now() or run.ended_at is not None


def test_the_owner_of_most_volumes_is_asked(rig: Rig) -> None:
    assert rig.backup("volume1").node == "hv-01"
    assert rig.backup("volume2").node == "hv-02"


def veto(rig: Rig) -> None:
    rig.node().script.hresult = VETO


def fails_after_the_snapshot(rig: Rig) -> None:
    rig.node().script.hresult = 0x80042313
    rig.node().script.snapshot_all_the_same = True


def leaves_a_vm_out(rig: Rig) -> None:
    rig.node().script.left_out = frozenset({VM1})


def csv_paused(rig: Rig) -> None:
    event = Event(
        "System", 11, "Microsoft-Windows-FailoverClustering", 5120, 2, rig.clock.now(), data=("Volume1",)
    )
    rig.node().script.events = (event,)


def loses_power_in_create(rig: Rig) -> None:
    rig.node().script.dies_before = "create"


def loses_power_before_the_snapshot(rig: Rig) -> None:
    rig.node().script.dies_before = "snapshot"


def destroyed_at_once(rig: Rig) -> None:
    def destroy() -> None:
        for _, snapshot in rig.array.snapshots:
            rig.array.destroy(snapshot.name)

    rig.clock.later(28, destroy)


def array_goes_silent(rig: Rig) -> None:
    def silence() -> None:
        rig.array.trouble = Unreachable("fa1", "no answer in time")

    rig.clock.later(20, silence)


def log_cleared(rig: Rig) -> None:
    cleared = (LogState(LOG_STATES[0].log, 0, 1), *LOG_STATES[1:])
    rig.clock.later(28, lambda: setattr(rig.node(), "logs_after", cleared))


def output_unreadable(rig: Rig) -> None:
    rig.node().script.unreadable = ("out.log",)


def kit_knows_no_volume(rig: Rig) -> None:
    rig.node().allowed = frozenset()


OUTCOMES: list[tuple[Callable[[Rig], None], Stage, str]] = [
    (veto, Stage.FAILED, "0x80042306"),
    (fails_after_the_snapshot, Stage.INCOMPLETE, "0x80042313"),
    (leaves_a_vm_out, Stage.INCOMPLETE, "vm-left-out"),
    (csv_paused, Stage.INCOMPLETE, "event-against"),
    (loses_power_in_create, Stage.INCOMPLETE, "interrupted"),
    (loses_power_before_the_snapshot, Stage.FAILED, "interrupted"),
    (destroyed_at_once, Stage.FAILED, "snapshot-destroyed"),
    (array_goes_silent, Stage.UNVERIFIED, "array-not-asked"),
    (log_cleared, Stage.UNVERIFIED, "unverified"),
    (output_unreadable, Stage.UNVERIFIED, "unverified"),
    (kit_knows_no_volume, Stage.FAILED, "not-started"),
]


@pytest.mark.parametrize(("story", "stage", "code"), OUTCOMES, ids=[one[0].__name__ for one in OUTCOMES])
def test_each_story_ends_as_it_must(rig: Rig, story: Callable[[Rig], None], stage: Stage, code: str) -> None:
    story(rig)
    run = rig.backup()
    assert verdict_of(run) == (stage, code), run.verdict
    assert len(rig.backups()) == 1
    assert rig.notices(run) == [f"notice:{run.id}:{stage}"]
    assert (rig.audit.entries[-1].decision, rig.audit.entries[-1].rule) == ("done", code)
    assert all(time.ended is not None for time in rig.runs.phases(run.id, 1))


def test_a_snapshot_that_the_array_lists_late_is_waited_for(rig: Rig) -> None:
    rig.array.shown_after_s = 25
    assert rig.backup().stage is Stage.VERIFIED


def test_clocks_that_differ_do_not_matter(rig: Rig) -> None:
    rig.array.skew_s = -400
    assert rig.backup().stage is Stage.VERIFIED


def test_a_vm_that_is_accepted_as_crash_consistent_does_not_spoil_the_backup() -> None:
    from tests.builders import a_catalog

    rig = Rig(catalog=a_catalog(crash_consistent_vms=frozenset({"vm-01"})))
    rig.node().script.left_out = frozenset({VM1})
    assert rig.backup().stage is Stage.VERIFIED


def test_a_copy_backup_is_asked_for_as_one() -> None:
    from bot.domain.backup import BackupType
    from tests.builders import a_catalog

    rig = Rig(catalog=a_catalog(backup_type=BackupType.COPY))
    run = rig.backup()
    assert run.stage is Stage.VERIFIED
    assert rig.node().backups()[0].wanted == ("volume1", "events", "copy")


def test_a_vm_with_disks_on_two_volumes_brings_the_other_volume_in(rig: Rig) -> None:
    from tests.builders import a_vm

    rig.node().probe = replace(rig.node().probe, vms=(a_vm(VM1, "hv-01", "volume1", "volume2"),))
    run = rig.backup("volume1")
    assert run.target.volumes == ("volume1", "volume2")
    assert run.stage is Stage.VERIFIED
    assert rig.node().backups()[0].volumes == ("volume1", "volume2")


def test_the_record_of_another_node_with_a_vm_in_the_set_is_wanted(rig: Rig) -> None:
    rig.clock.later(20, lambda: setattr(rig.node("hv-02"), "silent", "no answer in time"))
    run = rig.backup("volume1", "volume2")
    assert verdict_of(run) == (Stage.UNVERIFIED, "unverified")
    assert run.verdict is not None and "hv-02" in run.verdict.why
