"""Gives each engine test the fake and DBOS behind one bench; VSSBOT_TEST_ENGINE_URL puts DBOS on PostgreSQL."""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count

import pytest

from bot.ports import Steps
from integrations.engine.dbos_engine import DbosEngine
from tests.fakes.engine import FakeEngine

Body = Callable[[str, Steps], None]
NUMBERS = count(time.time_ns())  # a PostgreSQL remembers earlier tests


class Bench:
    """An engine whose runs have bodies of their own, each given with its run."""

    def __init__(self) -> None:
        self.engine: DbosEngine | FakeEngine
        self.ended: Counter[str] = Counter()
        self._bodies: dict[str, Body] = {}
        self._changed = threading.Condition()

    def body(self, run_id: str, steps: Steps) -> None:
        try:
            self._bodies[run_id](run_id, steps)
        finally:
            with self._changed:
                self.ended[run_id] += 1
                self._changed.notify_all()

    def submit(self, run_id: str, cluster: str, body: Body) -> None:
        self._bodies[run_id] = body
        self.engine.submit(run_id, cluster)

    def settle(self) -> None:
        """Let everything that was submitted end."""
        if isinstance(self.engine, FakeEngine):
            self.engine.run_until_idle()
        with self._changed:
            assert self._changed.wait_for(lambda: set(self.ended) >= set(self._bodies), 30)


@pytest.fixture(scope="session")
def dbos_bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    bench = Bench()
    place = os.environ.get("VSSBOT_TEST_ENGINE_URL") or tmp_path_factory.mktemp("engine") / "engine.db"
    engine = DbosEngine(place, bench.body)
    bench.engine = engine
    engine.start()
    yield bench
    assert engine.stop()


@pytest.fixture(params=["fake", "dbos"])
def bench(request: pytest.FixtureRequest) -> Bench:
    if request.param == "dbos":
        shared: Bench = request.getfixturevalue("dbos_bench")
        return shared
    bench = Bench()
    bench.engine = FakeEngine(bench.body)
    return bench


@pytest.fixture
def cluster() -> str:
    """A cluster that no other test uses."""
    return f"cluster{next(NUMBERS)}"
