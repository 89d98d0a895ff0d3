"""An array, once in memory and once as a simulated FlashArray behind its REST interface."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

from bot.domain.array import ProtectionGroup
from bot.ports import Arrays
from integrations.flasharray.arrays import FlashArrays
from integrations.flasharray.rest1 import ArrayEndpoint
from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.purity import FlashArray, PurityServer, serve, snapshots
from sandbox.purity.server import server_context
from sandbox.tls import Certificates
from tests.fakes.arrays import FakeArray, FakeArrays
from tests.fakes.clock import FakeClock

ARRAY = "fa1"
HOST, HGROUP = "hv-01", "hg-cluster1"


class Bench(Protocol):
    """What a test does to the array from outside."""

    arrays: Arrays

    def add_volume(self, name: str) -> str:
        """Make a volume and return its serial."""

    def rename(self, name: str, to: str) -> None:
        """Give a volume another name."""

    def add_group(self, name: str, *volumes: str) -> None:
        """Make a protection group of volumes."""

    def add_group_of(self, name: str, kind: str, volume: str) -> None:
        """Make a group of a host or of a host group that a volume is connected to."""

    def snapshot(self, volume: str, suffix: str) -> None:
        """Snap a volume by itself."""

    def group_snapshot(self, group: str, suffix: str) -> None:
        """Snap a group."""

    def destroy(self, name: str) -> None:
        """Destroy a snapshot: of a volume, or of a whole group."""

    def now(self) -> datetime:
        """Return the time at the array."""


class FakeBench:
    """The fake on its own clock."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.array = FakeArray(address="127.0.0.1:443")
        self.arrays: Arrays = FakeArrays(self.clock, self.array)

    def add_volume(self, name: str) -> str:
        return self.array.add_volume(name, f"624A93700000000000{len(self.array.volumes):06X}").serial

    def rename(self, name: str, to: str) -> None:
        self.array.rename(name, to)

    def add_group(self, name: str, *volumes: str) -> None:
        self.array.groups[name] = ProtectionGroup(ARRAY, name, volumes, ("fa-dr",))

    def add_group_of(self, name: str, kind: str, volume: str) -> None:
        self.array.groups[name] = ProtectionGroup(ARRAY, name)
        self.array.through_hosts[name] = (volume,)

    def snapshot(self, volume: str, suffix: str) -> None:
        self.array.keep(f"{volume}.{suffix}", volume, self.clock.now())

    def group_snapshot(self, group: str, suffix: str) -> None:
        self.array.snap_group(group, suffix, self.clock.now())

    def destroy(self, name: str) -> None:
        self.array.destroy(name)
        self.array.snapshots = [
            (at, replace(one, destroyed=one.destroyed or one.name.startswith(f"{name}.")))
            for at, one in self.array.snapshots
        ]

    def now(self) -> datetime:
        return self.clock.now()


class SandboxBench:
    """A simulated array, and the adapter with the vendor's client."""

    def __init__(self, certificates: Certificates) -> None:
        self.faults = Faults()
        self._clock = Clock(speed=1000)
        self.certificates = certificates
        self.array = FlashArray(ARRAY, self._clock, self.faults)
        self.array.switches.snapshot_visible_after_s = 0
        self.array.add_account("reader", "readonly")
        own, other = certificates.server, certificates.other_server
        self.server: PurityServer = serve(
            self.array, clock=self._clock, faults=self.faults, certfile=own.certfile, keyfile=own.keyfile
        )
        self.server.other_context = server_context(other.certfile, other.keyfile)
        self.arrays: Arrays = self.connect()

    def connect(
        self, *, token: str | None = None, ca_file: Path | None = None, port: int | None = None
    ) -> FlashArrays:
        """Return an adapter of its own."""
        secret = token or self.array.accounts["reader"].api_token
        endpoint = ArrayEndpoint(
            name=ARRAY,
            address=f"127.0.0.1:{port or self.server.port}",
            ca_file=str(ca_file or self.certificates.ca_file),
            token=lambda: secret,
            connect_timeout_s=2.0,
            read_timeout_s=1.0,
        )
        return FlashArrays([endpoint])

    def close(self) -> None:
        """Stop the array."""
        self.server.close()

    def add_volume(self, name: str) -> str:
        return self.array.add_volume(name).serial

    def rename(self, name: str, to: str) -> None:
        self.array.rename_volume(name, to)

    def add_group(self, name: str, *volumes: str) -> None:
        self.array.add_group(name, volumes=list(volumes), targets=["fa-dr"])

    def add_group_of(self, name: str, kind: str, volume: str) -> None:
        if kind == "host":
            self.array.add_host(HOST, volumes=[volume])
            self.array.add_group(name, hosts=[HOST])
        else:
            self.array.add_host("hv-02")
            self.array.add_hgroup(HGROUP, hosts=["hv-02"], volumes=[volume])
            self.array.add_group(name, hgroups=[HGROUP])

    def snapshot(self, volume: str, suffix: str) -> None:
        snapshots.take_of_volumes(self.array, [volume], suffix, user="vss")

    def group_snapshot(self, group: str, suffix: str) -> None:
        snapshots.take_of_group(self.array, group, suffix, user="vss", options=snapshots.GroupOptions())

    def destroy(self, name: str) -> None:
        if name.lower() in self.array.group_snapshots:
            snapshots.destroy_group_snapshot(self.array, name, user="vss")
        else:
            snapshots.destroy_snapshot(self.array, name, user="vss")

    def now(self) -> datetime:
        return self.array.now()
