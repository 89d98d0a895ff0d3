"""The clusters of a world: their nodes, each behind its own WinRM port."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sandbox import node_actions
from sandbox.config_files import NodeEntry
from sandbox.node.cluster import Cluster, Login, build_cluster
from sandbox.node.errors import FileError
from sandbox.node.files import FileSystem
from sandbox.node.machine import Machine
from sandbox.node.windows import windows_of
from sandbox.purity.default import PROVIDER, VOLUMES_PER_CLUSTER, volume_name
from sandbox.wsman import Listening, WsmanFarm, WsmanServer

if TYPE_CHECKING:
    from sandbox.purity import FlashArray
    from sandbox.world import World

DOMAIN = "corp.example"
SERVICE_USER = "svc-vssbot"


class ClusterPart:
    """Every cluster of the world; machines are found by their lower-case names."""

    def __init__(self, world: World, array: FlashArray, array_url: str) -> None:
        from sandbox.world import cluster_nodes

        self._world = world
        # The same for every node, and as long as a domain's rules ask for.
        chance = random.Random(f"{world.options.seed}/nodes")  # noqa: S311
        self._administrator = Login("Administrator", f"Adm-{chance.getrandbits(64):016x}")
        self._service = Login(SERVICE_USER, f"Svc-{chance.getrandbits(64):016x}")
        self._clusters = {
            name: self._build(name, nodes, array, array_url)
            for name, nodes in cluster_nodes(world.options).items()
        }
        self.machines: dict[str, Machine] = {
            node: machine for cluster in self._clusters.values() for node, machine in cluster.machines.items()
        }
        self._farm = WsmanFarm(clock=world.clock, faults=world.faults)
        self._servers: dict[str, WsmanServer] = {}
        for cluster in self._clusters.values():
            for place, (node, machine) in enumerate(cluster.machines.items()):
                self._servers[node] = self._farm.serve(machine, self._listening(place))

    @property
    def names(self) -> list[str]:
        """The clusters' names."""
        return list(self._clusters)

    @property
    def admin(self) -> str:
        """The account that administers every node."""
        return self._administrator.name

    @property
    def service_user(self) -> str:
        """The account that a client logs on with; no administrator, but may use WinRM."""
        return self._service.name

    @property
    def service_password(self) -> str:
        """Its password."""
        return self._service.password

    def cluster(self, name: str) -> Cluster:
        """Return one cluster; raises KeyError."""
        return self._clusters[name]

    def urls(self) -> dict[str, str]:
        """Return each node's WinRM address."""
        return {name: server.url for name, server in self._servers.items()}

    def node_entries(self, cluster: str) -> tuple[NodeEntry, ...]:
        """Return what a client's configuration says of a cluster's nodes."""
        ca_file = self._world.certificates.ca_file.name
        found = []
        for node in self._clusters[cluster].machines:
            url = self._servers[node].url
            found.append(NodeEntry(node, url, "ntlm", ca_file if url.startswith("https:") else None))
        return tuple(found)

    def volume_paths(self, cluster: str) -> dict[str, str]:
        """Return a cluster's CSVs: short name -> path."""
        return {name.lower(): csv.path for name, csv in self._clusters[cluster].topology.csvs.items()}

    def states(self) -> list[dict[str, Any]]:
        """Return every node as the control API shows it; folders end with a backslash."""
        return [_state(name, machine) for name, machine in self.machines.items()]

    def act(self, body: Mapping[str, Any]) -> Any:
        """Do something to a node or its cluster. Raises BadRequest."""
        return node_actions.act(self._clusters, body)

    def close(self) -> None:
        """Stop listening and end every process."""
        self._farm.close()
        for machine in self.machines.values():
            for process in machine.processes:
                if process.exit_code is None:
                    process.kill()

    def _build(self, name: str, nodes: list[str], array: FlashArray, array_url: str) -> Cluster:
        options = self._world.options
        wanted = [volume_name(name, number) for number in range(1, VOLUMES_PER_CLUSTER + 1)]
        cluster = build_cluster(
            name,
            self._world.clock,
            self._world.faults,
            array_url=array_url,
            array_ca_file=str(self._world.certificates.ca_file),
            array_name=array.name,
            provider_user=PROVIDER,
            provider_password=array.accounts[PROVIDER].password or "",
            volumes=[array.volumes[volume].serial for volume in wanted],
            nodes=nodes,
            administrator=self._administrator,
            service_account=self._service,
            domain=DOMAIN,
            locale=options.locale,
        )
        _give_ids(cluster, f"{options.seed}/{name}")
        return cluster

    def _listening(self, place: int) -> Listening:
        """The first node of a cluster speaks HTTPS, the others HTTP, where NTLM has to seal."""
        if place > 0:
            return Listening(auth=("ntlm",))
        pair = self._world.certificates.server
        return Listening(certfile=pair.certfile, keyfile=pair.keyfile, auth=("basic", "ntlm"))


def _give_ids(cluster: Cluster, seed: str) -> None:
    """Let the ids of CSVs and VMs follow from the seed."""
    chance = random.Random(seed)  # noqa: S311
    for csv in cluster.topology.csvs.values():
        csv.volume_guid, csv.disk_guid = (str(_uuid(chance)) for _ in range(2))
    for vm in cluster.topology.vms.values():
        vm.id = str(_uuid(chance)).upper()


def _uuid(chance: random.Random) -> uuid.UUID:
    return uuid.UUID(int=chance.getrandbits(128), version=4)


def _state(name: str, machine: Machine) -> dict[str, Any]:
    vss = windows_of(machine).vss
    return {
        "name": name,
        "processes": [
            {
                "pid": process.pid,
                "command_line": process.command_line,
                "started": process.started.isoformat(),
                "exit_code": process.exit_code,
            }
            for process in machine.processes
        ],
        "files": list(_paths(machine.files, "C:")),
        "shadow_copy_sets": [
            {
                "id": one.id,
                "volumes": list(one.volumes),
                "started": one.started.isoformat(),
                "state": one.state,
            }
            for one in vss.sets
        ],
        "max_concurrent_creates": vss.max_concurrent_creates,
    }


def _paths(files: FileSystem, folder: str) -> Iterator[str]:
    """Yield what lies below a folder; a folder that is removed meanwhile is simply not there any more."""
    try:
        found = files.scan(folder + "\\")
    except FileError:
        return
    for stat in found:
        path = f"{folder}\\{stat.name}"
        yield path + ("\\" if stat.is_dir else "")
        if stat.is_dir and not stat.reparse:
            yield from _paths(files, path)
