"""A desk that answers from memory and remembers what it was asked."""

from dataclasses import dataclass, field

from bot.domain.answers import Accepted, Answer, Explained, HelpShown, Listing, Shown, Told
from bot.domain.backup import Actor
from bot.domain.wording import Backup, Complaint, Known
from tests.unit.handlers.views import run, view


@dataclass
class FakeDesk:
    """Satisfies handlers.desk.Desk; `broken` is raised by everything that would touch the store."""

    asked: list[tuple[object, ...]] = field(default_factory=list)
    broken: Exception | None = None

    def known(self) -> Known:
        return Known({"cluster1": ("volume1", "volume2"), "cluster2": ("volume1",)})

    def backup(self, wish: Backup, *, by: Actor, key: str, channel: str, team: str) -> Answer:
        self._note("backup", wish.target, by.id, key, channel, team)
        return Accepted(run(channel=channel), joined=False)

    def status(self, run: str | None, *, by: Actor) -> Answer:
        self._note("status", run, by.id)
        return Listing()

    def show(self, run: str, *, by: Actor) -> Answer:
        self._note("show", run, by.id)
        return Shown(view())

    def cancel(self, run: str, *, by: Actor, origin: str) -> Answer:
        self._note("cancel", run, by.id, origin)
        return Told(f"Run `{run}` will be stopped at the gate.")

    def refuse(self, complaint: Complaint, *, by: Actor, origin: str, text: str) -> None:
        self._note("refuse", complaint.code, by.id, origin, text)

    def explain(self, code: str, *, by: Actor, origin: str) -> Answer:
        self._note("explain", code, by.id, origin)
        return Explained(code, "VSS_E_PROVIDER_VETO", "The provider refused.")

    def help(self, *, by: Actor) -> Answer:
        self._note("help", by.id)
        return HelpShown(self.known())

    def _note(self, *what: object) -> None:
        if self.broken is not None:
            raise self.broken
        self.asked.append(what)
