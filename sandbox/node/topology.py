"""What a failover cluster consists of: nodes, Cluster Shared Volumes and virtual machines, as plain state."""

from __future__ import annotations

import threading
import uuid
from dataclasses import dataclass, field

NODE_UP, NODE_DOWN, NODE_PAUSED = 0, 1, 2  # MSCluster_Node.State
DRAIN_NONE, DRAIN_IN_PROGRESS, DRAIN_DONE = 0, 1, 2  # MSCluster_Node.NodeDrainStatus
CSV_ONLINE = 2  # MSCluster_Resource.State; 3 is offline, 4 failed
CSV_ROOT = "C:\\ClusterStorage"


@dataclass
class NodeState:
    """One member of the cluster and what the cluster service says of it."""

    name: str
    id: int
    state: int = NODE_UP
    drain: int = DRAIN_NONE

    @property
    def up(self) -> bool:
        """Tell whether the node takes part in the cluster (a paused node does)."""
        return self.state != NODE_DOWN


@dataclass
class Csv:
    """One Cluster Shared Volume on one disk; sizes in MB; `serial` is the array volume's."""

    name: str
    resource: str
    serial: str
    owner: str
    disk_number: int
    label: str = ""
    volume_guid: str = field(default_factory=lambda: str(uuid.uuid4()))
    disk_guid: str = field(default_factory=lambda: str(uuid.uuid4()))
    size_mb: int = 2_097_152
    free_mb: int = 1_048_576
    state: int = CSV_ONLINE
    fault_state: int = 0  # MSCluster_ClusterSharedVolume.FaultState: 0 none, 1 redirected, 2 not available
    file_system: str = "NTFS"
    resource_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    clones: list[str] = field(default_factory=list)  # serials of attached copies with the same disk GUID

    @property
    def path(self) -> str:
        """Return the path below C:\\ClusterStorage, without a backslash at the end."""
        return f"{CSV_ROOT}\\{self.name}"

    @property
    def volume_name(self) -> str:
        """Return the volume's GUID path, with its backslash."""
        return f"\\\\?\\Volume{{{self.volume_guid}}}\\"


@dataclass
class Vm:
    """One virtual machine; `disks` are paths; `backup_service` is the guest's backup integration service."""

    name: str
    node: str
    disks: list[str]
    id: str = field(default_factory=lambda: str(uuid.uuid4()).upper())
    backup_service: bool = True
    running: bool = True
    backing_up: bool = False
    recovery_checkpoint: bool = False
    fails_with: int = 0  # HRESULT of its backup checkpoint; 0 = it works
    left_out: bool = False


class Topology:
    """The state all nodes of one cluster share; `lock` guards changes that must be seen together."""

    def __init__(self, name: str, domain: str) -> None:
        self.name = name
        self.domain = domain
        self.lock = threading.RLock()
        self.nodes: dict[str, NodeState] = {}
        self.csvs: dict[str, Csv] = {}
        self.vms: dict[str, Vm] = {}
        self.creating: set[str] = set()  # names of CSVs in a set that is being created, on any node

    def csv_of(self, path: str) -> Csv | None:
        """Return the CSV that a path below it, its own path or its GUID path means, or None."""
        asked = path.rstrip("\\").lower() + "\\"
        for csv in self.csvs.values():
            if asked.startswith(csv.path.lower() + "\\") or asked == csv.volume_name.lower():
                return csv
        return None

    def is_root_of(self, path: str) -> Csv | None:
        """Return the CSV whose own path or GUID path this is (with or without a backslash), or None."""
        csv = self.csv_of(path)
        if csv is None:
            return None
        asked = path.rstrip("\\").lower()
        return csv if asked in (csv.path.lower(), csv.volume_name.rstrip("\\").lower()) else None

    def csvs_of(self, vm: Vm) -> set[str]:
        """Return the names of the CSVs that hold disks of a VM."""
        return {csv.name for disk in vm.disks if (csv := self.csv_of(disk)) is not None}

    def vms_on(self, node: str) -> list[Vm]:
        """Return the VMs registered on a node."""
        return [vm for vm in self.vms.values() if vm.node.upper() == node.upper()]

    def up_nodes(self) -> list[NodeState]:
        """Return the nodes that take part in the cluster."""
        return [node for node in self.nodes.values() if node.up]
