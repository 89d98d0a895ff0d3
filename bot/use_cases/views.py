"""Puts together what people see of a run, and hands card and notices to the outbox."""

from __future__ import annotations

from collections.abc import Callable

from bot.domain.backup import Phase, Run, RunView, Stage
from bot.domain.catalog import Catalog
from bot.ports import Clock, Outbox, Render, Runs

LAGS_AFTER_S = 15.0
"""From this age of the oldest unsent message on, a card says that it lags behind."""


class Views:
    """Reads a run's view from the store."""

    def __init__(self, runs: Runs, clock: Clock, lag_s: Callable[[], float] = lambda: 0.0) -> None:
        self._runs = runs
        self._clock = clock
        self._lag_s = lag_s

    def of(self, run: Run) -> RunView:
        """Return all that is known of a run now."""
        ahead = self._runs.ahead_of(run.id) if run.stage is Stage.QUEUED else None
        usual = self._runs.usual(str(run.target))
        return RunView(
            run=run,
            now=self._clock.now(),
            phases=tuple(self._runs.phases(run.id, run.attempt)),
            usual_s={Phase(name): seconds for name, seconds in usual.items()},
            writers=tuple(self._runs.writers(run.id, run.attempt)),
            vms=tuple(self._runs.vms(run.id)),
            snapshots=tuple(self._runs.snapshots(run.id)),
            waits_for=ahead.id if ahead else None,
            notes=tuple(self._runs.notes(run.id)),
            joined=tuple(self._runs.joined(run.id)),
            lagging=self._lag_s() > LAGS_AFTER_S,
        )

    def brief(self, run: Run) -> RunView:
        """Return what one line about a run needs: a list of many must not read all of each."""
        ahead = self._runs.ahead_of(run.id) if run.stage is Stage.QUEUED else None
        phases = tuple(self._runs.phases(run.id, run.attempt))
        return RunView(run=run, now=self._clock.now(), phases=phases, waits_for=ahead.id if ahead else None)

    def bare(self, run: Run) -> RunView:
        """Return a run that is only counted."""
        return RunView(run=run, now=self._clock.now())


class Cards:
    """Shows a run: one card that is edited, one new message when it is over."""

    def __init__(self, *, views: Views, outbox: Outbox, render: Render, catalog: Catalog) -> None:
        self._views = views
        self._outbox = outbox
        self._render = render
        self._catalog = catalog

    def show(self, run: Run) -> None:
        """Put the run's card as it stands; after a final outcome nothing changes it any more."""
        final = run.is_over and run.stage is not Stage.UNVERIFIED
        self._outbox.put(f"card:{run.id}", run.channel, self._render.card(self._views.of(run)), final=final)

    def tell_team(self, run: Run) -> None:
        """Tell the team how the run ended: a new message, since edits notify nobody; told once per outcome."""
        message = self._render.notice(self._views.of(run))
        self._outbox.put(f"notice:{run.id}:{run.stage}", self._team_channel(run), message, urgent=True)

    def ask_person(self, run: Run) -> None:
        """Ask a person about a run whose state is unknown; asked once per attempt."""
        message = self._render.ask_person(self._views.of(run))
        self._outbox.put(f"ask:{run.request_id}", self._team_channel(run), message, urgent=True)

    def _team_channel(self, run: Run) -> str:
        cluster = self._catalog.clusters.get(run.target.cluster)
        return cluster.team_channel if cluster else run.channel  # a run can outlive its configuration
