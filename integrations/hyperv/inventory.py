"""The files of a probe to what one node knows: of itself, its cluster, its disks and its VMs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bot.domain.inventory import ClusterNode, Csv, NodeProbe, Vm
from integrations.hyperv import csvdisks, csvfile, diag, events, providerconfig, vms, vssadmin
from integrations.hyperv.decoding import decode, lines

Row = dict[str, str]

_CSV_WRITER_OFF = re.compile(r"EnableCsvVssWriter\s+REG_DWORD\s+0x0+\s*$", re.IGNORECASE)
_PROBLEM_LENGTH = 200


def probe(files: Mapping[str, bytes], node: str) -> NodeProbe:
    """Return what a node's probe found; a file that is missing or garbled becomes a problem, never an error."""
    table = _Tables(files)
    os = (table.rows("os.csv", "BuildNumber", needed=True) or [{}])[0]
    services = {
        row["Name"].strip().lower(): row.get("State", row.get("Started", "")).strip().lower() == "running"
        for row in table.rows("services.csv", "Name", needed=True)
    }
    arrays = providerconfig.parse(table.text("provider.txt"))
    if not arrays:
        table.problems.append("pureproviderconfig listed no array")
    providers = vssadmin.providers(table.text("providers.txt"))
    if not providers:
        table.problems.append("vssadmin listed no provider")
    processes = table.rows("processes.csv", "ProcessId", needed=True)
    found = NodeProbe(
        node=node,
        boot=os.get("Boot", "").strip(),
        build=csvdisks.int_or(os.get("BuildNumber", ""), 0) or 0,
        kit_version=decode(files.get("version.txt", b"")).strip(),
        services=services or None,
        providers=providers,
        provider_arrays=arrays,
        nodes=_nodes(table),
        csvs=_csvs(table),
        vms=_vms(table, node),
        csv_writer_enabled=not any(
            _CSV_WRITER_OFF.search(line) for line in lines(files.get("csvwriter.txt", b""))
        ),
        diag_disabled=diag.parse(files.get("diag.txt", b"")).disabled,
        diskshadow_pids=_pids(processes),
        processes_known=bool(processes),
        logs=events.parse_logs(table.text("logs.txt")),
    )
    errors = " ".join(decode(files.get("probe-errors.txt", b"")).split())
    if errors:
        table.problems.append(f"PowerShell reported: {errors[:_PROBLEM_LENGTH]}")
    return replace(found, problems=tuple(dict.fromkeys(table.problems)))


@dataclass
class _Tables:
    files: Mapping[str, bytes]
    problems: list[str] = field(default_factory=list)

    def text(self, name: str) -> bytes:
        if name not in self.files:
            self.problems.append(f"{name} is missing")
        return self.files.get(name, b"")

    def rows(self, name: str, column: str, *, needed: bool = False) -> list[Row]:
        """Return a table; `needed` where a healthy node has at least one row."""
        raw = self.text(name)
        rows = csvfile.parse(raw)
        if rows and column not in rows[0]:
            self.problems.append(f"{name} has no column {column}")
            return []
        if name in self.files and not rows and (needed or raw.strip()):
            self.problems.append(f"{name} holds nothing")
        return rows


def _nodes(table: _Tables) -> tuple[ClusterNode, ...]:
    return tuple(
        ClusterNode(
            name=row["Name"].strip(),
            state=_int(row.get("State", ""), 1),
            drain_status=_int(row.get("NodeDrainStatus", ""), 0),
        )
        for row in table.rows("nodes.csv", "Name", needed=True)
        if row["Name"].strip()
    )


def _csvs(table: _Tables) -> tuple[Csv, ...]:
    return csvdisks.csvs(
        csvdisks.Tables(
            csvs=table.rows("csv.csv", "Name", needed=True),
            csv_resources=table.rows("csv-resource.csv", "PartComponent"),
            resources=table.rows("resources.csv", "Name", needed=True),
            resource_disks=table.rows("resource-disks.csv", "PartComponent"),
            cluster_disks=table.rows("cluster-disks.csv", "GptGuid"),
            partitions=table.rows("cluster-partitions.csv", "VolumeGuid"),
            disk_partitions=table.rows("disk-partitions.csv", "PartComponent"),
            disks=table.rows("disks.csv", "Guid"),
        )
    )


def _vms(table: _Tables, node: str) -> tuple[Vm, ...]:
    found = vms.vms(
        node,
        table.rows("vms.csv", "ElementName", needed=True),
        table.rows("vm-settings.csv", "VirtualSystemIdentifier"),
        table.rows("vm-disks.csv", "HostResource"),
        table.rows("vm-vss.csv", "EnabledState"),
    )
    # Without its disks a VM would belong to no backup, and nobody would miss it.
    if found and not any(vm.disks for vm in found):
        table.problems.append("vm-disks.csv names no disk of any VM")
    return found


def _pids(rows: list[Row]) -> tuple[int, ...]:
    ours = [row for row in rows if row.get("Name", "").strip().lower() == "diskshadow.exe"]
    return tuple(sorted(_int(row["ProcessId"], 0) for row in ours))


def _int(text: str, default: int) -> int:
    number = csvdisks.int_or(text, default)
    return default if number is None else number
