"""Trigger ids: each opens one view, within three seconds."""

from __future__ import annotations

import itertools
import secrets
import time
from collections.abc import Callable

from sandbox.slack.errors import SlackError


class Triggers:
    """Issues trigger ids and lets each be exchanged once."""

    def __init__(self, life_s: float, now: Callable[[], float] = time.monotonic) -> None:
        self._life_s = life_s
        self._now = now
        self._numbers = itertools.count(7_000_000_000_001)
        self._issued: dict[str, tuple[str, float]] = {}
        self._used: set[str] = set()

    def issue(self, user: str) -> str:
        """Return a new trigger id for what `user` just did."""
        trigger = f"{next(self._numbers)}.{next(self._numbers)}.{secrets.token_hex(16)}"
        self._issued[trigger] = (user, self._now() + self._life_s)
        return trigger

    def exchange(self, trigger: str) -> str:
        """Return the user of a trigger and use it up. Raises Slack's error for a false, used or old one."""
        if trigger not in self._issued:
            raise SlackError("invalid_trigger_id")
        if trigger in self._used:
            raise SlackError("exchanged_trigger_id")
        user, until = self._issued[trigger]
        if self._now() > until:
            raise SlackError("expired_trigger_id")
        self._used.add(trigger)
        return user
