"""The check before the act: asks every node and array what there is, and decides whether and where to run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from threading import BoundedSemaphore

from bot.domain.array import ArrayVolume
from bot.domain.inventory import NodeProbe
from bot.ports import Arrays, Clock, Nodes, Refused, Stopped, Unreachable
from bot.use_cases.share import Looks, Share

PROBE_DEADLINE_S = 180.0
"""A probe starts PowerShell and asks the provider, which asks every array it knows (field notes B6, B8)."""
NUDGE_AFTER_S = 4.0
LOOKS = Looks(every_s=0.5, most_s=5.0, per_s=40.0)
AT_ONCE = 32
"""Clusters that are probed at the same time: more would only take the processor from each other, so that
none of hundreds of runs gets to its gate; the others wait in line, which costs nothing."""
IN_LINE_S = 0.5
SILENCE_S = 20.0
"""How long a node that took the question may be silent: a short cut must not cost the run its proof."""


@dataclass(frozen=True)
class Asked:
    """What the nodes and arrays answered, and why some did not."""

    probes: dict[str, NodeProbe]
    silent: dict[str, Unreachable | Refused]  # nodes
    volumes: dict[str, tuple[ArrayVolume, ...]]  # short name -> the array volumes with its serial
    silent_arrays: dict[str, Unreachable | Refused]


class Questions:
    """Asks nodes for a probe or their events, and waits for the kit to have written it."""

    def __init__(self, nodes: Nodes, arrays: Arrays, clock: Clock) -> None:
        self._nodes = nodes
        self._arrays = arrays
        self._clock = clock
        self._line = BoundedSemaphore(AT_ONCE)
        self._share = Share(LOOKS)

    def ask_all(
        self, cluster: str, names: Sequence[str], request_id: str, stopping: Callable[[], bool]
    ) -> tuple[dict[str, NodeProbe], dict[str, Unreachable | Refused]]:
        """Probe the nodes at the same time. Raises Stopped while it waits for its turn."""
        while not self._line.acquire(timeout=IN_LINE_S):
            if stopping():
                raise Stopped
        try:
            return self._ask_all(cluster, names, request_id, stopping)
        finally:
            self._line.release()

    def _ask_all(
        self, cluster: str, names: Sequence[str], request_id: str, stopping: Callable[[], bool]
    ) -> tuple[dict[str, NodeProbe], dict[str, Unreachable | Refused]]:
        probes: dict[str, NodeProbe] = {}
        silent: dict[str, Unreachable | Refused] = {}

        def one(node: str) -> NodeProbe:
            self.wait_for(cluster, node, request_id, ["probe"], stopping=stopping)
            return self._nodes.probe(cluster, node, request_id)

        with ThreadPoolExecutor(max_workers=max(len(names), 1)) as pool:
            futures = {node: pool.submit(one, node) for node in names}
            for node, future in futures.items():
                try:
                    probes[node] = future.result()
                except (Unreachable, Refused) as err:
                    silent[node] = err
        return probes, silent

    def wait_for(
        self,
        cluster: str,
        node: str,
        request_id: str,
        wanted: Sequence[str],
        *,
        stopping: Callable[[], bool],
        deadline_s: float = PROBE_DEADLINE_S,
    ) -> None:
        """Leave a small request on a node and wait until it is done. Raises Unreachable, Refused."""
        with self._share.taken():
            self._nodes.ask(cluster, node, request_id, wanted)
            self._wait_for((cluster, node), request_id, stopping, deadline_s)

    def _wait_for(
        self, place: tuple[str, str], request_id: str, stopping: Callable[[], bool], deadline_s: float
    ) -> None:
        started = nudged = heard = self._clock.now()
        while True:
            try:
                folder = self._nodes.look(*place, request_id)
            except Unreachable:
                if stopping() or self._clock.now() - heard > timedelta(seconds=SILENCE_S):
                    raise
                self._clock.wait(self._share.look_s())
                continue
            if folder.done:
                return
            now = heard = self._clock.now()
            if now - started > timedelta(seconds=deadline_s) or stopping():
                raise Unreachable(place[1], "the kit's task did not do what was asked in time")
            if not folder.claimed and now - nudged > timedelta(seconds=NUDGE_AFTER_S):
                nudged = now
                self._nodes.nudge(*place)
            self._clock.wait(self._share.look_s())

    def volumes(
        self, serials: dict[str, str]
    ) -> tuple[dict[str, tuple[ArrayVolume, ...]], dict[str, Unreachable | Refused]]:
        """Return for each short name the array volumes with its serial, on every configured array."""
        found: dict[str, list[ArrayVolume]] = {name: [] for name in serials}
        silent: dict[str, Unreachable | Refused] = {}
        for array in self._arrays.names():
            try:
                rows = self._arrays.volumes(array, list(serials.values()))
            except (Unreachable, Refused) as err:
                silent[array] = err
                continue
            for name, serial in serials.items():
                found[name] += [row for row in rows if row.serial == serial]
        return {name: tuple(rows) for name, rows in found.items()}, silent
