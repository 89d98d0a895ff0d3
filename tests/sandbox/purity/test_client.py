"""The vendor's own REST 1.x client works on the simulated array."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import purestorage
import pytest

from sandbox.clock import Clock
from sandbox.purity import FlashArray
from sandbox.tls import Certificates

pytestmark = pytest.mark.filterwarnings("ignore:distutils Version classes:DeprecationWarning")
Connect = Callable[..., purestorage.FlashArray]
SET_ID = "VSS-A169090846004E4181B0CE225B5BFE71"
SHAPES = json.loads((Path(__file__).parent / "rest1-shapes.json").read_text())


def test_the_newest_version_that_both_know_is_chosen(connect: Connect) -> None:
    assert connect().get_rest_version() == "1.19"


def test_a_user_name_and_password_log_in(connect: Connect) -> None:
    client = connect(api_token=None, username="VSS", password="pass word")
    assert client.get()["array_name"] == "fa1"


def test_a_wrong_password_is_refused_with_401(connect: Connect) -> None:
    with pytest.raises(purestorage.PureHTTPError) as err:
        connect(api_token=None, username="vss", password="guess")
    assert err.value.code == 401


def test_a_wrong_token_is_refused_with_401(connect: Connect) -> None:
    with pytest.raises(purestorage.PureHTTPError) as err:
        connect(api_token="11111111-2222-3333-4444-555555555555")
    assert err.value.code == 401


def test_one_login_serves_many_calls(connect: Connect, array: FlashArray) -> None:
    client = connect("reader")
    for _ in range(5):
        client.list_volumes()
    assert [row.event for row in array.audit] == ["login"]


def test_after_logout_the_client_has_to_log_in_again(connect: Connect, array: FlashArray) -> None:
    client = connect("reader")
    client.invalidate_cookie()
    client.get()
    assert [row.event for row in array.audit] == ["login", "login"]


def test_an_idle_session_ends(connect: Connect, array: FlashArray, clock: Clock) -> None:
    client = connect("reader")
    clock.set_skew("fa1", 31 * 60)
    client.get()
    assert [row.event for row in array.audit] == ["login", "login"]


def test_volumes_show_24_digit_serials_in_order(connect: Connect, array: FlashArray) -> None:
    rows = connect("reader").list_volumes()
    assert [row["name"] for row in rows] == ["csv01", "csv02", "pod1::csv03", "vg1/csv04", "sql-data"]
    assert all(len(row["serial"]) == 24 and row["serial"] == row["serial"].upper() for row in rows)
    assert {row["serial"][:16] for row in rows} == {array.id.replace("-", "")[:16].upper()}


@pytest.mark.parametrize("name", ["csv01", "CSV01", "pod1::csv03", "vg1/csv04", "vg1%2Fcsv04"])
def test_a_volume_is_found_by_its_raw_name_in_any_case(connect: Connect, name: str) -> None:
    found = connect("reader").get_volume(name)["name"]
    assert found == name.lower().replace("%2f", "/")


def test_a_missing_volume_is_a_400_with_a_text(connect: Connect) -> None:
    with pytest.raises(purestorage.PureHTTPError) as err:
        connect("reader").get_volume("nope")
    assert err.value.code == 400
    body = json.loads(err.value.text)
    assert (body[0]["ctx"], body[0]["msg"]) == ("nope", "Volume does not exist.")
    assert {"pure_err_key", "pure_err_code"} <= body[0].keys()


def test_a_snapshot_has_the_recorded_shape(connect: Connect) -> None:
    row = connect().create_snapshot("csv01", suffix=SET_ID)
    assert row["name"] == f"csv01.{SET_ID}"
    assert row.keys() == SHAPES["snapshot of a volume"].keys()


def test_a_snapshot_is_listed_by_volume_and_by_array(connect: Connect) -> None:
    client = connect()
    client.create_snapshot("csv01", suffix=SET_ID)
    client.create_snapshot("vg1/csv04", suffix="other")
    assert [row["name"] for row in client.get_volume("csv01", snap=True)] == [f"csv01.{SET_ID}"]
    assert [row["name"] for row in client.list_volumes(snap=True)] == [f"csv01.{SET_ID}", "vg1/csv04.other"]


def test_a_taken_suffix_is_refused_and_nothing_is_made(connect: Connect) -> None:
    client = connect()
    client.create_snapshot("csv02", suffix=SET_ID)
    with pytest.raises(purestorage.PureHTTPError, match="already exists"):
        client.create_snapshots(["csv01", "CSV02"], suffix=SET_ID.lower())
    assert client.get_volume("csv01", snap=True) == []


def test_snapshots_without_a_suffix_are_numbered(connect: Connect) -> None:
    client = connect()
    names = [client.create_snapshot("csv01")["name"] for _ in range(2)]
    assert names == ["csv01.1", "csv01.2"]


@pytest.mark.parametrize("suffix", ["-x", "x-", "12", "a.b", "ä", "x" * 64, "a b"])
def test_a_bad_suffix_is_refused(connect: Connect, suffix: str) -> None:
    with pytest.raises(purestorage.PureHTTPError, match="suffix"):
        connect().create_snapshot("csv01", suffix=suffix)


def test_a_destroyed_snapshot_is_pending_keeps_its_name_and_can_be_recovered(connect: Connect) -> None:
    client = connect()
    name = client.create_snapshot("csv01", suffix=SET_ID)["name"]
    assert client.destroy_volume(name) == {"name": name}
    assert client.list_volumes(snap=True) == []
    (pending,) = client.list_volumes(snap=True, pending=True)
    assert pending["time_remaining"] in (86399, 86400)
    with pytest.raises(purestorage.PureHTTPError, match="already exists"):
        client.create_snapshot("csv01", suffix=SET_ID)
    with pytest.raises(purestorage.PureHTTPError, match="can be recovered by purevol recover"):
        client.destroy_volume(name)
    client.recover_volume(name)
    assert [row["name"] for row in client.list_volumes(snap=True)] == [name]
    assert client.list_volumes(snap=True, pending_only=True) == []


def test_a_destroyed_snapshot_is_gone_after_the_delay(
    connect: Connect, clock: Clock, array: FlashArray
) -> None:
    client = connect()
    client.destroy_volume(client.create_snapshot("csv01", suffix=SET_ID)["name"])
    clock.set_skew("fa1", 86_401)
    assert client.list_volumes(snap=True, pending=True) == []


def test_eradication_needs_a_destroyed_snapshot_and_no_safemode(connect: Connect, array: FlashArray) -> None:
    client = connect()
    name = client.create_snapshot("csv01", suffix=SET_ID)["name"]
    with pytest.raises(purestorage.PureHTTPError, match="not destroyed"):
        client.eradicate_volume(name)
    client.destroy_volume(name)
    array.switches.safemode = True
    with pytest.raises(purestorage.PureHTTPError, match="Eradication is disabled"):
        client.eradicate_volume(name)
    array.switches.safemode = False
    client.eradicate_volume(name)
    assert client.list_volumes(snap=True, pending=True) == []


def test_a_group_has_the_recorded_shape(connect: Connect) -> None:
    row = connect("reader").get_pgroup("pg1")
    assert row.keys() == SHAPES["protection group"].keys()
    assert row["volumes"] == ["csv02", "sql-data"]
    assert row["hosts"] is None
    assert row["targets"] == [{"name": "fa-dr", "allowed": True}]


def test_a_group_snapshot_covers_every_member(connect: Connect) -> None:
    client = connect()
    made = client.create_pgroup_snapshot("pg1", suffix=SET_ID)
    assert (made["name"], made["source"]) == (f"pg1.{SET_ID}", "pg1")
    inside = client.get_volume(made["name"], snap=True, pgroup=True)
    assert [row["name"] for row in inside] == [f"pg1.{SET_ID}.csv02", f"pg1.{SET_ID}.sql-data"]
    assert [row["source"] for row in inside] == ["csv02", "sql-data"]
    assert [row["name"] for row in client.get_volume("csv02", snap=True)] == [f"pg1.{SET_ID}.csv02"]
    assert [row["name"] for row in client.get_pgroup("pg1", snap=True)] == [f"pg1.{SET_ID}"]


def test_a_group_in_a_pod_drops_the_pod_of_its_members(connect: Connect, array: FlashArray) -> None:
    array.add_group("pod1::pg", volumes=["pod1::csv03"])
    client = connect()
    client.create_pgroup_snapshot("pod1::pg", suffix="s1")
    assert [row["name"] for row in client.list_volumes(snap=True)] == ["pod1::pg.s1.csv03"]


def test_a_member_of_a_group_snapshot_is_not_destroyed_alone(connect: Connect) -> None:
    client = connect()
    client.create_pgroup_snapshot("pg1", suffix=SET_ID)
    with pytest.raises(purestorage.PureHTTPError, match="protection group snapshot"):
        client.destroy_volume(f"pg1.{SET_ID}.csv02")
    client.destroy_pgroup(f"pg1.{SET_ID}")
    assert client.list_volumes(snap=True) == []
    client.recover_pgroup(f"pg1.{SET_ID}")
    assert len(client.list_volumes(snap=True)) == 2


def test_only_a_replicated_group_snapshot_has_a_transfer(connect: Connect) -> None:
    client = connect()
    client.create_pgroup_snapshot("pg1", suffix="local")
    client.create_pgroup_snapshot("pg1", suffix="sent", replicate_now=True)
    local, sent = client.get_pgroup("pg1", snap=True, transfer=True)
    assert (local["started"], local["progress"]) == (None, None)
    assert 0 <= sent["progress"] <= 1
    assert {"started", "completed", "progress", "data_transferred"} <= sent.keys()


def test_rows_for_local_snapshots_can_be_left_out_of_transfers(connect: Connect, array: FlashArray) -> None:
    array.switches.transfer_rows_for_local = False
    client = connect()
    client.create_pgroup_snapshot("pg1", suffix="local")
    assert client.list_pgroups(snap=True, transfer=True) == []
    assert len(client.list_pgroups(snap=True)) == 1


def test_membership_is_told_per_volume(connect: Connect) -> None:
    rows = connect("reader").get_volume("csv02", protect=True)
    assert rows == [{"name": "csv02", "protection_group": "pg1"}]


def test_connections_name_the_volume_first(connect: Connect) -> None:
    client = connect("reader")
    shared = client.list_volume_shared_connections("csv01")
    assert [(r["name"], r["hgroup"], r["host"]) for r in shared] == [
        ("csv01", "hg-cluster1", "hv-01"),
        ("csv01", "hg-cluster1", "hv-02"),
    ]
    (private,) = client.list_volume_private_connections("sql-data")
    assert (private["name"], private["host"], private["lun"]) == ("sql-data", "hv-02", 1)
    assert [row["vol"] for row in client.list_host_connections("hv-02")] == ["sql-data", "csv01", "csv02"]


def test_the_audit_trail_shows_the_snapshot_as_recorded(connect: Connect) -> None:
    client = connect()
    client.create_pgroup_snapshot("pg1", suffix=SET_ID)
    row = client.list_messages(audit=True)[-1]
    assert (row["component_type"], row["event"], row["user"]) == ("purepgroup", "snap", "vss")
    assert row["details"] == f"201718761 pg1 --suffix {SET_ID}"


def test_a_clone_is_a_new_volume_and_its_source_stays(connect: Connect) -> None:
    client = connect()
    snapshot = client.create_snapshot("csv01", suffix=SET_ID)["name"]
    clone = client.copy_volume(snapshot, "restore-1")
    assert (clone["name"], clone["source"]) == ("restore-1", "csv01")
    with pytest.raises(purestorage.PureHTTPError, match="already exists"):
        client.copy_volume(snapshot, "restore-1")


@pytest.mark.parametrize(
    "change",
    [
        lambda client: client.create_snapshot("csv01", suffix="x"),
        lambda client: client.create_pgroup_snapshot("pg1", suffix="x"),
        lambda client: client.destroy_volume("csv01"),
        lambda client: client.recover_volume("csv01"),
        lambda client: client.copy_volume("csv01", "copy"),
    ],
)
def test_a_read_only_account_changes_nothing(
    connect: Connect, change: Callable[[purestorage.FlashArray], object]
) -> None:
    client = connect("reader")
    with pytest.raises(purestorage.PureHTTPError) as err:
        change(client)
    assert err.value.code == 403
    assert len(client.list_volumes(pending=True, snap=True)) == 0
    assert len(client.list_volumes()) == 5


def test_pages_are_followed_by_hand_until_no_token_comes(connect: Connect, array: FlashArray) -> None:
    client = connect()
    for number in range(7):
        client.create_snapshot("csv01", suffix=f"s{number}")
    names, token = [], None
    while True:
        more = {"token": token} if token else {}
        rows = client.list_volumes(snap=True, limit=3, **more)
        names += [row["name"] for row in rows]
        token = rows.headers.get("x-next-token")
        if token is None:
            break
    assert names == [f"csv01.s{number}" for number in range(7)]


def test_lists_are_sorted_and_filtered(connect: Connect) -> None:
    client = connect("reader")
    assert [r["name"] for r in client.list_volumes(sort="name-")][:2] == ["vg1/csv04", "sql-data"]
    assert [r["name"] for r in client.list_volumes(filter="name='csv*' and size>1")] == ["csv01", "csv02"]
    assert [r["name"] for r in client.list_volumes(names=["csv02", "csv01"])] == ["csv02", "csv01"]


def test_a_certificate_by_another_authority_is_refused(connect: Connect, certificates: Certificates) -> None:
    with pytest.raises(purestorage.PureError, match="certificate verify failed"):
        connect("reader", ca=certificates.other_ca_file)


def test_a_version_that_the_array_drops_is_negotiated_again(connect: Connect, array: FlashArray) -> None:
    client = connect("reader")
    array.rest_versions.remove("1.19")
    assert client.get()["array_name"] == "fa1"
    assert client.get_rest_version() == "1.18"
