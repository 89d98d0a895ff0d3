"""Which array snapshot belongs to a shadow copy set."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.array import ArraySnapshot, ArrayVolume
from bot.domain.match import Answer, SnapshotName, Window, match, parse_name

AT = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
WINDOW = Window(AT - timedelta(minutes=2), AT + timedelta(minutes=2))
SUFFIX = "VSS-A169090846004E4181B0CE225B5BFE71"
SERIAL = "361019ECACE43DB3000120A4"


def volume(name: str = "csv1", array: str = "fa1") -> ArrayVolume:
    return ArrayVolume(array, name, SERIAL)


def snapshot(
    name: str, source: str = "csv1", *, array: str = "fa1", at: datetime = AT, destroyed: bool = False
) -> ArraySnapshot:
    return ArraySnapshot(array, name, source, at, destroyed)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        (f"csv1.{SUFFIX}", SnapshotName("csv1", SUFFIX, None)),
        (f"vg1/csv1.{SUFFIX}", SnapshotName("vg1/csv1", SUFFIX, None)),
        (f"pod1::csv1.{SUFFIX}", SnapshotName("pod1::csv1", SUFFIX, None)),
        (f"realm::pod1::csv1.{SUFFIX}", SnapshotName("realm::pod1::csv1", SUFFIX, None)),
        (f"pgroup-auto.{SUFFIX}.W2025CSV", SnapshotName("W2025CSV", SUFFIX, "pgroup-auto")),
        (f"pod1::pg.{SUFFIX}.csv1", SnapshotName("pod1::csv1", SUFFIX, "pod1::pg")),
        (f"pg.{SUFFIX}.vg1/csv1", SnapshotName("vg1/csv1", SUFFIX, "pg")),
        (f"csv1.{SUFFIX.lower()}", SnapshotName("csv1", SUFFIX, None)),
        ("csv1.VSS-A1690908-4600-4E41-81B0-CE225B5BFE71", SnapshotName("csv1", SUFFIX, None)),
        (f"other:pg.{SUFFIX}.csv1", None),
        ("VSS-361019ECACE43DB3000120A4", None),
        ("csv1.daily-1", None),
        ("csv1.VSS-12", None),
        (f"csv1.{SUFFIX}0", None),
        (f".{SUFFIX}", None),
        (f"a.b.{SUFFIX}", None),
        ("", None),
    ],
)
def test_names_are_taken_apart(name: str, parts: SnapshotName | None) -> None:
    assert parse_name(name) == parts


def test_a_volume_snapshot_is_found() -> None:
    (answer,) = match(SUFFIX, {"volume1": [volume()]}, [snapshot(f"csv1.{SUFFIX}")], WINDOW)
    assert answer.answer is Answer.FOUND and answer.snapshot is not None
    assert (answer.snapshot.volume, answer.snapshot.array, answer.snapshot.name) == (
        "volume1",
        "fa1",
        f"csv1.{SUFFIX}",
    )
    assert answer.snapshot.protection_group is None


def test_the_recorded_group_snapshot_is_found_with_its_members() -> None:
    name = f"pgroup-auto.{SUFFIX}.W2025CSV"
    rows = [snapshot(name, "W2025CSV"), snapshot(f"pgroup-auto.{SUFFIX}.db", "db")]
    (answer,) = match(SUFFIX, {"volume1": [volume("W2025CSV")]}, rows, WINDOW)
    assert answer.answer is Answer.FOUND and answer.snapshot is not None
    assert answer.snapshot.name == name
    assert (answer.snapshot.protection_group, answer.snapshot.members) == ("pgroup-auto", ("db",))


def test_case_does_not_matter() -> None:
    rows = [snapshot(f"CSV1.{SUFFIX.lower()}", "CSV1")]
    (answer,) = match(SUFFIX, {"volume1": [volume()]}, rows, WINDOW)
    assert answer.answer is Answer.FOUND


@pytest.mark.parametrize(
    "row",
    [
        snapshot(f"csv2.{SUFFIX}", "csv2"),
        snapshot(f"csv1.VSS-{'B' * 32}"),
        snapshot(f"csv1.{SUFFIX}", array="fa2"),
        snapshot("VSS-361019ECACE43DB3000120A4"),
        snapshot(f"other:pg.{SUFFIX}.csv1", "other:csv1"),
    ],
)
def test_what_is_not_ours_is_missing(row: ArraySnapshot) -> None:
    (answer,) = match(SUFFIX, {"volume1": [volume()]}, [row], WINDOW)
    assert answer.answer is Answer.MISSING


def test_a_destroyed_snapshot_is_said_with_its_name() -> None:
    rows = [snapshot(f"csv1.{SUFFIX}", destroyed=True)]
    (answer,) = match(SUFFIX, {"volume1": [volume()]}, rows, WINDOW)
    assert answer.answer is Answer.DESTROYED and f"csv1.{SUFFIX}" in answer.why


def test_another_time_is_ambiguous() -> None:
    rows = [snapshot(f"csv1.{SUFFIX}", at=AT + timedelta(hours=1))]
    (answer,) = match(SUFFIX, {"volume1": [volume()]}, rows, WINDOW)
    assert answer.answer is Answer.AMBIGUOUS and "another time" in answer.why


def test_the_arrays_clock_is_taken_into_account() -> None:
    rows = [snapshot(f"csv1.{SUFFIX}", at=AT + timedelta(seconds=500))]
    window = Window(WINDOW.begin, WINDOW.end, {"fa1": 500.0})
    assert match(SUFFIX, {"volume1": [volume()]}, rows, window)[0].answer is Answer.FOUND


def test_a_clock_more_than_ten_minutes_off_is_not_judged_by() -> None:
    rows = [snapshot(f"csv1.{SUFFIX}")]
    window = Window(WINDOW.begin, WINDOW.end, {"fa1": 601.0})
    assert match(SUFFIX, {"volume1": [volume()]}, rows, window)[0].answer is Answer.AMBIGUOUS


def test_the_copies_of_a_stretched_pod_count_once() -> None:
    copies = [volume("pod::csv1", "fa1"), volume("pod::csv1", "fa2")]
    rows = [snapshot(f"pod::csv1.{SUFFIX}", "pod::csv1", array=a) for a in ("fa2", "fa1")]
    (answer,) = match(SUFFIX, {"volume1": copies}, rows, WINDOW)
    assert answer.answer is Answer.FOUND and answer.snapshot is not None and answer.snapshot.array == "fa1"


def test_one_copy_of_a_stretched_pod_is_enough_to_answer() -> None:
    copies = [volume("pod::csv1", "fa1"), volume("pod::csv1", "fa2")]
    rows = [snapshot(f"pod::csv1.{SUFFIX}", "pod::csv1", array="fa2")]
    assert match(SUFFIX, {"v": copies}, rows, WINDOW, unasked={"fa1": "timeout"})[0].answer is Answer.FOUND
    assert match(SUFFIX, {"v": copies}, [], WINDOW, unasked={"fa1": "timeout"})[0].answer is Answer.MISSING


def test_two_arrays_without_a_pod_are_ambiguous() -> None:
    copies = [volume(array="fa1"), volume(array="fa2")]
    rows = [snapshot(f"csv1.{SUFFIX}", array=a) for a in ("fa1", "fa2")]
    assert match(SUFFIX, {"v": copies}, rows, WINDOW)[0].answer is Answer.AMBIGUOUS


def test_a_silent_array_is_not_asked_with_the_reason() -> None:
    (answer,) = match(SUFFIX, {"v": [volume()]}, [], WINDOW, unasked={"fa1": "timeout"})
    assert (answer.answer, answer.why) == (Answer.NOT_ASKED, "fa1 did not answer: timeout")


def test_a_volume_on_no_known_array_is_not_asked() -> None:
    assert match(SUFFIX, {"v": []}, [], WINDOW)[0].answer is Answer.NOT_ASKED


def test_without_a_set_id_a_snapshot_of_that_time_is_ambiguous_and_none_is_missing() -> None:
    near, far = snapshot(f"csv1.{SUFFIX}"), snapshot(f"csv1.{SUFFIX}", at=AT - timedelta(days=1))
    assert match(None, {"v": [volume()]}, [near], WINDOW)[0].answer is Answer.AMBIGUOUS
    assert match(None, {"v": [volume()]}, [far], WINDOW)[0].answer is Answer.MISSING


def test_two_volumes_are_answered_in_their_order() -> None:
    volumes = {"b": [volume("csv2")], "a": [volume("csv1")]}
    answers = match(SUFFIX, volumes, [snapshot(f"csv1.{SUFFIX}")], WINDOW)
    assert [(a.volume, a.answer) for a in answers] == [("b", Answer.MISSING), ("a", Answer.FOUND)]


NAMES = st.text(alphabet="aVS-s.:/1F", max_size=60)


@given(NAMES, st.sampled_from(["csv1", ""]), st.booleans())
def test_found_means_suffix_and_source_agree(name: str, source: str, destroyed: bool) -> None:
    row = snapshot(name, source, destroyed=destroyed)
    (answer,) = match(SUFFIX, {"v": [volume()]}, [row], WINDOW)
    if answer.answer is Answer.FOUND:
        assert SUFFIX in name.upper().replace("-", "").replace("VSS", "VSS-") and not destroyed
