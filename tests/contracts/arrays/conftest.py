"""Gives each contract of the arrays the fake and the adapter on a simulated array."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox.tls import Certificates, write_certificates

from .benches import Bench, FakeBench, SandboxBench


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return write_certificates(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def sandbox(certificates: Certificates) -> Iterator[SandboxBench]:
    bench = SandboxBench(certificates)
    yield bench
    bench.close()


@pytest.fixture(params=["fake", "sandbox"])
def bench(request: pytest.FixtureRequest) -> Bench:
    if request.param == "fake":
        return FakeBench()
    made: SandboxBench = request.getfixturevalue("sandbox")
    return made
