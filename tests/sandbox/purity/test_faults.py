"""Every published fault of the array looks to the vendor's client as it should."""

from __future__ import annotations

import time
from collections.abc import Callable

import purestorage
import pytest

from sandbox.faults import Fault, Faults
from sandbox.purity import FlashArray, PurityServer
from sandbox.purity.server import KINDS

pytestmark = pytest.mark.filterwarnings("ignore:distutils Version classes:DeprecationWarning")
Connect = Callable[..., purestorage.FlashArray]


@pytest.mark.parametrize(
    ("kind", "code"), [("429", 429), ("500_busy", 500), ("503", 503), ("504_after_work", 504)]
)
def test_a_refusal_carries_its_status(connect: Connect, faults: Faults, kind: str, code: int) -> None:
    client = connect("reader")
    faults.add(Fault("array.get_volume", kind))
    with pytest.raises(purestorage.PureHTTPError) as err:
        client.list_volumes()
    assert err.value.code == code
    assert len(client.list_volumes()) == 5


def test_429_says_when_to_come_again(connect: Connect, faults: Faults) -> None:
    client = connect("reader")
    faults.add(Fault("array.any", "429"))
    with pytest.raises(purestorage.PureHTTPError) as err:
        client.get()
    assert err.value.headers["Retry-After"] == "1"


def test_500_says_busy(connect: Connect, faults: Faults) -> None:
    client = connect("reader")
    faults.add(Fault("array.get_array", "500_busy"))
    with pytest.raises(purestorage.PureHTTPError, match="Server is busy"):
        client.get()


@pytest.mark.parametrize("kind", ["unreachable", "drop"])
def test_a_cut_connection_is_a_network_error(connect: Connect, faults: Faults, kind: str) -> None:
    client = connect("reader")
    faults.add(Fault("array.get_array", kind))
    with pytest.raises(purestorage.PureError) as err:
        client.get()
    assert not isinstance(err.value, purestorage.PureHTTPError)


def test_an_unreachable_array_does_not_even_shake_hands(
    connect: Connect, faults: Faults, server: PurityServer
) -> None:
    client = connect("reader")
    before = server.requests
    faults.add(Fault("array.any", "unreachable", count=2))
    for _ in range(2):
        with pytest.raises(purestorage.PureError):
            client.get()
    assert server.requests == before
    assert client.get()["array_name"] == "fa1"


def test_html_is_no_json(connect: Connect, faults: Faults) -> None:
    client = connect("reader")
    faults.add(Fault("array.get_array", "html"))
    with pytest.raises(purestorage.PureError, match="not in JSON"):
        client.get()


def test_a_slow_reply_meets_the_clients_time_out(connect: Connect, faults: Faults) -> None:
    client = connect("reader", timeout_s=0.3)
    faults.add(Fault("array.get_array", "slow", delay_s=20))
    started = time.monotonic()
    with pytest.raises(purestorage.PureError, match="timed out"):
        client.get()
    assert time.monotonic() - started < 5


def test_a_lost_session_costs_one_login(connect: Connect, faults: Faults, array: FlashArray) -> None:
    client = connect("reader")
    faults.add(Fault("array.any", "session_lost"))
    assert client.get()["array_name"] == "fa1"
    assert [row.event for row in array.audit] == ["login", "login"]


def test_a_second_401_is_told_to_the_caller(connect: Connect, faults: Faults) -> None:
    client = connect("reader")
    faults.add(Fault("array.get_array", "401", count=2))
    with pytest.raises(purestorage.PureHTTPError) as err:
        client.get()
    assert err.value.code == 401


def test_a_refused_login_is_a_point_of_its_own(connect: Connect, faults: Faults) -> None:
    faults.add(Fault("array.login", "503"))
    with pytest.raises(purestorage.PureHTTPError) as err:
        connect("reader")
    assert err.value.code == 503


def test_the_certificate_of_another_authority_can_be_shown(connect: Connect, faults: Faults) -> None:
    client = connect("reader")
    faults.add(Fault("array.any", "wrong_certificate"))
    with pytest.raises(purestorage.PureError, match="certificate verify failed"):
        client.get()


@pytest.mark.parametrize("kind", ["504_after_work", "drop"])
def test_work_that_was_done_before_the_failure_stays(
    connect: Connect, faults: Faults, array: FlashArray, kind: str
) -> None:
    client = connect()
    faults.add(Fault("array.post_volume", kind))
    with pytest.raises(purestorage.PureError):
        client.create_snapshot("csv01", suffix="s1")
    assert [row["name"] for row in client.list_volumes(snap=True)] == ["csv01.s1"]


def test_work_that_was_done_before_the_failure_can_be_destroyed_again(
    connect: Connect, faults: Faults, array: FlashArray
) -> None:
    array.switches.destroy_after_late_failure = True
    client = connect()
    faults.add(Fault("array.post_pgroup", "504_after_work"))
    with pytest.raises(purestorage.PureHTTPError):
        client.create_pgroup_snapshot("pg1", suffix="s1")
    assert client.list_pgroups(snap=True) == []
    assert [row["name"] for row in client.list_pgroups(snap=True, pending=True)] == ["pg1.s1"]


def test_a_snapshot_is_listed_late(connect: Connect, faults: Faults, array: FlashArray) -> None:
    client = connect()
    faults.add(Fault("array.visible", "late", delay_s=3_600_000))
    assert client.create_snapshot("csv01", suffix="s1")["name"] == "csv01.s1"
    client.create_snapshot("csv01", suffix="s2")
    assert [row["name"] for row in client.list_volumes(snap=True)] == ["csv01.s2"]


def test_by_default_a_snapshot_is_listed_after_twenty_simulated_seconds(
    connect: Connect, array: FlashArray
) -> None:
    array.switches.snapshot_visible_after_s = 20
    array.clock.speed = 1
    client = connect()
    client.create_snapshot("csv01", suffix="s1")
    assert client.list_volumes(snap=True) == []
    array.clock.speed = 1_000_000
    client.create_snapshot("csv01", suffix="s2")
    assert [row["name"] for row in client.list_volumes(snap=True)] == ["csv01.s2"]


def test_every_kind_is_published_for_every_point(faults: Faults, server: PurityServer) -> None:
    points = {at: point for at, point in faults.points.items() if at != "array.visible"}
    assert {"array.any", "array.login", "array.get_volume", "array.post_pgroup", "array.get_message"} <= set(
        points
    )
    assert all(set(KINDS) <= set(point.kinds) for point in points.values())
