"""What every use case relies on when it asks an array; held against the fake and the adapter."""

from __future__ import annotations

import pytest

from bot.domain.match import parse_name

from .benches import ARRAY, Bench

# As purestorage 1.19 itself is on Python 3.11; from 3.12 on setuptools' distutils says nothing.
pytestmark = pytest.mark.filterwarnings("ignore:distutils Version classes:DeprecationWarning")

SUFFIX = "VSS-A169090846004E4181B0CE225B5BFE71"
OTHER = "VSS-B169090846004E4181B0CE225B5BFE71"


def names(bench: Bench, suffix: str = SUFFIX) -> list[str]:
    return [snapshot.name for snapshot in bench.arrays.snapshots(ARRAY, suffix)]


def test_it_has_a_name_an_address_and_says_what_it_is(bench: Bench) -> None:
    assert bench.arrays.names() == (ARRAY,)
    assert bench.arrays.address(ARRAY).startswith("127.0.0.1:")
    about = bench.arrays.about(ARRAY)
    assert (about["name"], about["purity"], about["rest"]) == (ARRAY, "6.3.3", "1.19")


def test_volumes_are_found_by_their_serials_in_any_case(bench: Bench) -> None:
    first, second = bench.add_volume("csv1"), bench.add_volume("csv2")
    bench.add_volume("sql")
    found = bench.arrays.volumes(ARRAY, [first.lower(), second, "0" * 24])
    assert {(volume.name, volume.serial) for volume in found} == {("csv1", first), ("csv2", second)}
    assert {volume.array for volume in found} == {ARRAY}
    assert bench.arrays.volumes(ARRAY, ["0" * 24]) == []


def test_a_renamed_volume_is_found_under_its_new_name(bench: Bench) -> None:
    serial = bench.add_volume("csv1")
    bench.rename("csv1", "csv1-new")
    (found,) = bench.arrays.volumes(ARRAY, [serial])
    assert found.name == "csv1-new"


def test_a_volume_names_the_groups_that_hold_it(bench: Bench) -> None:
    serial, other = bench.add_volume("csv1"), bench.add_volume("csv2")
    bench.add_volume("sql")
    bench.add_group("pg1", "csv1", "sql")
    bench.add_group("pg2", "csv1")
    found = {volume.serial: volume for volume in bench.arrays.volumes(ARRAY, [serial, other])}
    assert found[serial].protection_groups == ("pg1", "pg2")
    assert found[other].protection_groups == ()


@pytest.mark.parametrize("kind", ["host", "hgroup"])
def test_a_volume_names_the_groups_that_hold_it_by_its_hosts(bench: Bench, kind: str) -> None:
    serial, other = bench.add_volume("csv1"), bench.add_volume("csv2")
    bench.add_group_of("pg-hosts", kind, "csv1")
    found = {volume.serial: volume for volume in bench.arrays.volumes(ARRAY, [serial, other])}
    assert found[serial].protection_groups == ("pg-hosts",)
    assert found[other].protection_groups == ()


def test_a_group_shows_its_members_and_targets(bench: Bench) -> None:
    bench.add_volume("csv1")
    bench.add_volume("sql")
    bench.add_group("pg1", "csv1", "sql")
    group = bench.arrays.group(ARRAY, "pg1")
    assert (group.name, set(group.volumes), group.targets) == ("pg1", {"csv1", "sql"}, ("fa-dr",))


def test_a_group_or_volume_that_is_not_there_is_a_lookup_error(bench: Bench) -> None:
    with pytest.raises(LookupError):
        bench.arrays.group(ARRAY, "nope")
    with pytest.raises(LookupError):
        bench.arrays.snapshots_of(ARRAY, "nope")


def test_a_snapshot_of_a_volume_is_found_by_its_suffix(bench: Bench) -> None:
    bench.add_volume("csv1")
    before = bench.now()
    bench.snapshot("csv1", SUFFIX)
    bench.snapshot("csv1", OTHER)
    (found,) = bench.arrays.snapshots(ARRAY, SUFFIX)
    assert (found.name, found.source, found.destroyed) == (f"csv1.{SUFFIX}", "csv1", False)
    assert 0 <= (found.created - before).total_seconds() <= 2
    assert bench.arrays.snapshots(ARRAY, "VSS-" + "0" * 32) == []


def test_a_snapshot_of_a_group_is_found_with_every_member(bench: Bench) -> None:
    for volume in ("csv1", "sql"):
        bench.add_volume(volume)
    bench.add_group("pg1", "csv1", "sql")
    bench.group_snapshot("pg1", SUFFIX)
    found = bench.arrays.snapshots(ARRAY, SUFFIX)
    assert [(one.name, one.source) for one in found] == [
        (f"pg1.{SUFFIX}.csv1", "csv1"),
        (f"pg1.{SUFFIX}.sql", "sql"),
    ]


def test_snapshots_in_a_pod_are_found_and_can_be_tied_to_their_volumes(bench: Bench) -> None:
    for volume in ("pod1::csv1", "pod1::csv2"):
        bench.add_volume(volume)
    bench.add_group("pod1::pg1", "pod1::csv2")
    bench.snapshot("pod1::csv1", SUFFIX)
    bench.group_snapshot("pod1::pg1", SUFFIX)
    assert names(bench) == [f"pod1::csv1.{SUFFIX}", f"pod1::pg1.{SUFFIX}.csv2"]
    parsed = [parse_name(name) for name in names(bench)]
    assert [one.volume for one in parsed if one] == ["pod1::csv1", "pod1::csv2"]


def test_a_destroyed_snapshot_is_shown_as_destroyed(bench: Bench) -> None:
    for volume in ("csv1", "csv2"):
        bench.add_volume(volume)
    bench.add_group("pg1", "csv2")
    bench.snapshot("csv1", SUFFIX)
    bench.group_snapshot("pg1", SUFFIX)
    bench.destroy(f"csv1.{SUFFIX}")
    bench.destroy(f"pg1.{SUFFIX}")
    found = bench.arrays.snapshots(ARRAY, SUFFIX)
    assert [(one.name, one.destroyed) for one in found] == [
        (f"csv1.{SUFFIX}", True),
        (f"pg1.{SUFFIX}.csv2", True),
    ]
    assert [one.destroyed for one in bench.arrays.snapshots_of(ARRAY, "csv1")] == [True]


def test_a_volumes_shadow_copies_are_listed_without_other_snapshots(bench: Bench) -> None:
    bench.add_volume("csv1")
    bench.add_volume("csv2")
    bench.snapshot("csv1", SUFFIX)
    bench.snapshot("csv1", OTHER)
    bench.snapshot("csv1", "nightly-1")
    bench.snapshot("csv2", SUFFIX)
    found = bench.arrays.snapshots_of(ARRAY, "csv1")
    assert {one.name for one in found} == {f"csv1.{SUFFIX}", f"csv1.{OTHER}"}


def test_a_snapshot_stays_tied_to_a_volume_that_is_renamed(bench: Bench) -> None:
    bench.add_volume("csv1")
    bench.snapshot("csv1", SUFFIX)
    bench.rename("csv1", "csv9")
    (found,) = bench.arrays.snapshots(ARRAY, SUFFIX)
    assert (found.name, found.source) == (f"csv9.{SUFFIX}", "csv9")


def test_its_clock_is_told_in_whole_seconds_of_utc(bench: Bench) -> None:
    told = bench.arrays.clock(ARRAY)
    assert told.utcoffset() is not None and told.microsecond == 0
    assert abs((told - bench.now()).total_seconds()) <= 2


def test_more_rows_than_a_page_are_all_read(bench: Bench) -> None:
    serials = [bench.add_volume(f"csv{number:04d}") for number in range(620)]
    assert len(bench.arrays.volumes(ARRAY, serials)) == 620
    for number in range(520):
        bench.snapshot("csv0000", f"nightly-{number}")
    bench.snapshot("csv0619", SUFFIX)
    assert names(bench) == [f"csv0619.{SUFFIX}"]
