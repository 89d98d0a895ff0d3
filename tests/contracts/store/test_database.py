"""The real store under what a machine does to it: other processes, kill -9, locks, damage."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.domain.backup import Stage
from bot.ports import StoreUnavailable
from integrations.store import schema
from integrations.store.columns import from_text, to_text
from integrations.store.connection import Database, open_engine, to_url
from integrations.store.outbox import SqlOutbox
from integrations.store.runs import SqlRuns
from tests.contracts.store.builders import a_wish, at

ROOT = Path(__file__).parents[3]


@pytest.fixture
def store(tmp_path: Path, empty_store: Path) -> Iterator[Database]:
    (tmp_path / "store.db").write_bytes(empty_store.read_bytes())
    database = Database(open_engine(tmp_path / "store.db"))
    yield database
    database.close()


@contextmanager
def child(verb: str, database: Database) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.contracts.store.child", verb, str(database.engine.url.database)]
    with subprocess.Popen(
        command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def tell(process: subprocess.Popen[str], words: str) -> None:
    assert process.stdin is not None
    process.stdin.write(words + "\n")
    process.stdin.flush()


def test_a_writer_killed_in_mid_transaction_leaves_nothing_and_blocks_nobody(store: Database) -> None:
    with child("hold", store) as process:
        assert line(process) == "inside"
        process.kill()
        process.wait()
    runs = SqlRuns(store)
    assert runs.recent(10) == []
    assert runs.add_or_join(a_wish("half"))[1] is False


def test_a_wait_for_another_process_is_bounded_and_told(store: Database) -> None:
    with child("hold", store) as process:
        assert line(process) == "inside"
        began = time.monotonic()
        with pytest.raises(StoreUnavailable):
            SqlRuns(store.patient(0.3)).add_or_join(a_wish())
        assert 0.2 < time.monotonic() - began < 5
        assert SqlRuns(store).recent(10) == []  # readers never wait for a writer


def test_patient_work_outlasts_another_process(store: Database) -> None:
    with child("hold", store) as process:
        assert line(process) == "inside"
        tell(process, "go on")
        assert SqlRuns(store.patient()).add_or_join(a_wish())[1] is True


def test_a_wait_for_another_thread_is_bounded_and_told(store: Database) -> None:
    hasty = store.patient(0.05)
    with store.write(), pytest.raises(StoreUnavailable), hasty.write():
        raise AssertionError("two writers at once")


def test_wishes_of_several_processes_at_once_make_one_run(store: Database) -> None:
    with ExitStack() as stack:
        processes = [stack.enter_context(child("ask", store)) for _ in range(3)]
        assert [line(process) for process in processes] == ["ready"] * 3
        for number, process in enumerate(processes):
            tell(process, f"r{number}")
        answers = [line(process).split() for process in processes]
    assert len({run_id for run_id, _ in answers}) == 1
    assert sorted(joined for _, joined in answers) == ["False", "True", "True"]


def test_a_failed_transaction_changes_nothing(store: Database) -> None:
    runs = SqlRuns(store)
    run, _ = runs.add_or_join(a_wish())
    with pytest.raises(ZeroDivisionError), store.write() as connection:
        connection.execute(sa.update(schema.runs).values(node="hv-09"))
        raise ZeroDivisionError
    assert runs.get(run.id) == run


def test_what_belongs_to_no_run_is_refused(store: Database) -> None:
    with pytest.raises(sa.exc.IntegrityError):
        SqlRuns(store).save_note("nobody", "key", "text")


@pytest.mark.parametrize("content", [b"", b"this is no database, only text in its place " * 200])
def test_a_damaged_or_empty_store_is_unavailable(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "store.db").write_bytes(content)
    database = Database(open_engine(tmp_path / "store.db"))
    with pytest.raises(StoreUnavailable):
        SqlRuns(database).live()
    database.close()


def test_a_store_in_a_folder_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    database = Database(open_engine(tmp_path / "nowhere" / "store.db"))
    for call in (SqlRuns(database).live, lambda: SqlOutbox(database).lag(datetime.now(UTC))):
        with pytest.raises(StoreUnavailable):
            call()


def test_opening_touches_nothing(tmp_path: Path) -> None:
    open_engine(tmp_path / "store.db")
    open_engine("postgresql://bot@127.0.0.1:1/bot")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("/var/lib/bot/store.db", "sqlite:////var/lib/bot/store.db"),
        ("sqlite:///store.db", "sqlite:///store.db"),
        ("postgres://bot@db/bot", "postgresql+psycopg://bot@db/bot"),
        ("postgresql://bot@db/bot", "postgresql+psycopg://bot@db/bot"),
    ],
)
def test_a_path_or_url_names_the_database(given: str, url: str) -> None:
    assert str(to_url(given)) == url


def test_sqlite_writes_ahead_and_reaches_the_disk(store: Database) -> None:
    with store.read() as connection:
        values = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert values == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_times_are_kept_in_utc_and_sort_as_text() -> None:
    berlin = datetime(2026, 11, 23, 7, 0, 0, 5, tzinfo=timezone(timedelta(hours=1)))
    assert to_text(berlin) == "2026-11-23T06:00:00.000005Z"
    assert from_text(to_text(berlin)) == berlin
    assert to_text(at(0)) < to_text(at(0.000001)) < to_text(at(1))
    with pytest.raises(ValueError, match="without a zone"):
        to_text(datetime(2026, 11, 23))


def test_each_attempt_keeps_its_node_and_its_end(store: Database) -> None:
    runs = SqlRuns(store, now=lambda: at(10))
    run, _ = runs.add_or_join(a_wish())
    runs.change(run.id, Stage.QUEUED, stage=Stage.CHECKING)
    runs.change(run.id, Stage.CHECKING, stage=Stage.CREATING, node="hv-01")
    runs.change(run.id, Stage.CREATING, attempt=2, node="hv-02")
    runs.change(run.id, Stage.CREATING, stage=Stage.FAILED, ended_at=at(99))
    columns = sa.select(*(schema.attempts.c[name] for name in ("n", "request_id", "node", "stage", "ended")))
    with store.read() as connection:
        kept = [tuple(row) for row in connection.execute(columns.order_by(schema.attempts.c.n))]
    assert kept == [
        (1, f"{run.id}-a1", "hv-01", "creating", at(10)),
        (2, f"{run.id}-a2", "hv-02", "failed", at(99)),
    ]
