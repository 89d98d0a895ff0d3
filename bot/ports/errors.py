"""What a wire may answer instead of an answer; integrations translate into these."""

from __future__ import annotations


class Unreachable(Exception):
    """A wire did not answer within its deadline; nothing is known about what happened behind it."""

    def __init__(self, place: str, why: str) -> None:
        super().__init__(f"{place} did not answer: {why}")
        self.place = place
        self.why = why


class Refused(Exception):
    """A wire answered and said no (credentials, rights, certificate, missing kit); asking again will not help."""

    def __init__(self, place: str, why: str, code: str = "refused", next_step: str = "") -> None:
        super().__init__(f"{place} refused: {why}")
        self.place = place
        self.why = why
        self.code = code
        self.next_step = next_step


class Conflict(Exception):
    """A compare-and-set found something else than it expected."""


class StoreUnavailable(Exception):
    """The bot's own store did not answer; nothing was recorded."""
