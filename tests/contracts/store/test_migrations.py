"""The store's schema: built by migrations, the same as the code's, never from a newer program."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from bot.ports import StoreUnavailable
from integrations.store.connection import Database, open_engine
from integrations.store.migrate import HEAD, MIGRATIONS, StoreTooNew, migrate
from integrations.store.runs import SqlRuns
from integrations.store.schema import metadata
from tests.contracts.store.builders import a_wish


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[sa.Engine]:
    engine = open_engine(tmp_path / "store.db")
    yield engine
    engine.dispose()


def test_the_migrations_build_the_schema_of_the_code(engine: sa.Engine) -> None:
    migrate(engine)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_the_head_is_the_last_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_a_second_start_keeps_what_is_there(engine: sa.Engine) -> None:
    migrate(engine)
    run, _ = SqlRuns(Database(engine)).add_or_join(a_wish())
    migrate(engine)
    assert SqlRuns(Database(engine)).live() == [run]


def test_a_store_of_a_newer_program_is_refused_in_a_sentence(engine: sa.Engine) -> None:
    migrate(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreTooNew, match=r"newer than this program's .* Nothing was changed"):
        migrate(engine)


def test_several_starts_at_once_build_one_store(engine: sa.Engine) -> None:
    failures: list[BaseException] = []

    def start() -> None:
        try:
            migrate(engine)
        except StoreUnavailable as err:
            failures.append(err)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert SqlRuns(Database(engine)).live() == []


def test_a_migration_that_fails_half_way_leaves_the_store_as_it_was(
    engine: sa.Engine,
) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE writers (x INTEGER)")
    with pytest.raises(StoreUnavailable, match="already exists"):
        migrate(engine)
    assert sa.inspect(engine).get_table_names() == ["writers"]
