"""Opens the store's database and gives short read and write transactions with a bounded wait."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any
from zlib import crc32

import sqlalchemy as sa
from sqlalchemy import event, exc

from bot.ports import StoreUnavailable
from integrations.store.gate import Gate

COMMAND_WAIT_S = 1.2
"""How long a command waits for the store, so that its refusal can still be told within 1.5 s."""

PATIENT_WAIT_S = 15.0
"""How long work in the background waits for the store."""

_WRITE = "vssbot_write"
_LOCKS = 1448301651  # the space of our PostgreSQL advisory locks
_NOT_OUR_BUSINESS = (exc.IntegrityError, exc.ProgrammingError, exc.DataError)


def sqlite_module() -> ModuleType:
    """Return Python's sqlite3, or sqlean's newer SQLite where Python's is older than 3.42 (DBOS needs that)."""
    if sqlite3.sqlite_version_info >= (3, 42):
        return sqlite3
    import sqlean.dbapi2

    module: ModuleType = sqlean.dbapi2
    return module


def to_url(url_or_path: str | Path) -> sa.URL:
    """Return the database's URL; a bare path means SQLite, PostgreSQL always goes through psycopg 3."""
    text = str(url_or_path)
    if "://" not in text:
        return sa.URL.create("sqlite", database=text)
    url = sa.make_url(text)
    return url.set(drivername="postgresql+psycopg") if url.drivername in {"postgres", "postgresql"} else url


def open_engine(url_or_path: str | Path | sa.URL, *, wait_s: float = COMMAND_WAIT_S) -> sa.Engine:
    """Return an engine for a SQLite file or a PostgreSQL URL; it connects at first use."""
    url = url_or_path if isinstance(url_or_path, sa.URL) else to_url(url_or_path)
    pool: dict[str, Any] = {"pool_size": 10, "max_overflow": 10, "pool_timeout": wait_s}
    if url.get_backend_name() != "sqlite":
        arguments: dict[str, Any] = {"connect_timeout": 3}
        return sa.create_engine(url, pool_pre_ping=True, connect_args=arguments, **pool)
    engine = sa.create_engine(url, module=sqlite_module(), **pool)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, see _begin_sqlite
    connection.execute(f"PRAGMA busy_timeout={int(COMMAND_WAIT_S * 1000)}")
    connection.execute("PRAGMA journal_mode=WAL")
    # The intent to ask a node must survive a power cut, so every commit reaches the disk.
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")


def _begin_sqlite(connection: sa.Connection) -> None:
    # A transaction that reads first and then writes fails at once (SQLITE_BUSY_SNAPSHOT) when another
    # one wrote meanwhile; one that will write takes the write lock first.
    writes = connection.get_execution_options().get(_WRITE, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


class Database:
    """The store's database. Waiting is bounded by `wait_s`, after that StoreUnavailable is raised.

    Writers of this process queue at one gate, because SQLite's own waiting is unfair and sleeps up to
    100 ms; writers of other processes are waited for by SQLite (busy_timeout) or PostgreSQL.
    """

    def __init__(
        self,
        engine: sa.Engine,
        *,
        wait_s: float = COMMAND_WAIT_S,
        gate: Gate | None = None,
        is_patient: bool = False,
    ) -> None:
        self.engine = engine
        self._wait_s = wait_s
        self._gate = gate or Gate()
        self._is_patient = is_patient
        self._is_sqlite = engine.dialect.name == "sqlite"
        self._others: list[Database] = []

    def patient(self, wait_s: float = PATIENT_WAIT_S) -> Database:
        """Return the same database for work that no person waits for: a longer wait, behind commands at the
        gate, and connections of its own, so that a busy background never keeps a command waiting."""
        engine = open_engine(self.engine.url, wait_s=wait_s)
        other = Database(engine, wait_s=wait_s, gate=self._gate, is_patient=True)
        self._others.append(other)
        return other

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """Give a connection that sees one moment of the store. Raises StoreUnavailable."""
        with translated(), self._transaction(self._wait_s) as connection:
            yield connection

    @contextmanager
    def write(self, *, alone: str = "") -> Iterator[sa.Connection]:
        """Give a connection for one transaction; `alone` names what no other writer may do meanwhile. Raises StoreUnavailable."""
        until = time.monotonic() + self._wait_s
        if self._is_sqlite and not self._gate.enter(self._wait_s, patient=self._is_patient):
            raise StoreUnavailable(f"the store was busy for {self._wait_s:g} s")
        try:
            with translated(), self._transaction(until - time.monotonic(), writes=True) as connection:
                self._keep_others_out(connection, alone)
                yield connection
        finally:
            if self._is_sqlite:
                self._gate.leave()

    def close(self) -> None:
        """Close every connection, those of the patient ones too."""
        for database in (*self._others, self):
            database.engine.dispose()

    @contextmanager
    def _transaction(self, wait_s: float, *, writes: bool = False) -> Iterator[sa.Connection]:
        milliseconds = max(1, int(wait_s * 1000))
        with self.engine.connect() as connection:
            if self._is_sqlite and writes:  # readers wait for nobody
                # Asked of the driver itself: through SQLAlchemy it would begin a transaction.
                _ask(connection, f"PRAGMA busy_timeout={milliseconds}")
            with connection.execution_options(**{_WRITE: writes}).begin():
                if not self._is_sqlite:
                    connection.exec_driver_sql(f"SET LOCAL lock_timeout = {milliseconds}")
                    connection.exec_driver_sql(f"SET LOCAL statement_timeout = {milliseconds}")
                yield connection

    def _keep_others_out(self, connection: sa.Connection, what: str) -> None:
        if what and not self._is_sqlite:  # SQLite has one writer at a time anyway
            key = crc32(what.encode()) - 2**31
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCKS}, {key})")


def _ask(connection: sa.Connection, pragma: str) -> None:
    cursor = connection.connection.cursor()
    cursor.execute(pragma)
    cursor.close()


@contextmanager
def translated() -> Iterator[None]:
    """Turn the database's failures into StoreUnavailable; mistakes of ours (constraints, SQL) stay what they are."""
    try:
        yield
    except exc.DatabaseError as err:
        if isinstance(err, _NOT_OUR_BUSINESS):
            raise
        raise StoreUnavailable(f"the store did not answer: {err.orig}") from err
    except (exc.InterfaceError, exc.TimeoutError) as err:
        raise StoreUnavailable(f"the store did not answer: {err}") from err
