"""An array with a plain volume, one in a pod, one in a volume group, and one in a protection group."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.purity import FlashArray, PurityServer, serve
from sandbox.purity.server import server_context
from sandbox.tls import Certificates, write_certificates

with warnings.catch_warnings():
    # The client takes its version class from distutils, which Python 3.11 calls deprecated.
    warnings.simplefilter("ignore", DeprecationWarning)
    import purestorage

Connect = Callable[..., "purestorage.FlashArray"]


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return write_certificates(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def clock() -> Clock:
    return Clock(speed=1000)


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
def array(clock: Clock, faults: Faults) -> FlashArray:
    array = FlashArray("fa1", clock, faults)
    array.switches.snapshot_visible_after_s = 0
    for name in ("csv01", "csv02", "pod1::csv03", "vg1/csv04", "sql-data"):
        array.add_volume(name)
    array.add_group("pg1", volumes=["csv02", "sql-data"], targets=["fa-dr"])
    array.add_hgroup("hg-cluster1", hosts=["hv-01", "hv-02"], volumes=["csv01", "csv02"])
    array.add_host("hv-01")
    array.add_host("hv-02", volumes=["sql-data"])
    array.add_account("reader", "readonly")
    array.add_account("vss", "storage_admin", password="pass word")
    return array


@pytest.fixture
def server(
    array: FlashArray, clock: Clock, faults: Faults, certificates: Certificates
) -> Iterator[PurityServer]:
    pair, other = certificates.server, certificates.other_server
    server = serve(array, clock=clock, faults=faults, certfile=pair.certfile, keyfile=pair.keyfile)
    server.other_context = server_context(other.certfile, other.keyfile)
    yield server
    server.close()


@pytest.fixture
def connect(server: PurityServer, array: FlashArray, certificates: Certificates) -> Connect:
    def connect(
        account: str = "vss", *, ca: Path = certificates.ca_file, timeout_s: float = 5, **kwargs: object
    ) -> purestorage.FlashArray:
        kwargs.setdefault("api_token", array.accounts[account].api_token)
        options = {"verify": str(ca), "timeout": timeout_s}
        return purestorage.FlashArray(f"127.0.0.1:{server.port}", request_kwargs=options, **kwargs)

    return connect
