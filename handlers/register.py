"""Registers every listener on a Bolt app."""

from __future__ import annotations

from slack_bolt import App

from handlers import actions, commands, errors
from handlers.desk import Desk


def register(app: App, desk: Desk) -> None:
    """Listen to commands and buttons, and answer what a listener could not."""
    commands.register(app, desk)
    actions.register(app, desk)
    errors.register(app)
