"""The engine's lock: two processes under one executor id would run the same steps twice."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from zlib import crc32

import sqlalchemy as sa

_SEATS = 1448301652  # the space of the seats' advisory locks on PostgreSQL


class EngineBusy(Exception):
    """Another process runs the engine on the same database."""

    def __init__(self, place: str, pid: int | None) -> None:
        who = f"process {pid}" if pid else "another process"
        super().__init__(f"The engine of {place} is already run by {who}; stop that one first.")
        self.place = place
        self.pid = pid


class FileLock:
    """A lock of the operating system on a file: it is gone when its process is, however that ended."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle: int | None = None

    def acquire(self) -> None:
        """Take the lock and leave our process id in the file. Raises EngineBusy."""
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as err:
            pid = _pid(os.read(handle, 32))
            os.close(handle)
            raise EngineBusy(str(self.path), pid) from err
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0)
        self._handle = handle

    def release(self) -> None:
        """Give the lock back; the file stays, because removing it would let two hold a lock."""
        if self._handle is not None:
            os.ftruncate(self._handle, 0)
            os.close(self._handle)
            self._handle = None


def _pid(text: bytes) -> int | None:
    return int(text) if text.strip().isdigit() else None


class SeatLock:
    """The same on PostgreSQL: a session's advisory lock. It is taken at the start and not watched afterwards."""

    def __init__(self, url: sa.URL, seat: str) -> None:
        self._place = url.render_as_string(hide_password=True)
        self._url = url
        self._key = crc32(seat.encode()) - 2**31
        self._session: sa.Connection | None = None

    def acquire(self) -> None:
        """Take the seat. Raises EngineBusy."""
        session = sa.create_engine(self._url, poolclass=sa.NullPool).connect()
        taken = session.exec_driver_sql(f"SELECT pg_try_advisory_lock({_SEATS}, {self._key})").scalar()
        session.commit()  # the lock is the session's, not the transaction's
        if not taken:
            session.close()
            raise EngineBusy(self._place, None)
        self._session = session

    def release(self) -> None:
        """Give the seat back."""
        if self._session is not None:
            self._session.close()
            self._session = None
