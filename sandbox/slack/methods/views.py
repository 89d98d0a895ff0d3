"""Modals and Home: views.*."""

from __future__ import annotations

import secrets
from typing import Any

from sandbox.slack.blocks import view_faults
from sandbox.slack.errors import SlackError, explained
from sandbox.slack.limits import TIER_4
from sandbox.slack.methods.method import Answer, Call, Method

View = dict[str, Any]


def given_view(call: Call, kind: str) -> View:
    """Return the view that was sent. Raises invalid_arguments with what is wrong."""
    view = call.json("view", "invalid_arguments")
    if not isinstance(view, dict):
        raise explained("invalid_arguments", "missing required field: view")
    faults = view_faults(view)
    if view.get("type") != kind:
        faults = [f"a {kind} is needed here [json-pointer:/view/type]", *faults]
    if faults:
        raise explained("invalid_arguments", *faults)
    return view


def stored(call: Call, view: View, user: str, **place: str) -> View:
    """Keep a view and return it as Slack shows it."""
    workspace = call.workspace
    view_id = place.get("id") or f"V{secrets.token_hex(5).upper()}"
    kept = {
        "private_metadata": "",
        "callback_id": "",
        "external_id": "",
        **view,
        "id": view_id,
        "team_id": workspace.team["id"],
        "app_id": workspace.app.app_id,
        "bot_id": workspace.app.bot_id,
        "hash": f"{workspace.next_ts().split('.')[0]}.{secrets.token_hex(4)}",
        "state": {"values": {}},
        "root_view_id": place.get("root", view_id),
        "previous_view_id": place.get("previous") or None,
        "user": user,
    }
    workspace.views[view_id] = kept
    return kept


def check_hash(call: Call, was: View) -> None:
    """Raise hash_conflict if the caller has seen an older view."""
    if call.text("hash") not in ("", was["hash"]):
        raise SlackError("hash_conflict")


def open_view(call: Call) -> Answer:
    """Open a modal for whoever caused the trigger."""
    view = given_view(call, "modal")
    user = call.workspace.triggers.exchange(call.text("trigger_id", needed=True))
    return {"view": stored(call, view, user)}


def push(call: Call) -> Answer:
    """Put a modal on top of the open one."""
    view = given_view(call, "modal")
    user = call.workspace.triggers.exchange(call.text("trigger_id", needed=True))
    mine = [
        kept for kept in call.workspace.views.values() if kept["user"] == user and kept["type"] == "modal"
    ]
    if not mine:
        raise SlackError("not_found")
    if len(mine) >= 3:
        raise SlackError("push_limit_reached")
    return {"view": stored(call, view, user, root=mine[-1]["root_view_id"], previous=mine[-1]["id"])}


def update(call: Call) -> Answer:
    """Replace a modal."""
    external = call.text("external_id")
    was = call.workspace.views.get(call.text("view_id")) or next(
        (kept for kept in call.workspace.views.values() if external and kept["external_id"] == external), None
    )
    if was is None:
        raise SlackError("not_found")
    view = given_view(call, "modal")
    check_hash(call, was)
    place = {"id": was["id"], "root": was["root_view_id"], "previous": was["previous_view_id"] or ""}
    return {"view": stored(call, view, was["user"], **place)}


def publish(call: Call) -> Answer:
    """Set the Home of one person."""
    user = call.text("user_id", needed=True)
    if user not in call.workspace.people:
        raise SlackError("user_not_found")
    view = given_view(call, "home")
    view_id = f"VHOME{user}"
    was = call.workspace.views.get(view_id)
    if was is not None:
        check_hash(call, was)
    return {"view": stored(call, view, user, id=view_id)}


METHODS = [
    Method("views.open", open_view, TIER_4),
    Method("views.push", push, TIER_4),
    Method("views.update", update, TIER_4),
    Method("views.publish", publish, TIER_4),
]
