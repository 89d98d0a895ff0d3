"""User groups: answered from memory, closed when nothing was heard for an hour."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
import structlog
from slack_sdk.errors import SlackApiError

from integrations.slack.groups import REFRESH_S, STALE_AFTER_S, UserGroups


@dataclass
class Workspace:
    """The one call of the Web API that is needed."""

    groups: dict[str, list[str]] = field(default_factory=dict)
    broken: Exception | None = None
    asked: list[str] = field(default_factory=list)

    def usergroups_users_list(self, *, usergroup: str) -> dict[str, Any]:
        self.asked.append(usergroup)
        if self.broken is not None:
            raise self.broken
        if usergroup not in self.groups:
            raise SlackApiError("no", {"ok": False, "error": "no_such_subteam"})  # type: ignore[no-untyped-call]
        return {"ok": True, "users": self.groups[usergroup]}


@dataclass
class Time:
    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def workspace() -> Workspace:
    return Workspace({"S1": ["U1", "U2"], "S2": []})


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def groups(workspace: Workspace, time: Time) -> UserGroups:
    return UserGroups(workspace, ["S1", "S2", "S1"], monotonic=time)  # type: ignore[arg-type]


def test_before_anything_was_heard_nobody_is_a_member(groups: UserGroups, workspace: Workspace) -> None:
    assert groups("S1") == frozenset()
    assert workspace.asked == []


def test_members_are_known_after_a_refresh_and_nobody_waits_for_slack(
    groups: UserGroups, workspace: Workspace
) -> None:
    groups.refresh()
    assert sorted(workspace.asked) == ["S1", "S2"]
    assert groups("S1") == {"U1", "U2"}
    assert groups("S2") == groups("S9") == frozenset()
    assert sorted(workspace.asked) == ["S1", "S2"]


def test_who_left_a_group_is_out_after_the_next_refresh(groups: UserGroups, workspace: Workspace) -> None:
    groups.refresh()
    workspace.groups["S1"] = ["U2"]
    groups.refresh()
    assert groups("S1") == {"U2"}


@pytest.mark.parametrize("error", [ConnectionResetError("cut"), TimeoutError("slow")])
def test_while_slack_is_away_the_last_answer_holds_for_an_hour(
    groups: UserGroups, workspace: Workspace, time: Time, error: Exception
) -> None:
    groups.refresh()
    workspace.broken = error
    with structlog.testing.capture_logs() as logged:
        time.seconds = STALE_AFTER_S
        groups.refresh()
        assert groups("S1") == {"U1", "U2"}
        time.seconds = STALE_AFTER_S + 1
        groups.refresh()
        assert groups("S1") == frozenset(), "closed, not open"
    assert {entry["log_level"] for entry in logged} == {"warning"}
    workspace.broken = None
    groups.refresh()
    assert groups("S1") == {"U1", "U2"}


def test_one_group_that_is_gone_does_not_keep_the_others_from_being_read(
    groups: UserGroups, workspace: Workspace
) -> None:
    del workspace.groups["S1"]
    workspace.groups["S2"] = ["U9"]
    with structlog.testing.capture_logs():
        groups.refresh()
    assert groups("S1") == frozenset()
    assert groups("S2") == {"U9"}


def test_it_asks_often_enough_that_an_answer_never_gets_old_by_itself() -> None:
    assert REFRESH_S * 3 < STALE_AFTER_S
