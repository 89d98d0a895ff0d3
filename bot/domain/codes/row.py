"""The shape of an entry in the tables of codes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Retry(StrEnum):
    """Whether a new attempt may be made by itself once the array was asked."""

    NO = "no"
    BUSY = "busy"  # another requester is at it: every 1-2 minutes up to 30, not counted as an attempt
    LATER = "later"  # transient: ten minutes, at most three tries (the documented rule for VSS)


@dataclass(frozen=True)
class Explanation:
    """What a code means, why it happens and what to do, in plain words."""

    code: str  # as people write it, e.g. 0x80042306, or the name of a writer
    name: str  # the symbol, e.g. VSS_E_PROVIDER_VETO, or a title
    meaning: str
    cause: str = ""
    next_step: str = ""
    retry: Retry = Retry.NO

    def text(self) -> str:
        """Return all of it as one paragraph."""
        title = self.code if self.name in ("", self.code) else f"{self.code} ({self.name})"
        return " ".join(part for part in (f"{title}: {self.meaning}", self.cause, self.next_step) if part)
