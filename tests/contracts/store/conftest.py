"""Gives each store test the fake and the real one; VSSBOT_TEST_DATABASE_URL adds a PostgreSQL."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from integrations.store.audit import SqlAudit
from integrations.store.connection import Database, open_engine
from integrations.store.migrate import migrate
from integrations.store.outbox import SqlOutbox
from integrations.store.runs import SqlRuns
from integrations.store.schema import metadata
from tests.fakes.store import FakeAudit, FakeOutbox, FakeRuns

POSTGRESQL = os.environ.get("VSSBOT_TEST_DATABASE_URL", "")
SQL = ["sqlite", "postgresql"] if POSTGRESQL else ["sqlite"]
BOTH = ["fake", *SQL]

START = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


class TestClock:
    """A time that the test moves."""

    __test__ = False

    def __init__(self) -> None:
        self.time = START

    def __call__(self) -> datetime:
        return self.time

    def move(self, seconds: float) -> datetime:
        self.time += timedelta(seconds=seconds)
        return self.time


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("store") / "empty.db"
    engine = open_engine(path)
    migrate(engine)
    engine.dispose()
    return path


def _database(kind: str, tmp_path: Path, empty_store: Path) -> Iterator[Database]:
    if kind == "sqlite":
        shutil.copy(empty_store, tmp_path / "store.db")
        database = Database(open_engine(tmp_path / "store.db"))
    else:
        database = Database(open_engine(POSTGRESQL))
        migrate(database.engine)
        with database.write() as connection:
            for table in reversed(metadata.sorted_tables):
                connection.execute(table.delete())
    yield database
    database.close()


@pytest.fixture(params=SQL)
def database(request: pytest.FixtureRequest, tmp_path: Path, empty_store: Path) -> Iterator[Database]:
    yield from _database(request.param, tmp_path, empty_store)


@pytest.fixture(params=BOTH)
def maybe_database(
    request: pytest.FixtureRequest, tmp_path: Path, empty_store: Path
) -> Iterator[Database | None]:
    if request.param == "fake":
        yield None
    else:
        yield from _database(request.param, tmp_path, empty_store)


@pytest.fixture
def runs(maybe_database: Database | None) -> SqlRuns | FakeRuns:
    return SqlRuns(maybe_database) if maybe_database else FakeRuns()


@pytest.fixture
def outbox(maybe_database: Database | None, clock: TestClock) -> SqlOutbox | FakeOutbox:
    return SqlOutbox(maybe_database, now=clock) if maybe_database else FakeOutbox(now=clock)


@pytest.fixture
def audit(maybe_database: Database | None) -> SqlAudit | FakeAudit:
    return SqlAudit(maybe_database) if maybe_database else FakeAudit()
