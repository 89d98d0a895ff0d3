"""What VSS's diagnostics tell about one run."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.backup import Phase
from bot.domain.diagnostics import phase_seen, progress
from bot.domain.vss import DiagReading, DiagRecord

AT = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
SET = "a1690908-4600-4e41-81b0-ce225b5bfe71"
OTHER = "b1690908-4600-4e41-81b0-ce225b5bfe71"
NONE = DiagReading()


def record(
    phase: str,
    seconds: float,
    *,
    enter: bool = True,
    key: str = "System Writer",
    state: int = 1,
    hresult: int = 0,
    set_id: str | None = SET,
) -> DiagRecord:
    name = f"{phase} ({'Enter' if enter else 'Leave'})"
    return DiagRecord(key, name, phase, enter, AT + timedelta(seconds=seconds), 1, state, hresult, set_id)


def reading(*records: DiagRecord) -> DiagReading:
    return DiagReading(tuple(records))


def test_a_phase_entered_and_not_left_runs() -> None:
    (writer,) = progress(reading(record("FREEZE", 1)), NONE, SET, AT, "hv-01")
    assert (writer.node, writer.writer, writer.phase) == ("hv-01", "System Writer", "FREEZE")
    assert writer.running and not writer.failed and writer.seconds is None


def test_a_phase_left_has_its_seconds() -> None:
    records = reading(record("FREEZE", 1), record("FREEZE", 3.5, enter=False))
    (writer,) = progress(records, NONE, SET, AT, "hv-01")
    assert not writer.running and writer.seconds == 2.5


def test_what_is_older_of_another_set_or_of_the_baseline_is_not_ours() -> None:
    old = record("FREEZE", -5)
    other = record("FREEZE", 5, key="B", set_id=OTHER)
    known = record("FREEZE", 5, key="C")
    assert progress(reading(old, other, known), reading(known), SET, AT, "hv-01") == []
    assert phase_seen(reading(old, other, known), reading(known), SET, AT) is None


def test_before_the_set_id_is_known_the_time_decides() -> None:
    found = progress(reading(record("IDENTIFY", 1, set_id=None), record("FREEZE", 2)), NONE, None, AT, "n")
    assert [w.phase for w in found] == ["FREEZE"]


def test_writers_come_in_the_order_they_appeared() -> None:
    records = reading(
        record("THAW", 9, key="A"), record("IDENTIFY", 2, key="A"), record("IDENTIFY", 1, key="B")
    )
    assert [w.writer for w in progress(records, NONE, SET, AT, "n")] == ["B", "A"]


def test_vss_itself_and_providers_are_no_writers() -> None:
    records = reading(
        record("FREEZE", 1, key="VssvcPublisher"), record("PROVIDER_BEGINPREPARE", 1, key="SwProvider_{1}")
    )
    assert progress(records, NONE, SET, AT, "n") == []
    assert phase_seen(records, NONE, SET, AT) is Phase.FREEZE


def test_a_failure_stays_visible_with_the_phase_it_arose_in() -> None:
    records = reading(
        record("PREPARESNAPSHOT", 1),
        record("PREPARESNAPSHOT", 4, enter=False, state=8, hresult=0x800423F4),
        record("BACKUPSHUTDOWN", 9, state=8, hresult=0x800423F4),
    )
    (writer,) = progress(records, NONE, SET, AT, "n")
    assert writer.failed and not writer.running
    assert (writer.phase, writer.state, writer.hresult) == ("PREPARESNAPSHOT", 8, 0x800423F4)


def test_a_state_left_over_from_an_earlier_run_is_no_failure() -> None:
    (writer,) = progress(reading(record("IDENTIFY", 1, state=10)), NONE, SET, AT, "n")
    assert not writer.failed and writer.state == 0


def test_a_success_code_is_no_failure() -> None:
    (writer,) = progress(reading(record("FREEZE", 1, hresult=0x0004230A)), NONE, SET, AT, "n")
    assert not writer.failed


@pytest.mark.parametrize(
    ("phase", "seen"),
    [
        ("IDENTIFY", Phase.GATHERING),
        ("PREPAREBACKUP", Phase.GATHERING),
        ("PREPARESNAPSHOT", Phase.PREPARING),
        ("FREEZE", Phase.FREEZE),
        ("THAW", Phase.THAW),
        ("POSTSNAPSHOT", Phase.THAW),
        ("BACKUPCOMPLETE", Phase.COMPLETING),
        ("BACKUPSHUTDOWN", Phase.COMPLETING),
    ],
)
def test_the_furthest_phase_is_what_a_person_sees(phase: str, seen: Phase) -> None:
    records = reading(record("IDENTIFY", 1, key="B"), record(phase, 2))
    assert phase_seen(records, NONE, SET, AT) is seen
