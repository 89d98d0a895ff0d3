"""Gives each contract of the nodes the fake and the adapter on a sandbox."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .benches import Bench, FakeBench, SandboxBench


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxBench]:
    bench = SandboxBench(tmp_path_factory.mktemp("world"))
    yield bench
    bench.close()


@pytest.fixture(params=["fake", "sandbox"])
def bench(request: pytest.FixtureRequest) -> Bench:
    if request.param == "fake":
        return FakeBench()
    shared: SandboxBench = request.getfixturevalue("sandbox")
    return shared
