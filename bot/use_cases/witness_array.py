"""The second witness: the array, asked for the snapshot of that very shadow copy set on each volume."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot.domain.array import ArraySnapshot, ArrayVolume, suffix_for
from bot.domain.backup import Run, Verdict
from bot.domain.evidence import Evidence
from bot.domain.match import VolumeAnswer, Window, match
from bot.domain.verdict import judge
from bot.ports import Arrays, Clock, Refused, Runs, Unreachable
from bot.use_cases.case import Case

ARRAY_SETTLE_S = 30.0
"""How long after DiskShadow's end a snapshot may still appear on the array's list (seen: 20 s)."""
ARRAY_POLL_S = 1.0
UNNAMED_TOLERANCE_S = 15.0
"""Without a set id only the time can tell; the array's clock has been compared with ours a moment ago."""
OTHER_RUNS = 100
WAITING_FOR_ARRAY = frozenset({"array-late", "array-not-asked", "cancel-unproved"})


class ArrayWitness:
    """Asks every array that holds a volume of the set."""

    def __init__(self, *, runs: Runs, arrays: Arrays, clock: Clock) -> None:
        self._runs = runs
        self._arrays = arrays
        self._clock = clock

    def ask(self, case: Case, evidence: Evidence) -> tuple[Evidence, Verdict]:
        """Ask until the verdict no longer waits for the array, or the array has had its time."""
        settled_at = case.end + timedelta(seconds=ARRAY_SETTLE_S)
        while True:
            settled = self._clock.now() >= settled_at
            evidence = replace(evidence, volumes=self._answers(case, evidence), array_settled=settled)
            verdict = judge(evidence)
            if settled or case.stopping() or verdict.code not in WAITING_FOR_ARRAY:
                return evidence, verdict
            self._clock.wait(ARRAY_POLL_S)

    def _answers(self, case: Case, evidence: Evidence) -> tuple[VolumeAnswer, ...]:
        volumes = {
            name: tuple(
                ArrayVolume(row["array"], row["name"], row["serial"], tuple(row["protection_groups"]))
                for row in rows
            )
            for name, rows in case.facts.get("array_volumes", {}).items()
        }
        suffix = suffix_for(evidence.set_id) if evidence.set_id else None
        snapshots: list[ArraySnapshot] = []
        skews: dict[str, float] = {}
        silent: dict[str, str] = {}
        for array in sorted({row.array for rows in volumes.values() for row in rows}):
            try:
                skews[array] = (self._arrays.clock(array) - self._clock.now()).total_seconds()
                if suffix is not None:
                    snapshots += self._arrays.snapshots(array, suffix)
                else:
                    names = {row.name for rows in volumes.values() for row in rows if row.array == array}
                    for name in sorted(names):
                        snapshots += self._arrays.snapshots_of(array, name)
            except (Unreachable, Refused, LookupError) as err:
                silent[array] = getattr(err, "why", str(err))
        window = Window(case.begin, case.end, skews)
        if suffix is None:
            window = replace(window, tolerance_s=UNNAMED_TOLERANCE_S)
            snapshots = self._not_of_other_runs(case.run, snapshots)
        return match(suffix, volumes, snapshots, window, unasked=silent)

    def _not_of_other_runs(self, run: Run, snapshots: Sequence[ArraySnapshot]) -> list[ArraySnapshot]:
        """Leave out the array snapshots of which another run of ours has the set id."""
        others = self._runs.recent(OTHER_RUNS, run.target.cluster)
        theirs = {suffix_for(other.set_id) for other in others if other.set_id and other.id != run.id}
        return [s for s in snapshots if not theirs.intersection(s.name.upper().split("."))]
