"""A cluster on a real array behind TLS, both on one fast clock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.node.cluster import Cluster, build_cluster
from sandbox.node.machine import Machine
from sandbox.purity import FlashArray, PurityServer, serve
from sandbox.tls import Certificates, write_certificates

PROVIDER = ("vss-provider", "secret-1")


@dataclass(frozen=True)
class Site:
    """A cluster and its array."""

    cluster: Cluster
    array: FlashArray
    server: PurityServer
    faults: Faults

    def run(self, node: str, *lines: str) -> tuple[int, str]:
        """Run DiskShadow with these lines on a node; return exit code and output."""
        machine = self.cluster.machine(node)
        write_script(machine, *lines)
        code, out, _ = machine.run("diskshadow /s C:\\a.dsh", user="NT AUTHORITY\\SYSTEM", cwd="C:\\")
        return code, out.decode("cp437").replace("\r\n", "\n")


def write_script(machine: Machine, *lines: str) -> None:
    machine.files.write("C:\\a.dsh", "".join(f"{line}\r\n" for line in lines).encode())


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return write_certificates(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def site(certificates: Certificates) -> Iterator[Site]:
    clock = Clock(speed=20_000)
    faults = Faults()
    array = FlashArray("fa1", clock, faults)
    array.switches.snapshot_visible_after_s = 0
    volumes = [array.add_volume(f"csv{number}") for number in (1, 2, 3)]
    array.add_volume("sql")
    array.add_group("pg1", volumes=["csv2", "sql"])
    array.add_account(PROVIDER[0], "storage_admin", password=PROVIDER[1])
    own = certificates.server
    server = serve(array, clock=clock, faults=faults, certfile=own.certfile, keyfile=own.keyfile)
    cluster = build_cluster(
        "cluster1",
        clock,
        faults,
        array_url=server.url,
        array_ca_file=str(certificates.ca_file),
        provider_user=PROVIDER[0],
        provider_password=PROVIDER[1],
        volumes=[volume.serial for volume in volumes],
    )
    yield Site(cluster, array, server, faults)
    server.close()
