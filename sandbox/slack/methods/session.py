"""Who am I, am I there, and where is my socket: api.test, auth.test, bots.info, apps.connections.open."""

from __future__ import annotations

from sandbox.slack.errors import SlackError
from sandbox.slack.limits import TIER_1, TIER_3, TIER_4
from sandbox.slack.methods.method import Answer, Call, Method


def api_test(call: Call) -> Answer:
    """Echo the arguments."""
    if call.text("error"):
        raise SlackError(call.text("error"), args=call.args)
    return {"args": call.args}


def auth_test(call: Call) -> Answer:
    """Tell whose token this is."""
    app, team = call.workspace.app, call.workspace.team
    if call.caller == "app":
        return {"app_name": app.name, "app_id": app.app_id}
    return {
        "url": call.workspace.url,
        "team": team["name"],
        "user": app.name,
        "team_id": team["id"],
        "user_id": app.bot_user,
        "bot_id": app.bot_id,
        "is_enterprise_install": False,
    }


def bots_info(call: Call) -> Answer:
    """Describe the bot."""
    app = call.workspace.app
    if call.text("bot") not in ("", app.bot_id):
        raise SlackError("bot_not_found")
    bot = {"id": app.bot_id, "app_id": app.app_id, "user_id": app.bot_user, "name": app.name}
    return {"bot": {**bot, "deleted": False, "updated": 1_700_000_000, "icons": {}}}


def connections_open(call: Call) -> Answer:
    """Hand out the address of one new socket."""
    return {"url": call.socket_url()}


METHODS = [
    Method("api.test", api_test, TIER_4, caller="any"),
    Method("auth.test", auth_test, 600, caller="any"),
    Method("bots.info", bots_info, TIER_3, "users:read"),
    Method("apps.connections.open", connections_open, TIER_1, caller="app"),
]
