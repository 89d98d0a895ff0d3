"""The methods of the Web API that this workspace answers."""

from __future__ import annotations

from sandbox.slack.methods import chat, conversations, files, session, users, views
from sandbox.slack.methods.method import Method

METHODS: dict[str, Method] = {
    method.name: method
    for module in (session, chat, conversations, users, views, files)
    for method in module.METHODS
}
