"""The output of a command: one reader at a time, and what nobody has collected yet."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from sandbox.wsman import soap_faults
from sandbox.wsman.computer import RemoteProcess

Chunk = tuple[str, bytes]

# A process may close its output a moment before its exit code is set.
_EXIT_CODE_WAIT_S = 0.01
# What the Stream element around a chunk takes in an envelope, as bytes of output before base64.
_ELEMENT_BYTES = 100


@dataclass(frozen=True)
class Collected:
    """What one Receive carries away; `exit_code` is None while the command runs."""

    chunks: list[Chunk]
    exit_code: int | None


@dataclass(eq=False)
class Claim:
    """One Receive that waits for output; `alive` tells whether its client is still connected."""

    alive: Callable[[], bool]


class Output:
    """Collects a process's output for one Receive at a time.

    A Receive whose client has gone is displaced by the next one, and nothing that arrives after that is
    lost with it; a Receive whose client is there keeps its place (MS-WSMV 3.1.4.14).
    """

    def __init__(self, process: RemoteProcess, linger_s: float) -> None:
        self._process = process
        self._linger_s = linger_s
        self._changed = threading.Condition()
        self._chunks: deque[Chunk] = deque()
        self._exit_code: int | None = None
        self._claim: Claim | None = None
        self._reading = False
        self._dropped = False

    def collect(self, claim: Claim, timeout_s: float, max_bytes: int) -> Collected | None:
        """Return the next output, at most `max_bytes`, or the end, or None when `timeout_s` passes.

        Raises WsmanFault.
        """
        deadline = time.monotonic() + timeout_s
        with self._changed:
            if self._claim is not None and self._claim.alive():
                raise soap_faults.in_use()
            self._claim = claim
            self._changed.notify_all()
        try:
            return self._wait(claim, deadline, max_bytes)
        finally:
            with self._changed:
                if self._claim is claim:
                    self._claim = None

    def drop(self) -> None:
        """Let the waiting Receive leave: the command or its shell is gone."""
        with self._changed:
            self._dropped = True
            self._changed.notify_all()

    def _wait(self, claim: Claim, deadline: float, max_bytes: int) -> Collected | None:
        while True:
            with self._changed:
                if self._dropped or self._claim is not claim:
                    raise soap_faults.aborted()
                if self._chunks or self._exit_code is not None:
                    return self._take(max_bytes)
                remaining_s = deadline - time.monotonic()
                if remaining_s <= 0:
                    return None
                if self._reading:
                    self._changed.wait(remaining_s)
                    continue
                self._reading = True
            self._read(remaining_s)

    def _take(self, max_bytes: int) -> Collected:
        taken: list[Chunk] = []
        room = max_bytes
        while self._chunks and room > 0:
            stream, data = self._chunks.popleft()
            taken.append((stream, data[:room]))
            if len(data) > room:
                self._chunks.appendleft((stream, data[room:]))
            room -= len(data) + _ELEMENT_BYTES
        return Collected(taken, None if self._chunks else self._exit_code)

    def _read(self, timeout_s: float) -> None:
        chunks: list[Chunk] = []
        ended: int | None = None
        try:
            chunks, ended = self._read_process(timeout_s)
        finally:
            with self._changed:
                self._reading = False
                self._chunks += chunks
                self._exit_code = ended
                self._changed.notify_all()

    def _read_process(self, timeout_s: float) -> tuple[list[Chunk], int | None]:
        # The exit code is read first: all that was written before the end is then seen by the reads after.
        exit_code = self._process.exit_code
        chunks = self._process.read_output(timeout_s if exit_code is None else 0)
        if exit_code is None and chunks:
            exit_code, more = self._linger()
            chunks += more
        elif exit_code is None:
            self._await_exit_code(timeout_s)
        if exit_code is None:
            return chunks, None
        return chunks + self._drain(), exit_code

    def _linger(self) -> tuple[int | None, list[Chunk]]:
        more = self._process.read_output(self._linger_s)
        return self._process.exit_code, more

    def _drain(self) -> list[Chunk]:
        rest: list[Chunk] = []
        while chunks := self._process.read_output(0):
            rest += chunks
        return rest

    def _await_exit_code(self, timeout_s: float) -> None:
        with self._changed:
            if self._process.exit_code is None and not self._dropped:
                self._changed.wait(min(timeout_s, _EXIT_CODE_WAIT_S))
