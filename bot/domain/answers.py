"""What a use case says back, as values free of any chat: the chat side chooses the form."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.domain.backup import Run, RunView
from bot.domain.wording import VERBS, Known


@dataclass(frozen=True)
class Told:
    """A plain private answer in the four parts of a message; text between backticks is shown exactly."""

    what: str
    why: str = ""
    safe: str = ""
    next_step: str = ""


@dataclass(frozen=True)
class Accepted:
    """A wish for a backup that is recorded: as its own run, or joined to one that does it already."""

    run: Run
    joined: bool
    waits_for: str | None = None  # the id of the run in front, when this one is queued behind it
    note: str = ""  # one plain sentence, e.g. why the card is in another channel


@dataclass(frozen=True)
class Listing:
    """Runs in short: those without an outcome, oldest first, and those that ended, newest first."""

    live: tuple[RunView, ...] = ()
    recent: tuple[Run, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Shown:
    """One run in full."""

    view: RunView


@dataclass(frozen=True)
class Explained:
    """A code in plain words."""

    code: str  # as printed, e.g. 0x80042306
    name: str  # e.g. VSS_E_PROVIDER_VETO
    meaning: str
    cause: str = ""
    next_step: str = ""


@dataclass(frozen=True)
class HelpShown:
    """The verbs the asker may use."""

    known: Known = field(default_factory=Known)
    verbs: tuple[str, ...] = VERBS


Answer = Told | Accepted | Listing | Shown | Explained | HelpShown
