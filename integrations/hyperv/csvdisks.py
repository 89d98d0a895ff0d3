"""From a node's CIM tables to its Cluster Shared Volumes, each with the serial of its array volume."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.inventory import Csv
from integrations.hyperv.decoding import guids

Row = dict[str, str]

PURE_OUI = "624A9370"  # the vendor's NAA prefix: UniqueId is this and the volume's serial
_NVME = "17"  # MSFT_Disk.BusType
_ONLINE = "2"  # MSCluster_Resource.State

_CLASS = re.compile(r"(MSCluster_\w+)")
_KEY = re.compile(r'=\s*(?:"(.*?)"(?=\s*(?:[,)]|$))|([^",)\s]+))')
_SERIAL = re.compile(r"[0-9A-F]{24}")


@dataclass(frozen=True)
class Tables:
    """The CIM tables that together lead from a CSV to its disk."""

    csvs: Sequence[Row]
    csv_resources: Sequence[Row]
    resources: Sequence[Row]
    resource_disks: Sequence[Row]
    cluster_disks: Sequence[Row]
    partitions: Sequence[Row]
    disk_partitions: Sequence[Row]
    disks: Sequence[Row]


def csvs(tables: Tables) -> tuple[Csv, ...]:
    """Return every CSV of the cluster; one without a known disk says why in `serial_problem`."""
    return tuple(csv for row in tables.csvs if (csv := _csv(row, tables)) is not None)


def _csv(row: Row, tables: Tables) -> Csv | None:
    texts = (row.get("Name", ""), row.get("VolumeName", ""))
    ids = [found for text in texts for found in guids(text)]
    path = next((t.rstrip("\\") for t in texts if re.match(r"[A-Za-z]:\\", t)), "")
    if not path:
        return None
    volume_guid = ids[0] if ids else ""
    resource = _resource(texts, tables)
    partition = _partition(volume_guid, tables)
    serial, problem = _serial(_cluster_disks(partition, resource, tables), tables.disks)
    return Csv(
        path=path,
        volume_guid=volume_guid,
        resource=resource.get("Name", ""),
        owner=resource.get("OwnerNode", ""),
        online=resource.get("State", "").strip().lower() in (_ONLINE, "online"),
        fault_state=int_or(row.get("FaultState", ""), 0) or 0,
        serial=serial,
        serial_problem=problem,
        file_system=partition.get("FileSystem", ""),
        free_mb=int_or(partition.get("FreeSpace", "")),
        total_mb=int_or(partition.get("TotalSize", "")),
    )


def int_or(text: str, default: int | None = None) -> int | None:
    """Return a cell's whole number, or the default."""
    return int(text) if re.fullmatch(r"\s*[0-9]{1,20}\s*", text) else default


def _resource(texts: Sequence[str], tables: Tables) -> Row:
    known = {_same(text) for text in texts if text}
    for link in tables.csv_resources:
        mine, other = _ends(link, "MSCluster_ClusterSharedVolume")
        if known & mine:
            # A resource's key is its name or its id; which of the two, versions of Windows differ in.
            keys = ("Name", "Id")
            return next((r for r in tables.resources if {_same(r.get(key, "")) for key in keys} & other), {})
    return {}


def _partition(volume_guid: str, tables: Tables) -> Row:
    wanted = volume_guid.lower()
    return next(
        (
            row
            for row in tables.partitions
            if wanted and wanted in guids(f"{row.get('VolumeGuid', '')} {row.get('Path', '')}")
        ),
        {},
    )


def _cluster_disks(partition: Row, resource: Row, tables: Tables) -> list[Row]:
    """Return the cluster's disks of a CSV: by its partition, else by its resource."""
    by_partition = _linked(partition, "MSCluster_DiskPartition", tables.disk_partitions, tables)
    return by_partition or _linked(resource, "MSCluster_Resource", tables.resource_disks, tables)


def _linked(row: Row, cim_class: str, links: Sequence[Row], tables: Tables) -> list[Row]:
    # Which property is a class's key is not documented: any cell that the reference names will do.
    cells = {
        _same(cell) for name, cell in row.items() if cell and name in ("Path", "VolumeGuid", "Name", "Id")
    }
    found: list[Row] = []
    for link in links:
        mine, other = _ends(link, cim_class)
        if not cells & mine:
            continue
        for disk in tables.cluster_disks:
            names = {_same(disk.get(key, "")) for key in ("Id", "Name", "UniqueId", "GptGuid")} - {""}
            if names & other and disk not in found:
                found.append(disk)
    return found


def _serial(cluster_disks: Sequence[Row], disks: Sequence[Row]) -> tuple[str | None, str]:
    if not cluster_disks:
        return None, "the cluster does not tell which disk it is on"
    ids = {found for row in cluster_disks for found in guids(row.get("GptGuid", ""))}
    if len(ids) != 1:
        return None, "its disk has no single GPT identity"
    wanted = ids.pop()
    here = [disk for disk in disks if wanted in guids(disk.get("Guid", ""))]
    if not here:
        return None, "this node does not see its disk"
    if len(here) > 1:
        return None, "two disks with the same identity are attached; one must be a clone"
    return _serial_of(here[0])


def _serial_of(disk: Row) -> tuple[str | None, str]:
    if disk.get("BusType", "").strip().lower() in (_NVME, "nvme"):
        return None, "its disk is connected by NVMe, which the Pure Storage VSS provider does not serve"
    serial = disk.get("SerialNumber", "").strip().upper()
    unique = disk.get("UniqueId", "").strip().upper()
    if not _SERIAL.fullmatch(serial):
        return None, "its disk's serial number is not that of a FlashArray volume"
    if unique != PURE_OUI + serial:
        return None, "its disk's serial number and unique id do not agree"
    return serial, ""


def _ends(link: Row, cim_class: str) -> tuple[set[str], set[str]]:
    """Return the keys of a link's end of that class, and those of its other end."""
    refs = [link.get("GroupComponent", ""), link.get("PartComponent", "")]
    mine = [ref for ref in refs if (found := _CLASS.search(ref)) and found.group(1) == cim_class]
    if not mine:
        return set(), set()
    other = [ref for ref in refs if ref is not mine[0]]
    return _keys(mine[0]), {key for ref in other for key in _keys(ref)}


def _keys(reference: str) -> set[str]:
    return {_same(quoted or plain) for quoted, plain in _KEY.findall(reference)}


def _same(text: str) -> str:
    """Return a name as it is compared: without case, braces, closing or doubled backslashes."""
    return re.sub(r"\\+", r"\\", text.strip().lower()).rstrip("\\").strip("{}")
