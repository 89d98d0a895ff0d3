"""The VSS service of one node: its writers, providers, shadow copy sets and what is to go wrong next."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.node.topology import CSV_ONLINE
from sandbox.node.vss import codes, events, writers
from sandbox.node.vss.provider import PROVIDER_ID, PROVIDER_NAME, PROVIDER_VERSION
from sandbox.node.vss.sets import SYSTEM_PROVIDER_ID, ShadowCopySet, Volume
from sandbox.node.vss.timing import Timing
from sandbox.node.vss.writers import Component, Writer, WriterKind

if TYPE_CHECKING:
    from sandbox.faults import Faults
    from sandbox.node.topology import Csv, Vm
    from sandbox.node.windows import Windows

CSV_SWITCH = (
    "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Failover Clusters",
    "EnableCsvVssWriter",
)
MAXIMUM_VOLUMES = 64


@dataclass(frozen=True)
class ProviderInfo:
    """A registered provider as `vssadmin list providers` shows it; `type` is Hardware, Fileshare or System."""

    name: str
    id: str
    version: str
    type: str


@dataclass(frozen=True)
class WriterFailure:
    """A writer (by name) that is to fail in a phase with an HRESULT, once."""

    writer: str
    phase: str
    hresult: int = codes.WRITER_RETRYABLE


class VssService:
    """VSS on one node; `peers` are the services of the cluster's nodes by upper-case node name."""

    def __init__(self, win: Windows, faults: Faults) -> None:
        self.win = win
        self.faults = faults
        self.timing = Timing()
        self.noise = True
        self.list_fails = False
        self.kinds: list[WriterKind] = writers.standard_writers()
        self.sets: list[ShadowCopySet] = []
        self.local_volumes: list[Volume] = [Volume("C:\\", f"\\\\?\\Volume{{{uuid.uuid4()}}}\\")]
        self.failures: list[WriterFailure] = []
        self.peers: dict[str, VssService] = {}
        self.max_concurrent_creates = 0
        self.new_id: Callable[[], str] = lambda: str(uuid.uuid4())
        self.shadow_number = 0
        self._writers: dict[str, Writer] = {}
        self._lock = threading.Lock()
        self._creates = 0
        self._sessions = 0
        self._set_in_progress = threading.Lock()

    def writers(self) -> list[Writer]:
        """Return the writers that answer now: those whose service runs and that are not switched off."""
        return [self._writer(kind) for kind in self.kinds if self._answers(kind)]

    def writer(self, name: str) -> Writer:
        """Return a writer by its name; raises KeyError."""
        return next(self._writer(kind) for kind in self.kinds if kind.name.lower() == name.lower())

    def _writer(self, kind: WriterKind) -> Writer:
        if kind.guid not in self._writers:
            self._writers[kind.guid] = Writer(kind, instance=f"{{{self.new_id()}}}")
        return self._writers[kind.guid]

    def _answers(self, kind: WriterKind) -> bool:
        if kind.guid == writers.CSV and not self.csv_writer_enabled:
            return False
        return kind.service == "VSS" or self.win.services.running(kind.service)

    @property
    def csv_writer_enabled(self) -> bool:
        """Tell whether the CSV writer is not switched off in the registry."""
        switch = self.win.registry.value(*CSV_SWITCH)
        return switch is None or switch.data != 0

    def restart_writers_of(self, service: str) -> None:
        """Forget the states of a service's writers, as its restart does (their instance ids change)."""
        for kind in self.kinds:
            if kind.service.lower() == service.lower():
                self._writers.pop(kind.guid, None)

    def providers(self) -> list[ProviderInfo]:
        """Return the registered providers."""
        found = [
            ProviderInfo("Microsoft CSV Shadow Copy Helper Provider", "{26d02976-b909-43ad-af7e-62a4f625e372}", "1.0.0.1", "Software"),
            ProviderInfo("Microsoft CSV Shadow Copy Provider", "{400a2ff4-5eb1-44b0-8a05-1fcac0bcf9ff}", "1.0.0.1", "Software"),
            ProviderInfo("Microsoft File Share Shadow Copy provider", "{89300202-3cec-4981-9171-19f59559e0f2}", "1.0.0.1", "Fileshare"),
            ProviderInfo("Microsoft Software Shadow Copy provider 1.0", SYSTEM_PROVIDER_ID, "1.0.0.7", "System"),
        ]  # fmt: skip
        if any(service.name == "pureprovider" for service in self.win.services.values()):
            found.append(ProviderInfo(PROVIDER_NAME, PROVIDER_ID, PROVIDER_VERSION, "Hardware"))
        return found

    def volume(self, path: str) -> Volume:
        """Return the volume a path means, with or without its last backslash; raises VssError."""
        csv = self.win.topology.is_root_of(path)
        if csv is not None:
            if not self.sees_csvs or csv.state != CSV_ONLINE:
                raise codes.VssError(codes.OBJECT_NOT_FOUND, path)
            return volume_of(csv)
        asked = path.rstrip("\\").lower()
        for volume in self.local_volumes:
            if asked in (volume.path.rstrip("\\").lower(), volume.guid_path.rstrip("\\").lower()):
                return volume
        raise codes.VssError(codes.OBJECT_NOT_FOUND, path)

    @property
    def sees_csvs(self) -> bool:
        """Tell whether C:\\ClusterStorage is there: the cluster service runs and the node is a live member."""
        node = self.win.topology.nodes.get(self.win.name.upper())
        return node is not None and node.up and self.win.services.running("ClusSvc")

    def vm_components(self, *, local: bool, left_out: frozenset[str] = frozenset()) -> list[Component]:
        """Return the VMs of this node (for the Hyper-V writer) or of the other nodes (for the CSV writer).

        VMs of `left_out` (lower-case names) are left out of the backup, besides those that say so themselves.
        """
        if local:
            return [self._component(vm, left_out) for vm in self.win.topology.vms_on(self.win.name)]
        return [
            self._component(vm, left_out)
            for peer in self.helpers()
            for vm in self.win.topology.vms_on(peer.win.name)
        ]  # fmt: skip

    def helpers(self) -> list[VssService]:
        """Return the VSS services of the other nodes that the CSV writer can call on."""
        up = {node.name.upper() for node in self.win.topology.up_nodes()}
        return [
            peer for name, peer in sorted(self.peers.items())
            if peer is not self and name in up and peer.csv_writer_enabled and peer.win.services.running("vmms")
        ]  # fmt: skip

    def _component(self, vm: Vm, left_out: frozenset[str]) -> Component:
        topology = self.win.topology
        needed = [topology.csvs[name].path + "\\" for name in sorted(topology.csvs_of(vm))]
        if not vm.backup_service or vm.left_out or vm.name.lower() in left_out:
            # Two recorded runs name no volume at all in this sentence; which one a VM gets is not known.
            needed = [""]
        return Component(f"\\{vm.id}", tuple(needed), selectable=True)

    def enter(self) -> None:
        """Start VSS on demand for a session; raises VssError when it is disabled."""
        service = self.win.services["VSS"]
        if service.start_mode == "Disabled":
            raise codes.VssError(codes.SERVICE_DISABLED)
        with self._lock:
            self._sessions += 1
            self.win.services.start("VSS")

    def leave(self) -> None:
        """End a session; after the last one VSS stops (its real idle time of minutes is skipped)."""
        with self._lock:
            self._sessions -= 1
            if self._sessions:
                return
            if self.noise:
                events.idle(self.win)
            self.win.services.stop("VSS")

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Count a CREATE that is under way, for `max_concurrent_creates`."""
        with self._lock:
            self._creates += 1
            self.max_concurrent_creates = max(self.max_concurrent_creates, self._creates)
        try:
            yield
        finally:
            with self._lock:
                self._creates -= 1

    @contextmanager
    def set_in_progress(self, csvs: set[str]) -> Iterator[None]:
        """Hold the right to create a set: one per node, and each CSV once in the cluster; raises VssError."""
        topology = self.win.topology
        if not self._set_in_progress.acquire(blocking=False):
            raise codes.VssError(codes.SNAPSHOT_SET_IN_PROGRESS, "another set is being created on this node")
        try:
            with topology.lock:
                if topology.creating & csvs:
                    raise codes.VssError(
                        codes.SNAPSHOT_SET_IN_PROGRESS, "the CSV is in a set of another node"
                    )
                topology.creating |= csvs
            try:
                yield
            finally:
                with topology.lock:
                    topology.creating -= csvs
        finally:
            self._set_in_progress.release()

    @property
    def is_creating(self) -> bool:
        """Tell whether a set is between its start and the end of its creation on this node."""
        return self._set_in_progress.locked()

    def next_device(self) -> str:
        """Return the device name of the next surfaced software shadow copy."""
        self.shadow_number += 1
        return f"\\\\?\\GLOBALROOT\\Device\\HarddiskVolumeShadowCopy{self.shadow_number}"


def volume_of(csv: Csv) -> Volume:
    """Return a CSV as a volume VSS knows."""
    return Volume(csv.path + "\\", csv.volume_name, csv.name, csv.serial)
