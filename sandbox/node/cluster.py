"""Builds a simulated failover cluster: its nodes, Cluster Shared Volumes and virtual machines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING

from sandbox.node.cluster_actions import Cluster
from sandbox.node.machine import Machine
from sandbox.node.setup import install_windows
from sandbox.node.topology import Csv, NodeState, Topology, Vm
from sandbox.node.windows import Unknowns, windows_of

if TYPE_CHECKING:
    from sandbox.clock import Clock
    from sandbox.faults import Faults

__all__ = ["Cluster", "Login", "build_cluster"]

VMS_PER_CSV = 2


@dataclass(frozen=True)
class Login:
    """An account of every node of the cluster."""

    name: str
    password: str


def build_cluster(
    name: str,
    clock: Clock,
    faults: Faults,
    *,
    array_url: str,
    array_ca_file: str,
    provider_user: str,
    provider_password: str,
    volumes: Sequence[str] | Mapping[str, str],
    nodes: int | Sequence[str] = 2,
    administrator: Login = Login("Administrator", "Administrator-1"),
    service_account: Login = Login("svc-backup", "Service-1"),
    array_name: str = "FlashArray",
    domain: str = "",
    locale: str = "en-US",
    zone: tzinfo = UTC,
    unknowns: Unknowns | None = None,
) -> Cluster:
    """Build a cluster whose CSVs Volume1, Volume2 … lie on the array volumes with these serials.

    `volumes` are serials in order, or CSV names with serials; `nodes` a count (hv-01 …) or names.
    Every CSV holds two VMs; owners and VMs are spread over the nodes. Clocks are those of the machines' names.
    """
    names = [f"hv-{number:02d}" for number in range(1, nodes + 1)] if isinstance(nodes, int) else list(nodes)
    topology = _topology(name, domain, [node.upper() for node in names], volumes)
    machines: dict[str, Machine] = {}
    for node in names:
        machine = Machine(
            node.upper(), clock, faults, domain=domain.partition(".")[0].upper(), locale=locale, zone=zone
        )
        machine.add_account(administrator.name, administrator.password, ("Users", "Administrators"))
        machine.add_account(
            service_account.name, service_account.password, ("Users", "Remote Management Users")
        )
        win = install_windows(
            machine, topology, unknowns=replace(unknowns or Unknowns()), ca_file=array_ca_file
        )
        win.provider.add(array_name, array_url, provider_user, provider_password)
        win.provider.restart()
        for csv in topology.csvs.values():
            machine.files.makedirs(f"{csv.path}\\vm")
        machines[node.lower()] = machine
    peers = {machine.name.upper(): windows_of(machine).vss for machine in machines.values()}
    for service in peers.values():
        service.peers = peers
    return Cluster(topology, machines)


def _topology(
    name: str, domain: str, nodes: list[str], volumes: Sequence[str] | Mapping[str, str]
) -> Topology:
    topology = Topology(name, domain)
    for position, node in enumerate(nodes):
        topology.nodes[node] = NodeState(node, position + 1)
    serials = (
        dict(volumes)
        if isinstance(volumes, Mapping)
        else {f"Volume{n}": one for n, one in enumerate(volumes, 1)}
    )
    for position, (csv_name, serial) in enumerate(serials.items()):
        owner = nodes[position % len(nodes)]
        csv = Csv(csv_name, f"Cluster Disk {position + 1}", serial.upper(), owner, position + 1)
        topology.csvs[csv_name] = csv
        for number in range(VMS_PER_CSV):
            vm_name = f"{name}-vm{position * VMS_PER_CSV + number + 1:02d}"
            node = nodes[(position + number) % len(nodes)]
            topology.vms[vm_name] = Vm(vm_name, node, [f"{csv.path}\\vm\\{vm_name}\\disk.vhdx"])
    return topology
