"""How long the steps of a session take on a real node, in seconds of simulated work."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Timing:
    """Lengths that add up to the vendor's recording: 97 s to the array snapshot and 90 s more to the end.

    The 97 s hold for one or two nodes; the CSV writer's part grows linearly with each further node (the
    vendor names no slope: 45 s are ours, from his range of 60-150 s).
    """

    start_s: float = 1.0
    identify_s: float = 8.0
    add_volume_s: float = 1.0
    prepare_backup_s: float = 3.0
    prepare_snapshot_s: float = 79.0
    per_further_node_s: float = 45.0
    freeze_s: float = 5.0
    thaw_s: float = 4.0
    post_snapshot_s: float = 60.0
    status_s: float = 1.0
    complete_s: float = 24.0
    shutdown_s: float = 1.0

    def prepare_s(self, nodes: int) -> float:
        """Return how long PrepareForSnapshot takes with this many nodes up."""
        return self.prepare_snapshot_s + self.per_further_node_s * max(0, nodes - 2)


INSTANT = Timing(*([0.0] * 12))
