"""Tells how a run ended: into the audit, onto its card, to the team; told again it is the same news."""

from __future__ import annotations

from bot.domain.backup import Run
from bot.ports import Audit, AuditEntry, Clock, Runs
from bot.use_cases.views import Cards


class Ends:
    """Tells outcomes. A crash on the way may write a line of audit twice, never not at all."""

    def __init__(self, *, runs: Runs, cards: Cards, audit: Audit, clock: Clock) -> None:
        self._runs = runs
        self._cards = cards
        self._audit = audit
        self._clock = clock

    def tell(self, run: Run) -> None:
        """Tell the outcome as it stands in the store."""
        self._write(run)
        self._cards.show(run)
        self._cards.tell_team(run)

    def _write(self, run: Run) -> None:
        written = self._runs.facts(run.id, "audited")
        if written is not None and written["stage"] == run.stage:
            return
        code = run.verdict.code if run.verdict else ""
        entry = AuditEntry(
            self._clock.now(), "vssbot", "bot", f"backup {run.target}", "done", code, f"{run.id} {run.stage}"
        )
        self._audit.write(entry)
        self._runs.save_facts(run.id, "audited", {"stage": str(run.stage)})
