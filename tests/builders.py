"""Builds what tests speak of: a configured world of two clusters, as the use cases see it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.domain.backup import Actor
from bot.domain.catalog import Catalog, Cluster
from bot.domain.events import LOGS
from bot.domain.inventory import ClusterNode, Csv, NodeProbe, Vm
from bot.domain.inventory_rules import NEEDED_SERVICES
from bot.domain.vss import PURE_PROVIDER, LogState, Provider, ProviderArray
from bot.domain.wording import Known

NADIA, OMAR, VERA, NOBODY = Actor("UADMIN"), Actor("UOPERATOR"), Actor("UVIEWER"), Actor("UNOBODY")
CLI = Actor("cli:root")
WORKSPACE = "T1"

VM1, VM2, VM11 = (f"3F2504E0-4F89-11D3-9A0C-0305E82C33{number:02d}" for number in (1, 2, 11))
SERIALS = {
    ("cluster1", "volume1"): "624A9370000000000000AA01",
    ("cluster1", "volume2"): "624A9370000000000000AA02",
    ("cluster2", "volume1"): "624A9370000000000000AA11",
}
ARRAY_VOLUMES = {
    ("cluster1", "volume1"): "csv1",
    ("cluster1", "volume2"): "csv2",
    ("cluster2", "volume1"): "csv11",
}
NODES = {"cluster1": ("hv-01", "hv-02"), "cluster2": ("hv-11",)}
LOG_STATES = tuple(LogState(log, 10, 1) for log in LOGS)


def path_of(volume: str) -> str:
    """Return the CSV path behind a short name such as volume1."""
    return rf"C:\ClusterStorage\{volume.capitalize()}"


def volumes_of(cluster: str) -> tuple[str, ...]:
    """Return a cluster's short names in configuration order."""
    return tuple(volume for name, volume in SERIALS if name == cluster)


def a_cluster(name: str = "cluster1", **changes: Any) -> Cluster:
    """Return a configured cluster; people of the channel ops may back it up."""
    cluster = Cluster(
        name=name,
        channel="COPS",
        team_channel="CTEAM",
        nodes=NODES[name],
        volumes={volume: path_of(volume) for volume in volumes_of(name)},
        operators=frozenset({OMAR.id, "SONCALL"}),
        viewers=frozenset({VERA.id}),
    )
    return replace(cluster, **changes)


def a_catalog(**changes: Any) -> Catalog:
    """Return both clusters and one admin; `changes` are of cluster1."""
    clusters = {"cluster1": a_cluster(**changes), "cluster2": a_cluster("cluster2")}
    known = Known({name: tuple(cluster.volumes) for name, cluster in clusters.items()})
    return Catalog(WORKSPACE, clusters, frozenset({NADIA.id}), known)


def a_probe(cluster: str, node: str, **changes: Any) -> NodeProbe:
    """Return what a healthy node finds: every CSV of its cluster, its own VM, a provider that knows fa1."""
    probe = NodeProbe(
        node=node,
        boot="2026-11-01T00:00:00",
        build=20348,
        kit_version="1",
        services=dict.fromkeys([*NEEDED_SERVICES, "vss"], True),
        providers=(Provider("Pure Storage VSS Hardware Provider", PURE_PROVIDER),),
        provider_arrays=(ProviderArray("https://fa1.example", "fa1", True, True, True),),
        nodes=tuple(ClusterNode(name.upper(), 0) for name in NODES[cluster]),
        csvs=tuple(
            a_csv(cluster, volume, owner=NODES[cluster][place % len(NODES[cluster])])
            for place, volume in enumerate(volumes_of(cluster))
        ),
        vms=_vms(cluster, node),
        processes_known=True,
        logs=LOG_STATES,
    )
    return replace(probe, **changes)


def a_csv(cluster: str, volume: str, *, owner: str, **changes: Any) -> Csv:
    """Return a healthy CSV."""
    serial = SERIALS[cluster, volume]
    csv = Csv(
        path=path_of(volume),
        volume_guid=f"00000000-0000-4000-8000-0000{serial[-8:].lower()}",
        resource=f"Cluster Disk {volume[-1]}",
        owner=owner.upper(),
        online=True,
        serial=serial,
        file_system="NTFS",
        free_mb=900_000,
        total_mb=1_000_000,
    )
    return replace(csv, **changes)


def a_vm(id_: str, node: str, *volumes: str) -> Vm:
    """Return a running VM with a disk on each of these volumes."""
    disks = tuple(rf"{path_of(volume)}\vm\{id_}.vhdx" for volume in volumes)
    return Vm(id_, f"vm-{id_[-2:]}", node, True, disks)


def _vms(cluster: str, node: str) -> tuple[Vm, ...]:
    homes = {"hv-01": (VM1, "volume1"), "hv-02": (VM2, "volume2"), "hv-11": (VM11, "volume1")}
    id_, volume = homes[node]
    return (a_vm(id_, node, volume),)
