"""wevtutil: log state, queries and their XML."""

from __future__ import annotations

import pytest
from defusedxml import ElementTree

from sandbox.node.eventlog import NewEvent
from tests.sandbox.node_windows.standin import Node, make_node

NS = "{http://schemas.microsoft.com/win/2004/08/events/event}"
LOG = "Microsoft-Windows-Hyper-V-VMMS-Admin"


@pytest.fixture
def node() -> Node:
    node = make_node()
    for number in range(1, 6):
        node.win.logs.write(
            LOG, NewEvent(source="S", id=100 + number, level=2 + number % 3, data=(f"a<{number}>",))
        )
        node.clock.work(10)
    return node


def record_ids(out: str) -> list[int]:
    roots = [ElementTree.fromstring(line) for line in out.splitlines()]
    return [int(root.findtext(f"{NS}System/{NS}EventRecordID") or 0) for root in roots]


def test_the_state_of_a_log_has_the_recorded_layout(node: Node) -> None:
    lines = node.run(f"wevtutil gli {LOG}").out.splitlines()
    assert lines[:3] == [
        "creationTime: 2025-02-15T10:54:38.000Z",
        "lastAccessTime: 2025-02-15T10:55:18.000Z",
        "lastWriteTime: 2025-02-15T10:55:18.000Z",
    ]
    assert lines[4:] == ["attributes: 32", "numberOfLogRecords: 5", "oldestRecordNumber: 1"]


def test_events_come_oldest_first_unless_reversed_and_limited(node: Node) -> None:
    assert record_ids(node.run(f"wevtutil qe {LOG}").out) == [1, 2, 3, 4, 5]
    assert record_ids(node.run(f"wevtutil qe {LOG} /f:xml /rd:true /c:2").out) == [5, 4]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("*", [1, 2, 3, 4, 5]),
        ("*[System[EventRecordID > 3]]", [4, 5]),
        ("*[System[(EventRecordID>1) and (Level=2 or Level=3)]]", [3, 4]),
        ("*[System[(EventRecordID > 1) and TimeCreated[timediff(@SystemTime) <= 30500]]]", [3, 4, 5]),
        (
            "*[System[TimeCreated[@SystemTime >= '2025-02-15T10:54:58Z' and @SystemTime<'2025-02-15T10:55:08Z']]]",
            [3],
        ),
        ("*[System[Provider[@Name='S' or @Name='T'] and EventID=102]]", [2]),
        ("*[System[Provider[@Name='T']]]", []),
    ],
)
def test_queries_select(node: Node, query: str, expected: list[int]) -> None:
    assert record_ids(node.run(f'wevtutil qe {LOG} "/q:{query}" /f:xml').out) == expected


def test_xml_can_have_a_root(node: Node) -> None:
    root = ElementTree.fromstring(node.run(f"wevtutil qe {LOG} /e:Events").out)
    assert [child.findtext(f"{NS}EventData/{NS}Data") for child in root] == [f"a<{n}>" for n in range(1, 6)]


@pytest.mark.parametrize("verb", ["gli", "qe"])
def test_an_unknown_channel_has_its_own_error(node: Node, verb: str) -> None:
    result = node.run(f"wevtutil {verb} Microsoft-Windows-Nothing")
    assert (result.err, result.out) == ("The specified channel could not be found.\n", "")
    assert result.code == 15007


@pytest.mark.parametrize(
    "query", ["nonsense", "*[EventData[Data='x']]", "*[System[Level ~ 2]]", "*[System[Level=2]"]
)
def test_a_query_it_does_not_know_is_invalid(node: Node, query: str) -> None:
    result = node.run(f'wevtutil qe {LOG} "/q:{query}"')
    assert (result.err, result.code) == ("The specified query is invalid.\n", 15001)


def test_channels_are_listed(node: Node) -> None:
    assert LOG in node.run("wevtutil el").out.splitlines()


def test_a_cleared_log_starts_again_at_one_and_system_notes_it(node: Node) -> None:
    assert node.run(f"wevtutil cl {LOG}").code == 0
    assert "numberOfLogRecords: 0\n" in node.run(f"wevtutil gli {LOG}").out
    assert "<EventID>104</EventID>" in node.run("wevtutil qe System /rd:true /c:1").out


def test_a_log_wraps_but_its_ids_go_on(node: Node) -> None:
    node.win.logs.wrap(LOG, keep=1)
    assert "oldestRecordNumber: 5\n" in node.run(f"wevtutil gli {LOG}").out
    assert node.win.logs.write(LOG, NewEvent(source="S", id=1, level=4)).record_id == 6


def test_an_ordinary_user_may_not_clear_or_read_security(node: Node) -> None:
    node.machine.add_account("alice", "x")
    assert node.run(f"wevtutil cl {LOG}", user="alice").code == 5
    assert node.run("wevtutil qe Security", user="alice").code == 5
