"""Instances of root/mscluster: the same on every node of the cluster."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from sandbox.node.programs.cim.schema import Instance, Reference
from sandbox.node.windows import windows_of

if TYPE_CHECKING:
    from sandbox.node.process import Call
    from sandbox.node.topology import Csv, Topology, Vm

_VM_GROUP, _CLUSTER_GROUP, _CSV_GROUP = 111, 1, 5  # MSCluster_ResourceGroup.GroupType
_ONLINE, _OFFLINE = 2, 3


def _topology(call: Call) -> Topology:
    return windows_of(call.machine).topology


def _id(topology: Topology, *parts: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, "/".join((topology.name, *parts))))


def _clusters(call: Call) -> list[Instance]:
    topology = _topology(call)
    fqdn = f"{topology.name}.{topology.domain}" if topology.domain else topology.name
    return [
        {
            "Name": topology.name,
            "Fqdn": fqdn,
            "BackupInProgress": 0,
            "ClusterFunctionalLevel": 11,
            "CsvBalancer": 1,
            "DynamicQuorumEnabled": 1,
            "EnableSharedVolumes": 1,
            "QuorumType": "Majority",
            "RequestReplyTimeout": 60,
            "S2DEnabled": 0,
            "SharedVolumeCompatibleFilters": (),
            "SharedVolumeIncompatibleFilters": (),
            "SharedVolumeVssWriterOperationTimeout": 1800,
            "SharedVolumesRoot": "C:\\ClusterStorage",
        }
    ]


def _nodes(call: Call) -> list[Instance]:
    return [
        {
            "Name": node.name,
            "Id": str(node.id),
            "State": node.state,
            "NodeDrainStatus": node.drain,
            "NodeWeight": 1,
            "DynamicWeight": int(node.up),
            "MajorVersion": 10,
            "MinorVersion": 0,
            "BuildNumber": 20348,
            "StatusInformation": 0,
        }
        for node in _topology(call).nodes.values()
    ]


def _groups(call: Call) -> list[Instance]:
    topology = _topology(call)
    owner = next((node.name for node in topology.up_nodes()), "")
    found = [_group(topology, "Cluster Group", owner, kind=_CLUSTER_GROUP)]
    found += [_group(topology, csv.resource_id, csv.owner, kind=_CSV_GROUP) for csv in topology.csvs.values()]
    for vm in topology.vms.values():
        found.append(_group(topology, vm.name, vm.node, kind=_VM_GROUP, state=0 if vm.running else 1))
    return found


def _group(topology: Topology, name: str, owner: str, *, kind: int, state: int = 0) -> Instance:
    return {
        "Name": name,
        "Id": _id(topology, "group", name),
        "OwnerNode": owner,
        "GroupType": kind,
        "State": state,
        "IsCore": kind == _CLUSTER_GROUP,
        "StatusInformation": 0,
    }


def _resources(call: Call) -> list[Instance]:
    topology = _topology(call)
    return [
        *map(_disk_resource, topology.csvs.values()),
        *(_vm_resource(topology, vm) for vm in topology.vms.values()),
    ]


def _disk_resource(csv: Csv) -> Instance:
    return {
        "Name": csv.resource,
        "Id": csv.resource_id,
        "Type": "Physical Disk",
        "OwnerNode": csv.owner,
        "OwnerGroup": csv.resource_id,
        "State": csv.state,
        "IsClusterSharedVolume": True,
        "ResourceClass": 1,
        "CoreResource": False,
        "StatusInformation": 0,
    }


def _vm_resource(topology: Topology, vm: Vm) -> Instance:
    name = f"Virtual Machine {vm.name}"
    return {
        "Name": name,
        "Id": _id(topology, "resource", name),
        "Type": "Virtual Machine",
        "OwnerNode": vm.node,
        "OwnerGroup": vm.name,
        "State": _ONLINE if vm.running else _OFFLINE,
        "IsClusterSharedVolume": False,
        "ResourceClass": 0,
        "CoreResource": False,
        "StatusInformation": 0,
    }


def _group_members(call: Call) -> list[Instance]:
    topology = _topology(call)
    ids = {str(group["Name"]): str(group["Id"]) for group in _groups(call)}
    return [
        {
            "GroupComponent": Reference("MSCluster_ResourceGroup", "Id", ids[str(one["OwnerGroup"])]),
            "PartComponent": Reference("MSCluster_Resource", "Id", str(one["Id"])),
        }
        for one in _resources(call)
        if str(one["OwnerGroup"]) in ids and topology
    ]


def _csvs(call: Call) -> list[Instance]:
    return [
        {
            "Name": csv.path,
            "VolumeName": csv.volume_name,
            "FaultState": csv.fault_state,
            "BackupState": 0,
            "VolumeOffset": 16_777_216,
        }
        for csv in _topology(call).csvs.values()
    ]


def _csv_resources(call: Call) -> list[Instance]:
    return [
        {
            "GroupComponent": Reference("MSCluster_ClusterSharedVolume", "Name", csv.path),
            "PartComponent": Reference("MSCluster_Resource", "Id", csv.resource_id),
        }
        for csv in _topology(call).csvs.values()
    ]


def _disk_id(csv: Csv) -> str:
    return f"{{{csv.disk_guid}}}"


def _partition_path(csv: Csv) -> str:
    # What the key of a CSV's partition looks like is not recorded; the volume's GUID path is our guess.
    return csv.volume_name.rstrip("\\")


def _disks(call: Call) -> list[Instance]:
    return [
        {
            "Name": f"\\\\.\\PHYSICALDRIVE{csv.disk_number}",
            "Id": _disk_id(csv),
            "GptGuid": _disk_id(csv),
            "Signature": 0,
            "Number": csv.disk_number,
            "Size": csv.size_mb,
            "UniqueId": f"624A9370{csv.serial}",
            "UniqueIdFormat": 3,
        }
        for csv in _topology(call).csvs.values()
    ]


def _partitions(call: Call) -> list[Instance]:
    return [
        {
            "Name": _partition_path(csv),
            "Path": _partition_path(csv),
            "VolumeGuid": csv.volume_guid,
            "VolumeLabel": csv.label or csv.name,
            "FileSystem": csv.file_system,
            "TotalSize": csv.size_mb,
            "FreeSpace": csv.free_mb,
            "PartitionNumber": 2,
            "MountPoints": (),
        }
        for csv in _topology(call).csvs.values()
    ]


def _disk_partitions(call: Call) -> list[Instance]:
    return [
        {
            "GroupComponent": Reference("MSCluster_Disk", "Id", _disk_id(csv)),
            "PartComponent": Reference("MSCluster_DiskPartition", "Path", _partition_path(csv)),
        }
        for csv in _topology(call).csvs.values()
    ]


def _resource_disks(call: Call) -> list[Instance]:
    return [
        {
            "GroupComponent": Reference("MSCluster_Resource", "Id", csv.resource_id),
            "PartComponent": Reference("MSCluster_Disk", "Id", _disk_id(csv)),
        }
        for csv in _topology(call).csvs.values()
    ]


SERVERS = {
    "MSCluster_Cluster": _clusters,
    "MSCluster_Node": _nodes,
    "MSCluster_ResourceGroup": _groups,
    "MSCluster_Resource": _resources,
    "MSCluster_ResourceGroupToResource": _group_members,
    "MSCluster_ClusterSharedVolume": _csvs,
    "MSCluster_ClusterSharedVolumeToResource": _csv_resources,
    "MSCluster_Disk": _disks,
    "MSCluster_DiskPartition": _partitions,
    "MSCluster_DiskToDiskPartition": _disk_partitions,
    "MSCluster_ResourceToDisk": _resource_disks,
}
