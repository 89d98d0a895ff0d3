"""Which events count, and which logs can witness."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.events import EventContext, Rating, log_gap, rate
from bot.domain.vss import Event, LogState

AT = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
VM = "3F2504E0-4F89-11D3-9A0C-0305E82C3301"
CLUSTER = "Microsoft-Windows-FailoverClustering"
VMMS = "Microsoft-Windows-Hyper-V-VMMS"
CONTEXT = EventContext(
    node="hv-01",
    begin=AT - timedelta(minutes=3),
    end=AT + timedelta(minutes=3),
    csvs=(r"C:\ClusterStorage\Volume1", "9edf9657-4390-11f1-86ae-f1519abac96e", "Cluster Disk 1"),
    vms=(VM, "web-1"),
    clean_end=True,
    before=(LogState("System", 100, 1),),
)


def event(provider: str, number: int, *data: str, level: int = 2, log: str = "Application") -> Event:
    return Event(log, 500, provider, number, level, AT, data=data)


def vmms(*data: str, level: int = 2) -> Event:
    return event(VMMS, 18012, *data, level=level, log="Microsoft-Windows-Hyper-V-VMMS-Admin")


AGAINST = [
    event(CLUSTER, 1584, "Volume1", "x", "Cluster Disk 1"),
    event(CLUSTER, 5120, "Volume1", "Cluster Disk 1", "STATUS_BAD_NETWORK_PATH(c00000be)"),
    event(CLUSTER, 5142, "Volume1", "Cluster Disk 1", "ERROR_TIMEOUT(1460)"),
    event(CLUSTER, 5120, "'volume1' ('cluster disk 1')"),
    event("VSS", 8229, "Writer Class Id: {1072ae1c-e5a7-4ea1-9e4a-6f7964656570}", level=3),
    event("VSS", 8229, "Id: {66841CD4-6DED-4F4B-8F17-FD23F8DDC3DE}", level=3),
    event("VSS", 12289, "Provider ID: {781c006a-5829-4a25-81e3-d5e43bd005ab}"),
    event("VSS", 12293, "Pure Storage VSS Hardware Provider"),
    vmms("web-1", "other"),
    vmms(f"Could not create backup checkpoint for virtual machine ({VM.lower()})"),
]

NOTED = [
    event("VSS", 8194, "access denied"),
    event("VSS", 8193, "hr = 0x8000ffff"),
    event("VSS", 8224, level=4),
    event(CLUSTER, 1544, level=3),
    event(CLUSTER, 5120, "Volume10", "Cluster Disk 10"),
    event(CLUSTER, 5142, "Volume2", "Cluster Disk 2"),
    event("VSS", 12293, "{b5946137-7b9f-4925-af80-51abd60b20d5}"),
    vmms("web-10", "11111111-4F89-11D3-9A0C-0305E82C3301"),
    vmms("web-1", level=3),
    event("Anything", 1, level=3),
]

UNRATED = [
    event("Disk", 153, "reset"),
    event("VSS", 8229, "{e8132975-6f93-4464-a53e-1050253ae220}"),
    event("VSS", 12297),
    event("VSS", 12293, "no name"),
    vmms("the service could not do something"),
    event(CLUSTER, 1135),
]


@pytest.mark.parametrize("found", AGAINST)
def test_these_speak_against(found: Event) -> None:
    assert rate(found, CONTEXT).rating is Rating.AGAINST


@pytest.mark.parametrize("found", NOTED)
def test_these_are_noted_and_never_counted(found: Event) -> None:
    assert rate(found, CONTEXT).rating is Rating.NOTED


@pytest.mark.parametrize("found", UNRATED)
def test_these_are_shown_and_change_nothing(found: Event) -> None:
    assert rate(found, CONTEXT).rating is Rating.UNRATED


def test_an_aborted_cluster_backup_without_a_clean_end_is_shown() -> None:
    context = EventContext("hv-01", CONTEXT.begin, CONTEXT.end)
    assert rate(event(CLUSTER, 1544, level=3), context).rating is Rating.UNRATED


def test_what_lies_outside_the_run_is_noted() -> None:
    for at in (CONTEXT.begin - timedelta(minutes=3), CONTEXT.end + timedelta(minutes=3)):
        found = Event("Application", 500, CLUSTER, 5120, 2, at, data=("Volume1",))
        assert rate(found, CONTEXT).rating is Rating.NOTED


def test_a_nodes_clock_is_taken_into_account() -> None:
    skewed = EventContext("hv-01", AT, AT, csvs=("Volume1",), skew_s=3600)
    found = Event("System", 500, CLUSTER, 5120, 2, AT + timedelta(hours=1), data=("Volume1",))
    assert rate(found, skewed).rating is Rating.AGAINST


def test_a_record_of_the_baseline_is_noted_whatever_its_time() -> None:
    found = Event("System", 100, CLUSTER, 5120, 2, AT, data=("Volume1",))
    assert rate(found, CONTEXT).rating is Rating.NOTED


def test_a_rated_event_has_a_sentence() -> None:
    assert rate(AGAINST[1], CONTEXT).sentence() == (
        "Event 5120 (Microsoft-Windows-FailoverClustering) on hv-01: the CSV was paused."
    )


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (LogState("System", 100, 1), LogState("System", 120, 1), ""),
        (LogState("System", 100, 1), LogState("System", 100, 1), ""),
        (LogState("System", 100, 1), LogState("System", 60, 101), ""),
        (LogState("System", 0, 0), LogState("System", 0, 0), ""),
        (LogState("System", 0, 0), LogState("System", 3, 1), ""),
        (LogState("System", 100, 1), LogState("System", 60, 102), "overwritten"),
        (LogState("System", 100, 1), LogState("System", 5, 1), "cleared"),
        (LogState("System", 100, 1), LogState("System", 0, 101), "cleared"),
        (LogState("System", 100, 1), None, "after the backup"),
        (None, LogState("System", 100, 1), "before the backup"),
    ],
)
def test_a_log_witnesses_only_without_a_gap(
    before: LogState | None, after: LogState | None, words: str
) -> None:
    gaps = log_gap([before] if before else [], [after] if after else [])
    assert bool(gaps) == bool(words) and words in " ".join(gaps)


def test_an_expected_log_that_nobody_read_is_a_gap() -> None:
    assert log_gap([], [], ["System"]) == ("The log System could not be read before the backup.",)
