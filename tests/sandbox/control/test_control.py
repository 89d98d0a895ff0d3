"""The control API tells the truth, and refuses by name what it does not understand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from sandbox.world import World

if TYPE_CHECKING:
    from .conftest import Control

TEXT, NUMBER = {"type": "string"}, {"type": "integer"}


def exactly(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def many(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


MESSAGE = exactly(
    channel=TEXT,
    ts=TEXT,
    thread_ts={"type": ["string", "null"]},
    user=TEXT,
    text=TEXT,
    blocks=many({"type": "object"}),
    revisions=many({"type": "object"}),
    ephemeral_to={"type": ["string", "null"]},
)
NODE = exactly(
    name=TEXT,
    processes=many(
        exactly(pid=NUMBER, command_line=TEXT, started=TEXT, exit_code={"type": ["integer", "null"]})
    ),
    files=many(TEXT),
    shadow_copy_sets=many(exactly(id=TEXT, volumes=many(TEXT), started=TEXT, state=TEXT)),
    max_concurrent_creates=NUMBER,
)
ARRAY = exactly(
    name=TEXT,
    volumes=many(exactly(name=TEXT, serial={"type": "string", "pattern": "^[0-9A-F]{24}$"})),
    snapshots=many(exactly(name=TEXT, source=TEXT, created=TEXT)),
    requests=NUMBER,
)
STATE = exactly(now=TEXT, nodes=many(NODE), arrays=many(ARRAY), slack=exactly(messages=many(MESSAGE)))


def test_the_state_has_the_promised_shape(control: Control) -> None:
    control.post("array", {"array": "fa1", "action": "snapshot", "volume": "cluster1-csv1", "suffix": "s"})
    control.post("slack/command", {"user": "nadia", "channel": "ops-backup", "text": "good morning"})
    state = control.get("state")
    Draft202012Validator(STATE).validate(state)
    assert [one["name"] for one in state["arrays"][0]["snapshots"]] == ["cluster1-csv1.s"]
    assert state["slack"]["messages"][-1]["text"] == "good morning"


def test_names_and_serials_follow_from_the_seed(control: Control, world: World) -> None:
    volumes = control.get("state")["arrays"][0]["volumes"]
    assert [one["name"] for one in volumes] == [
        "cluster1-csv1",
        "cluster1-csv2",
        "cluster1-csv3",
        "cluster1-sql-data",
    ]
    prefix = world.arrays["fa1"].array.id.replace("-", "")[:16].upper()
    assert volumes[0]["serial"] == prefix + "00011011"


def test_the_second_volume_shares_a_group_with_another_teams(world: World) -> None:
    group = world.arrays["fa1"].array.groups["pg-cluster1"]
    assert group.volumes == ["cluster1-csv2", "cluster1-sql-data"]
    assert group.targets == ["fa-dr"]


def test_faults_are_published_with_what_they_do(control: Control) -> None:
    points = control.get("faults")["points"]
    assert {"array.any", "array.visible", "array.post_volume"} <= points.keys()
    assert all(text for kinds in points.values() for text in kinds.values())


def test_a_fault_waits_until_it_is_cleared(control: Control) -> None:
    body = {"at": "array.get_volume", "kind": "slow", "count": 2, "delay_s": 1}
    assert control.post("faults", body)["waiting"] == [{**body, "detail": ""}]
    assert control.call("DELETE", "faults").json() == {"ok": True}
    assert control.get("faults")["waiting"] == []


@pytest.mark.parametrize(
    ("path", "body", "named"),
    [
        ("faults", {"at": "array.any", "kind": "503", "times": 2}, "unknown key 'times'"),
        ("faults", {"at": "array.any"}, "key 'kind' is missing"),
        ("faults", {"at": "array.nowhere", "kind": "503"}, "no fault point 'array.nowhere'"),
        ("faults", {"at": "array.any", "kind": "fire"}, "not 'fire'"),
        ("faults", {"at": "array.any", "kind": "503", "count": 0}, "'count' must be at least 1"),
        ("faults", {"at": "array.any", "kind": "503", "count": True}, "'count' must be a whole number"),
        ("faults", {"at": "array.any", "kind": "slow", "delay_s": -1}, "'delay_s' must be at least 0"),
        ("time", {"skew_s": 3}, "name either 'node' or 'array'"),
        ("time", {"array": "fa1", "node": "hv-01", "skew_s": 3}, "name either 'node' or 'array'"),
        ("time", {"array": "fa9", "skew_s": 3}, "no array 'fa9'; known: fa1"),
        ("time", {"node": "hv-01", "skew_s": 3}, "no node 'hv-01'; known: none"),
        ("time", {"array": "fa1", "skew_s": "3"}, "'skew_s' must be a number"),
        ("time", {"array": "fa1", "skew_s": 3, "unit": "s"}, "unknown key 'unit'"),
        ("slack/command", {"user": "nadia", "channel": "ops-backup"}, "key 'text' is missing"),
        ("slack/click", {"user": "nadia", "ts": "1", "button": "x"}, "unknown key 'button'"),
        ("array", {"array": "fa1"}, "key 'action' is missing"),
        ("array", {"array": "fa1", "action": "explode"}, "no action 'explode'"),
        ("array", {"array": "fa1", "action": "snapshot", "volume": "nope"}, "Volume does not exist"),
        ("array", {"array": "fa1", "action": "switches", "safe": True}, "unknown key 'safe'"),
        ("node", {"node": "hv-01", "action": "pause"}, "this world has no cluster"),
    ],
)
def test_what_is_not_understood_is_refused_by_name(
    control: Control, path: str, body: dict[str, Any], named: str
) -> None:
    assert named in control.refused(path, body)


def test_a_body_that_is_no_json_object_is_refused(control: Control) -> None:
    assert "not JSON" in control.call("POST", "faults", data="{").json()["error"]
    assert "not a JSON object" in control.call("POST", "faults", data="[]").json()["error"]


def test_an_unknown_path_names_the_known_ones(control: Control) -> None:
    reply = control.call("GET", "stat")
    assert reply.status_code == 404
    assert "GET /_sandbox/state" in reply.json()["error"]


@pytest.mark.parametrize("header", [{"Host": "evil.example:80"}, {"Origin": "https://evil.example"}])
def test_a_page_elsewhere_cannot_reach_it(control: Control, header: dict[str, str]) -> None:
    assert control.call("GET", "state", headers=header).status_code == 403


def test_the_clock_of_the_array_can_be_wrong(control: Control, world: World) -> None:
    control.post("time", {"array": "fa1", "skew_s": 90.5})
    ahead = world.arrays["fa1"].array.clock.now("fa1") - world.clock.now()
    assert 90 < ahead.total_seconds() < 91
    control.post("time", {"array": "fa1", "skew_s": 0})


def test_an_array_can_be_changed_behind_its_clients_backs(control: Control, world: World) -> None:
    array = world.arrays["fa1"].array
    control.post(
        "array", {"array": "fa1", "action": "rename_volume", "volume": "cluster1-csv3", "to": "moved"}
    )
    control.post("array", {"array": "fa1", "action": "members", "group": "pg-cluster1", "volumes": ["moved"]})
    taken = control.post("array", {"array": "fa1", "action": "group_snapshot", "group": "pg-cluster1"})
    assert taken["name"] == "pg-cluster1.1"
    assert "pg-cluster1.1.moved" in array.snapshots
    control.post("array", {"array": "fa1", "action": "destroy", "name": "pg-cluster1.1"})
    assert array.snapshots["pg-cluster1.1.moved"].destroyed_at is not None


def test_a_command_without_a_running_bot_fails_as_in_slack(control: Control) -> None:
    reply = control.post("slack/command", {"user": "nadia", "channel": "ops-backup", "text": "/vss help"})
    assert reply == {"ok": False, "error": "dispatch_failed"}
