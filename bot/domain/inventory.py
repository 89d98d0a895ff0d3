"""What a node knows of its cluster: nodes, CSVs, disks, VMs, services, the provider; as the probe found it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.vss import LogState, Provider, ProviderArray


@dataclass(frozen=True)
class ClusterNode:
    """A cluster member; `state` 0 is up, 1 down, 2 paused, 3 joining (MSCluster_Node.State)."""

    name: str
    state: int
    drain_status: int = 0  # 0 not draining (MSCluster_Node.NodeDrainStatus)

    @property
    def is_fit(self) -> bool:
        """Tell whether the node is up and not draining."""
        return self.state == 0 and self.drain_status in (0, 3)


@dataclass(frozen=True)
class Csv:
    """A Cluster Shared Volume with its owner and its disk; a serial is None when it could not be found."""

    path: str  # C:\\ClusterStorage\\Volume1
    volume_guid: str
    resource: str
    owner: str
    online: bool
    fault_state: int = (
        0  # CLUSTER_CSV_VOLUME_FAULT_STATE: 1 no direct I/O, 2 no access, 4 in maintenance, 8 dismounted
    )
    serial: str | None = None  # 24 upper-case hex digits
    serial_problem: str = ""  # why there is none, in plain words
    file_system: str = ""
    free_mb: int | None = None
    total_mb: int | None = None


@dataclass(frozen=True)
class Vm:
    """A VM on one node, with all its disk paths."""

    id: str  # GUID, upper case
    name: str
    node: str
    running: bool
    disks: tuple[str, ...] = ()
    backup_service: bool = True  # the guest's backup integration service is enabled
    recovery_checkpoint: bool = False


@dataclass(frozen=True)
class NodeProbe:
    """Everything one probe of one node found; `problems` name what could not be read."""

    node: str
    boot: str = ""  # last boot time as ISO text; compare for equality only
    build: int = 0
    kit_version: str = ""
    services: dict[str, bool] | None = None  # service name (lower case) -> running
    providers: tuple[Provider, ...] = ()
    provider_arrays: tuple[ProviderArray, ...] = ()
    nodes: tuple[ClusterNode, ...] = ()
    csvs: tuple[Csv, ...] = ()
    vms: tuple[Vm, ...] = ()  # those of this node
    csv_writer_enabled: bool = True
    diag_disabled: bool = False
    diskshadow_pids: tuple[int, ...] = ()
    processes_known: bool = False  # the list of processes was read: only then no pid means no DiskShadow
    logs: tuple[LogState, ...] = ()
    problems: tuple[str, ...] = ()
