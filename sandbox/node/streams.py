"""Standard handles: where a process's output goes and where its input comes from."""

from __future__ import annotations

import threading
from typing import Protocol

CHUNK = 32768  # no single piece of output is longer, so that a reader may pass each one on


class Sink(Protocol):
    """The writing end of a standard handle."""

    def write(self, chunk: bytes) -> None:
        """Take a chunk of output."""


class Source(Protocol):
    """The reading end of a standard handle."""

    def read_all(self, stop: threading.Event) -> bytes:
        """Return everything up to the end of input; b"" early when `stop` is set."""

    def read_line(self, stop: threading.Event) -> bytes:
        """Return one line with its line end; b"" at the end of input or when `stop` is set."""


class Nothing:
    """The NUL device: takes everything, holds nothing."""

    def write(self, chunk: bytes) -> None:
        """Drop the chunk."""

    def read_all(self, stop: threading.Event) -> bytes:  # noqa: ARG002 - a Source
        """Return the end of input."""
        return b""

    def read_line(self, stop: threading.Event) -> bytes:  # noqa: ARG002 - a Source
        """Return the end of input."""
        return b""


class Keyboard:
    """The input of a console that nobody sits at: a program that reads from it waits for ever."""

    def read_all(self, stop: threading.Event) -> bytes:
        """Wait until the process is killed."""
        stop.wait()
        return b""

    def read_line(self, stop: threading.Event) -> bytes:
        """Wait until the process is killed."""
        stop.wait()
        return b""


class Captured:
    """A sink that keeps what it takes."""

    def __init__(self) -> None:
        self._chunks: list[bytes] = []

    def write(self, chunk: bytes) -> None:
        """Keep the chunk."""
        self._chunks.append(chunk)

    def getvalue(self) -> bytes:
        """Return everything taken so far."""
        return b"".join(self._chunks)


class Pipe:
    """A byte pipe: one side writes, the other reads lines or everything."""

    def __init__(self, content: bytes | None = None) -> None:
        self._changed = threading.Condition()
        self._content = bytearray(content or b"")
        self._ended = content is not None

    def write(self, chunk: bytes) -> None:
        """Append a chunk; nobody minds when the reader is gone."""
        with self._changed:
            self._content += chunk
            self._changed.notify_all()

    def end(self) -> None:
        """Close the writing side."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def wake(self) -> None:
        """Let a reader look at its stop event."""
        with self._changed:
            self._changed.notify_all()

    def read_all(self, stop: threading.Event) -> bytes:
        """Return everything up to the end of input; b"" early when `stop` is set."""
        with self._changed:
            while not self._ended and not stop.is_set():
                self._changed.wait(0.2)
            content = bytes(self._content) if self._ended else b""
            self._content.clear()
            return content

    def read_line(self, stop: threading.Event) -> bytes:
        """Return one line with its line end; b"" at the end of input or when `stop` is set."""
        with self._changed:
            while b"\n" not in self._content and not self._ended and not stop.is_set():
                self._changed.wait(0.2)
            if stop.is_set():
                return b""
            end = self._content.find(b"\n") + 1 or len(self._content)
            line = bytes(self._content[:end])
            del self._content[:end]
            return line


class OutputQueue:
    """Collects the chunks of both output streams in the order they were written."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._chunks: list[tuple[str, bytes]] = []
        self._ended = False

    def sink(self, stream: str) -> Sink:
        """Return the sink of "stdout" or "stderr"."""
        return _Tagged(self, stream)

    def put(self, stream: str, chunk: bytes) -> None:
        """Append a chunk of a stream."""
        with self._changed:
            self._chunks.append((stream, chunk))
            self._changed.notify_all()

    def end(self) -> None:
        """Wake a reader because nothing more comes."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    @property
    def is_drained(self) -> bool:
        """Whether the end was reached and everything was read."""
        with self._changed:
            return self._ended and not self._chunks

    def read(self, timeout_s: float) -> list[tuple[str, bytes]]:
        """Return what waits, blocking up to `timeout_s` for the first chunk; [] for nothing yet or the end."""
        with self._changed:
            if not self._chunks and not self._ended:
                self._changed.wait_for(lambda: bool(self._chunks) or self._ended, max(timeout_s, 0.0))
            found, self._chunks = self._chunks, []
            return found


class _Tagged:
    def __init__(self, chunks: OutputQueue, stream: str) -> None:
        self._chunks = chunks
        self._stream = stream

    def write(self, chunk: bytes) -> None:
        for start in range(0, len(chunk), CHUNK):
            self._chunks.put(self._stream, chunk[start : start + CHUNK])
