"""Who belongs to the configured user groups: asked in the background, so that no command waits for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable

import structlog
from slack_sdk import WebClient

from integrations.slack.errors import NETWORK, translate

REFRESH_S = 240.0
STALE_AFTER_S = 3600.0
"""After an hour without an answer a group has no members: closed, not open."""


class UserGroups:
    """Answers from memory; implements bot.domain.access.Members when called."""

    def __init__(
        self, client: WebClient, ids: Iterable[str], *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._ids = tuple(sorted(set(ids)))
        self._monotonic = monotonic
        self._known: dict[str, tuple[float, frozenset[str]]] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="slack-groups", daemon=True)

    def __call__(self, group: str) -> frozenset[str]:
        """Return the members of a group; none if it is unknown or was not heard of for an hour."""
        at, members = self._known.get(group, (0.0, frozenset()))
        return members if members and self._monotonic() - at <= STALE_AFTER_S else frozenset()

    def start(self) -> None:
        """Ask now and then again and again; without groups there is nothing to ask."""
        if self._ids:
            self._thread.start()

    def close(self) -> None:
        """Ask no more."""
        self._stop.set()

    def refresh(self) -> None:
        """Ask Slack for each group's members; what fails keeps its last answer."""
        for group in self._ids:
            try:
                users = self._client.usergroups_users_list(usergroup=group)["users"]
            except NETWORK as error:
                failure = translate(error)
                structlog.get_logger(__name__).warning("user group not read", group=group, error=str(failure))
                continue
            self._known[group] = (self._monotonic(), frozenset(str(user) for user in users))

    def _loop(self) -> None:
        while not self._stop.is_set():
            self.refresh()
            self._stop.wait(REFRESH_S)
