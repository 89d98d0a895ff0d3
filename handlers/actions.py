"""Buttons on cards: what they hold is looked up and the clicker's rights are checked again at the desk."""

from __future__ import annotations

from typing import Any

from slack_bolt import Ack, App, Respond

from bot.domain.backup import RUN_ID, Actor
from bot.domain.typed import shown
from bot.domain.wording import Complaint
from handlers.blocks import CANCEL_ACTION
from handlers.desk import Desk
from handlers.replies import Replies


def register(app: App, desk: Desk) -> None:
    """Listen to the buttons. The answer is private; the card itself is edited by the outbox alone."""
    replies = Replies(desk.known().command)

    @app.action(CANCEL_ACTION)
    def cancel(ack: Ack, body: dict[str, Any], action: dict[str, Any], respond: Respond) -> None:
        run, by = str(action.get("value", "")), Actor(body["user"]["id"])
        origin = f"slack:{(body.get('channel') or {}).get('id', '')}"
        if RUN_ID.fullmatch(run):
            message = replies.answer(desk.cancel(run, by=by, origin=origin))
        else:
            complaint = Complaint("no-run-id", f"`{shown(run)}` is not a run's id.", shown(run))
            desk.refuse(complaint, by=by, origin=origin, text=shown(run, 200))
            message = replies.complaint(complaint)
        # Not before the desk has answered: Bolt forgets an ack when the listener fails right after it.
        ack()
        respond(text=message.text, blocks=message.blocks, response_type="ephemeral", replace_original=False)
