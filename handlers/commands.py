"""The slash command: parse, ask the desk, ack with the answer."""

from __future__ import annotations

from typing import Any

from slack_bolt import Ack, App

from bot.domain.answers import Answer
from bot.domain.backup import Actor
from bot.domain.typed import shown
from bot.domain.wording import Backup, Cancel, Complaint, Explain, Help, Show, Status, Wish, parse
from handlers.desk import Desk
from handlers.replies import Replies


def register(app: App, desk: Desk) -> None:
    """Listen to the slash command. Each answer is private and goes back in the ack itself."""
    name = desk.known().command
    replies = Replies(name)

    @app.command(name)
    def command(ack: Ack, command: dict[str, Any]) -> None:
        text, by = command.get("text") or "", Actor(command["user_id"])
        wish = parse(text, desk.known())
        if isinstance(wish, Complaint):
            desk.refuse(wish, by=by, origin=origin(command), text=shown(text, 200))
            message = replies.complaint(wish)
        else:
            message = replies.answer(ask(desk, wish, command, by))
        ack(text=message.text, blocks=message.blocks, response_type="ephemeral")


def origin(command: dict[str, Any]) -> str:
    """Return where a command came from, for the audit."""
    return f"slack:{command.get('channel_id', '')}"


def ask(desk: Desk, wish: Wish, command: dict[str, Any], by: Actor) -> Answer:
    """Hand a wish to the desk. A re-delivered envelope has the same trigger id and so is the same wish."""
    match wish:
        case Backup():
            channel, team = command.get("channel_id", ""), command.get("team_id") or ""
            return desk.backup(wish, by=by, key=command["trigger_id"], channel=channel, team=team)
        case Status(run=run):
            return desk.status(run, by=by)
        case Show(run=run):
            return desk.show(run, by=by)
        case Cancel(run=run):
            return desk.cancel(run, by=by, origin=origin(command))
        case Explain(code=code):
            return desk.explain(code, by=by, origin=origin(command))
        case Help():
            return desk.help(by=by)
