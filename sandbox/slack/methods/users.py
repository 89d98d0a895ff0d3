"""People and user groups: users.*, usergroups.*."""

from __future__ import annotations

from sandbox.slack.errors import SlackError
from sandbox.slack.limits import TIER_2, TIER_4
from sandbox.slack.methods.method import Answer, Call, Method


def users_info(call: Call) -> Answer:
    """Describe one user."""
    person = call.workspace.people.get(call.text("user", needed=True))
    if person is None:
        raise SlackError("user_not_found")
    return {"user": person.as_user(call.workspace.clock.now("slack"))}


def users_list(call: Call) -> Answer:
    """Describe every user, on one page."""
    now = call.workspace.clock.now("slack")
    members = [person.as_user(now) for person in call.workspace.people.values()]
    return {"members": members, "cache_ts": int(now.timestamp()), "response_metadata": {"next_cursor": ""}}


def usergroups_list(call: Call) -> Answer:
    """Describe every user group."""
    groups = call.workspace.groups.values()
    return {"usergroups": [group.as_usergroup(include_users=call.flag("include_users")) for group in groups]}


def usergroups_users_list(call: Call) -> Answer:
    """List the members of a user group."""
    group = call.workspace.group(call.text("usergroup", needed=True))
    if group is None:
        raise SlackError("no_such_subteam")
    return {"users": list(group.users)}


METHODS = [
    Method("users.info", users_info, TIER_4, "users:read"),
    Method("users.list", users_list, TIER_2, "users:read"),
    Method("usergroups.list", usergroups_list, TIER_2, "usergroups:read"),
    Method("usergroups.users.list", usergroups_users_list, TIER_2, "usergroups:read"),
]
