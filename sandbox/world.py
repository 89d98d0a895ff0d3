"""Puts a world together: arrays, clusters and a Slack workspace on one clock with one fault list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.clock import Clock
from sandbox.config_files import Entries, write_files
from sandbox.faults import Faults
from sandbox.tls import Certificates, write_certificates

if TYPE_CHECKING:
    from sandbox.cluster_part import ClusterPart
    from sandbox.purity import FlashArray, PurityServer
    from sandbox.slack.server import SlackServer

PARTS = ("cluster", "array", "slack")
ARRAY = "fa1"


@dataclass(frozen=True)
class Options:
    """What a world is to be like; without a part, nothing of it is imported. Raises ValueError."""

    folder: Path
    parts: frozenset[str] = frozenset(PARTS)
    clusters: int = 1
    nodes_per_cluster: int = 2
    locale: str = "en-US"
    speed: float = 1.0
    seed: int = 0
    page_port: int | None = None

    def __post_init__(self) -> None:
        unknown = sorted(self.parts - set(PARTS))
        if unknown or not self.parts:
            raise ValueError(f"the parts are {', '.join(PARTS)}, not {', '.join(unknown) or 'nothing'}")
        if "cluster" in self.parts and "array" not in self.parts:
            raise ValueError("the part 'cluster' needs the part 'array': its disks are the array's volumes")
        if self.clusters < 1:
            raise ValueError("clusters must be at least 1")
        if self.speed <= 0:
            raise ValueError("speed must be greater than 0")


@dataclass
class ArrayPart:
    """An array and its port."""

    array: FlashArray
    server: PurityServer


class World:
    """A running world; `close` stops every part of it."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.clock = Clock(options.speed)
        self.faults = Faults()
        self.certificates: Certificates = write_certificates(options.folder)
        self.arrays: dict[str, ArrayPart] = {}
        self.clusters: ClusterPart | None = None
        self.slack: SlackServer | None = None
        self._closing: list[Callable[[], None]] = []
        try:
            self._build()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Stop what runs, the last part first; harmless when done before."""
        while self._closing:
            self._closing.pop()()

    def write_files(self) -> None:
        """Write the configuration and the secrets of a client into the world's folder."""
        write_files(self.options.folder, self.entries())

    def entries(self) -> Entries:
        """Return what the configuration says of this world."""
        from sandbox.entries import entries_of

        return entries_of(self)

    def _build(self) -> None:
        if "array" in self.options.parts:
            self._build_array()
        if "cluster" in self.options.parts:
            from sandbox.cluster_part import ClusterPart

            part = self.arrays[ARRAY]
            self.clusters = ClusterPart(self, part.array, part.server.url)
            self._closing.append(self.clusters.close)
        if "slack" in self.options.parts:
            from sandbox.slack.model import Workspace
            from sandbox.slack.server import serve

            self.slack = serve(
                Workspace(self.clock),
                clock=self.clock,
                faults=self.faults,
                page_port=self.options.page_port,
            )
            self._closing.append(self.slack.close)

    def _build_array(self) -> None:
        from sandbox.purity import serve
        from sandbox.purity.default import default_array
        from sandbox.purity.server import server_context

        own, other = self.certificates.server, self.certificates.other_server
        array = default_array(
            ARRAY, self.clock, self.faults, clusters=cluster_nodes(self.options), seed=self.options.seed
        )
        server = serve(
            array, clock=self.clock, faults=self.faults, certfile=own.certfile, keyfile=own.keyfile
        )
        server.other_context = server_context(other.certfile, other.keyfile)
        self._closing.append(server.close)
        self.arrays[ARRAY] = ArrayPart(array, server)


def cluster_nodes(options: Options) -> dict[str, list[str]]:
    """Return the clusters' names with their nodes' names; node names are unique in the world."""
    each = options.nodes_per_cluster
    return {
        f"cluster{number}": [f"hv-{(number - 1) * each + place:02d}" for place in range(1, each + 1)]
        for number in range(1, options.clusters + 1)
    }
