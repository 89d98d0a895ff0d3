"""Counts for the machine's own watchers, in the Prometheus form."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge

from bot.ports import Runs, StoreUnavailable


class Metrics:
    """What `/metrics` shows."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.registry = registry
        self._slack = Counter(
            "vssbot_slack_calls_total", "Messages sent to Slack, by result", ["result"], registry=registry
        )
        self._live = Gauge(
            "vssbot_runs_live", "Runs without an outcome, by stage", ["stage"], registry=registry
        )
        self._unproved = Gauge(
            "vssbot_runs_unverified", "Runs whose proof is still missing", registry=registry
        )

    def sent(self, result: str) -> None:
        """Count one call of Slack."""
        self._slack.labels(result).inc()

    def look(self, runs: Runs) -> None:
        """Take the numbers of runs from the store; what it does not tell stays as it was."""
        try:
            live, unproved = runs.live(), runs.unproved()
        except StoreUnavailable:
            return
        self._live.clear()
        for run in live:
            self._live.labels(str(run.stage)).inc()
        self._unproved.set(len(unproved))
