"""The engine on DBOS 3.4, with the guards that its behaviour under crashes calls for."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from dbos import DBOS, DBOSConfig, SetEnqueueOptions, SetWorkflowID
from dbos import DBOSPortableJSONSerializer as PortableJson
from sqlalchemy import event

from bot.ports import Steps, Stopped
from integrations.engine.lock import EngineBusy, FileLock, SeatLock
from integrations.engine.steps import DbosSteps
from integrations.store.connection import sqlite_module, to_url, translated

__all__ = ["DbosEngine", "EngineBusy"]

log = logging.getLogger(__name__)

WORKFLOW = "vss_backup"  # never renamed: an unknown name would block its cluster for good
QUEUE = "backups"
EXECUTOR = "bot-0"  # a start recovers the runs of this id, so it must stay the same
VERSION = "1"  # constant: runs of another version are not recovered and block their cluster
MOST_STARTS = 100  # of one run, so that a run that kills the process does not do so for ever
POLL_S = 0.25
CLOSE_S = 3.0

RunBody = Callable[[str, Steps], None]

_ONE_PER_PROCESS = threading.Lock()  # DBOS is one per process; a second one would be the first in disguise


class DbosEngine:
    """Implements ports.Engine. `run_body` gets a run's id and its steps; what it raises ends the workflow in error."""

    def __init__(self, url_or_path: str | Path, run_body: RunBody, *, most_at_once: int = 400) -> None:
        self._url = to_url(url_or_path)
        self._run_body = run_body
        self._most_at_once = most_at_once
        self._started = False
        self._stop = threading.Event()
        self._active: set[str] = set()
        self._changed = threading.Condition()
        self._workflow: Callable[[str], None] | None = None
        self._database: sa.Engine | None = None
        self._is_sqlite = self._url.get_backend_name() == "sqlite"
        self.lock = (
            FileLock(Path(f"{self._url.database}.lock")) if self._is_sqlite else SeatLock(self._url, EXECUTOR)
        )

    def start(self) -> None:
        """Take the lock, recover what was running, and work. Raises EngineBusy, StoreUnavailable."""
        if not _ONE_PER_PROCESS.acquire(blocking=False):
            raise RuntimeError("an engine runs in this process already")
        self._started = True
        try:
            with translated():
                self.lock.acquire()
                self._launch()
        except BaseException:
            self._shut_down()
            raise

    def submit(self, run_id: str, cluster: str) -> None:
        """Queue a run behind the others of its cluster; idempotent. While stopping it does nothing: the next start submits every live run again."""
        if not run_id or not cluster:
            raise ValueError("a run without an id or a cluster would wait for ever")
        if self._stop.is_set():
            return
        if self._workflow is None:
            raise RuntimeError("the engine was not started")
        with translated(), SetWorkflowID(run_id), SetEnqueueOptions(queue_partition_key=cluster):
            DBOS.enqueue_workflow(QUEUE, self._workflow, run_id)

    def stop(self, timeout_s: float = 6.0) -> bool:
        """Start nothing new, let running steps leave, and close within 3 s more; True when all have left.

        When it is False, the caller must end the process with os._exit: their threads cannot be ended
        otherwise. The lock is kept until then, and the runs go on at the next start.
        """
        self._stop.set()
        if not self._started:
            return True
        with self._changed:
            empty = self._changed.wait_for(lambda: not self._active, timeout_s)
        # DBOS waits up to 10 s for each thread of its own, which may hang on a database that is gone.
        closing = threading.Thread(target=self._shut_down, kwargs={"keep_lock": not empty}, daemon=True)
        closing.start()
        closing.join(CLOSE_S)
        return empty and not closing.is_alive()

    def running(self) -> list[str]:
        """Return the ids of the runs whose body runs in this process now."""
        with self._changed:
            return sorted(self._active)

    def abandoned(self) -> list[str]:
        """Return the runs that DBOS will not run again though their body did not end: it raised, or the process died in it too often."""
        with translated():
            found = DBOS.list_workflows(
                status=["ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"], load_input=False, load_output=False
            )
        return [workflow.workflow_id for workflow in found]

    def _launch(self) -> None:
        # With a handler of ours DBOS adds none of its own and its lines reach the bot's log.
        logging.getLogger("dbos").addHandler(logging.NullHandler())
        DBOS(config=self._config())

        def workflow(run_id: str) -> None:
            self._body(run_id)

        self._workflow = DBOS.workflow(name=WORKFLOW, max_recovery_attempts=MOST_STARTS)(workflow)
        DBOS.launch()
        # Without the global limit two runs of a cluster can overlap (measured on PostgreSQL).
        DBOS.register_queue(
            QUEUE,
            partition_concurrency=1,
            global_concurrency=self._most_at_once,
            polling_interval_sec=POLL_S,
            on_conflict="always_update",
        )

    def _config(self) -> DBOSConfig:
        config: DBOSConfig = {
            "name": "vssbot",
            "system_database_url": self._url.render_as_string(hide_password=False),
            "executor_id": EXECUTOR,
            "application_version": VERSION,
            "log_level": "WARNING",
            "serializer": PortableJson(),
            "enable_otlp": False,
            "notification_listener_polling_interval_sec": 0.2,  # the default, 1 s, delays every stop by as much
        }
        if self._is_sqlite:
            self._database = _sqlite_engine(self._url)
            config["system_database_engine"] = self._database
        return config

    def _body(self, run_id: str) -> None:
        with self._counted(run_id):
            try:
                self._run_body(run_id, DbosSteps(self._stop))
            except Exception:
                log.exception("run %s ended in an error of the program", run_id, extra={"run_id": run_id})
                raise

    @contextmanager
    def _counted(self, run_id: str) -> Iterator[None]:
        with self._changed:
            if self._stop.is_set():
                raise Stopped
            self._active.add(run_id)
        try:
            yield
        finally:
            with self._changed:
                self._active.discard(run_id)
                self._changed.notify_all()

    def _shut_down(self, *, keep_lock: bool = False) -> None:
        self._workflow = None
        DBOS.destroy(destroy_registry=True)
        if self._database is not None:
            self._database.dispose()
        if not keep_lock:
            self._started = False
            self.lock.release()
            _ONE_PER_PROCESS.release()


def _sqlite_engine(url: sa.URL) -> sa.Engine:
    engine = sa.create_engine(url, module=sqlite_module(), pool_size=20, max_overflow=0)

    def prepare(connection: Any, _record: object) -> None:
        # As DBOS sets up its own connections, plus WAL, which it does not (four times the runs a second).
        connection.isolation_level = "IMMEDIATE"
        connection.execute("PRAGMA busy_timeout=30000")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA journal_mode=WAL")

    event.listen(engine, "connect", prepare)
    return engine
