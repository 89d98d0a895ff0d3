"""Takes what people ask, checks their rights, records it, and answers at once; nothing here waits for a node."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from bot.domain.access import Decision, Members, decide
from bot.domain.answers import Accepted, Answer, Explained, HelpShown, Listing, Shown, Told
from bot.domain.backup import Actor, Phase, Run, Stage, Target, Verdict, new_run_id
from bot.domain.catalog import Catalog
from bot.domain.explain import explain, nearest
from bot.domain.wording import Backup, Complaint, Known
from bot.ports import Audit, AuditEntry, Clock, Conflict, Request, Runs
from bot.use_cases.views import Cards, Views

RECENT = 5
LISTED = 40
"""Lines of `status` about runs at work; one message has no room for more."""
TOO_LATE = frozenset({Phase.PREPARING, Phase.FREEZE, Phase.THAW, Phase.COMPLETING, Phase.PROVING})

OPEN = Decision(True, "open to everybody in the workspace")


@dataclass(frozen=True)
class Asker:
    """Who asks, from where, and under which key, so that a repeated delivery is one wish."""

    by: Actor
    origin: str
    key: str


class Desk:
    """The use cases behind every command and button."""

    def __init__(
        self,
        *,
        runs: Runs,
        audit: Audit,
        views: Views,
        cards: Cards,
        catalog: Catalog,
        clock: Clock,
        members: Members,
        wake: Callable[[], None],
    ) -> None:
        self._runs = runs
        self._audit = audit
        self._views = views
        self._cards = cards
        self._catalog = catalog
        self._clock = clock
        self._members = members
        self._wake = wake

    def known(self) -> Known:
        """Return what may be named."""
        return self._catalog.known

    def backup(self, wish: Backup, *, by: Actor, key: str, channel: str, team: str) -> Answer:
        """Record, queue or join a backup; the same key twice is one wish."""
        asker = Asker(by, f"{_origin(by)}:{channel}", key)
        if by.is_slack and team != self._catalog.workspace:
            return self._deny(asker, f"backup {wish.target}", Decision(False, "other workspace"))
        decision = decide(self._catalog, by, "backup", wish.cluster, self._members)
        if not decision.allowed:
            return self._deny(asker, f"backup {wish.target}", decision)
        run, joined = self._runs.add_or_join(Request(key, self._new_run(wish.target, by, channel)))
        self._write(
            asker, f"backup {wish.target}", decision, f"{'joined' if joined else 'recorded'} {run.id}"
        )
        self._cards.show(run)
        if not joined:
            self._wake()
        ahead = self._runs.ahead_of(run.id) if run.stage is Stage.QUEUED else None
        return Accepted(run, joined, waits_for=ahead.id if ahead else None)

    def status(self, run: str | None, *, by: Actor) -> Answer:
        """Tell what runs, or how one run stands."""
        if run is not None:
            return self.show(run, by=by)
        self._write(Asker(by, _origin(by), ""), "status", OPEN, "only what may be seen")
        live = [r for r in self._runs.live() if self._may(by, "status", r).allowed]
        recent = [r for r in self._runs.recent(RECENT) if r.is_over and self._may(by, "status", r).allowed]
        lines = [self._views.brief(r) for r in live[:LISTED]] + [self._views.bare(r) for r in live[LISTED:]]
        return Listing(tuple(lines), tuple(recent))

    def show(self, run: str, *, by: Actor) -> Answer:
        """Show all of one run."""
        found = self._one(run)
        if isinstance(found, Told):
            return found
        decision = self._may(by, "show", found)
        asker = Asker(by, _origin(by), "")
        if not decision.allowed:
            return self._deny(asker, f"show {found.id}", decision)
        self._write(asker, f"show {found.id}", decision, "")
        return Shown(self._views.of(found))

    def cancel(self, run: str, *, by: Actor, origin: str) -> Answer:
        """Ask for a run to be stopped at the gate; asking twice is asking once."""
        found = self._one(run)
        if isinstance(found, Told):
            return found
        asker = Asker(by, origin, "")
        decision = self._may(by, "cancel", found)
        if not decision.allowed:
            return self._deny(asker, f"cancel {found.id}", decision)
        answer = self._cancel(found, by)
        self._write(asker, f"cancel {found.id}", decision, answer.what)
        return answer

    def refuse(self, complaint: Complaint, *, by: Actor, origin: str, text: str) -> None:
        """Write bad input into the audit."""
        entry = AuditEntry(self._clock.now(), by.id, origin, text, "refused", "bad input", complaint.sentence)
        self._audit.write(entry)

    def explain(self, code: str, *, by: Actor, origin: str) -> Answer:
        """Explain a code, offline."""
        found = explain(code)
        self._write(Asker(by, origin, ""), f"explain {code}", OPEN, found.name if found else "not known")
        if found is None:
            near = nearest(code)
            hint = f"Did you mean {', '.join(f'`{name}`' for name in near)}?" if near else ""
            return Told(
                f"I do not know the code `{code}`.",
                next_step=hint or "Type it as printed, e.g. `0x80042306`.",
            )
        return Explained(found.code, found.name, found.meaning, found.cause, found.next_step)

    def help(self, *, by: Actor) -> Answer:
        """Tell what can be typed."""
        self._write(Asker(by, _origin(by), ""), "help", OPEN, "")
        return HelpShown(self._catalog.known)

    # --- parts ---

    def _new_run(self, target: Target, by: Actor, channel: str) -> Run:
        now = self._clock.now()
        cluster = self._catalog.clusters[target.cluster]
        return Run(
            id=new_run_id(target.cluster, now, secrets.token_hex(2)),
            target=target,
            backup_type=cluster.backup_type,
            stage=Stage.QUEUED,
            requested_by=by,
            requested_at=now,
            channel=cluster.channel if channel.startswith("D") or not channel else channel,
        )

    def _one(self, text: str) -> Run | Told:
        found = self._runs.find(text)
        if not found:
            return Told(
                f"There is no run `{text}`.", next_step="`status` lists what runs and what ended last."
            )
        if len(found) > 1:
            ids = ", ".join(f"`{run.id}`" for run in found[:4])
            return Told(f"More than one run ends in `{text}`: {ids}.", next_step="Give more of the id.")
        return found[0]

    def _may(self, by: Actor, verb: str, run: Run) -> Decision:
        if run.target.cluster not in self._catalog.clusters:
            return Decision(
                by.id in self._catalog.admins or not by.is_slack, "cluster is no longer configured"
            )
        return decide(self._catalog, by, verb, run.target.cluster, self._members)

    def _cancel(self, run: Run, by: Actor) -> Told:
        if run.is_over:
            return Told(f"Run `{run.id}` is over already: {run.stage}.")
        if run.stage is Stage.QUEUED:
            return self._cancel_queued(run, by)
        phase = self._views.of(run).phase_now()
        if run.stage is not Stage.CHECKING and phase is not None and phase.phase in TOO_LATE:
            return Told(
                f"Run `{run.id}` can no longer be cancelled: it is past the gate.",
                "The VSS writers are at work, and stopping DiskShadow now could leave VMs in the middle of a backup.",
                next_step="It ends by itself; its card says how.",
            )
        self._runs.ask_cancel(run.id, by)
        return Told(
            f"Run `{run.id}` will be stopped at the gate, if it has not passed it.",
            next_step="Its card says whether the cancel won; until then nothing is certain.",
        )

    def _cancel_queued(self, run: Run, by: Actor) -> Told:
        verdict = Verdict(
            Stage.CANCELLED,
            "cancelled",
            f"Backup of {run.target} was cancelled.",
            "It was still in the queue.",
            "No node was asked and no array snapshot was taken.",
        )
        try:
            ended = self._runs.change(
                run.id,
                Stage.QUEUED,
                stage=Stage.CANCELLED,
                verdict=verdict,
                ended_at=self._clock.now(),
                cancel_by=by.id,
            )
        except Conflict:
            self._runs.ask_cancel(run.id, by)
            return Told(f"Run `{run.id}` has just begun; it will be stopped at the gate.")
        self._cards.show(ended)
        return Told(f"Run `{run.id}` was cancelled in the queue; no node was asked.")

    def _deny(self, asker: Asker, what: str, decision: Decision) -> Told:
        self._write(asker, what, decision, "")
        return Told(
            f"You may not do that: {what}.",
            f"The rule is: {decision.rule}.",
            next_step=decision.who_can and f"Ask: {decision.who_can}.",
        )

    def _write(self, asker: Asker, what: str, decision: Decision, result: str) -> None:
        word = "allowed" if decision.allowed else "refused"
        self._audit.write(
            AuditEntry(self._clock.now(), asker.by.id, asker.origin, what, word, decision.rule, result)
        )


def _origin(by: Actor) -> str:
    return "slack" if by.is_slack else "cli"
