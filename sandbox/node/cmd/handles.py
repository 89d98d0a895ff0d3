"""The standard handles of a running command and what redirections make of them."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from sandbox.node.files import WriteHandle
from sandbox.node.streams import Sink, Source


@dataclass(frozen=True)
class Handles:
    """stdin, stdout and stderr; redirections make a changed copy."""

    stdin: Source
    stdout: Sink
    stderr: Sink

    def output(self, handle: int) -> Sink | None:
        """Return the sink of handle 1 or 2."""
        return {1: self.stdout, 2: self.stderr}.get(handle)

    def with_output(self, handle: int, sink: Sink) -> Handles:
        """Return a copy whose handle 1 or 2 is `sink`; other handles change nothing."""
        if handle == 1:
            return Handles(self.stdin, sink, self.stderr)
        if handle == 2:
            return Handles(self.stdin, self.stdout, sink)
        return self

    def with_input(self, source: Source) -> Handles:
        """Return a copy that reads from `source`."""
        return Handles(source, self.stdout, self.stderr)


class FileSink:
    """A sink that writes into a locked file until it is closed."""

    def __init__(self, handle: WriteHandle) -> None:
        self._handle = handle

    def write(self, chunk: bytes) -> None:
        """Append to the file. Raises FileError when the disk is full."""
        self._handle.write(chunk)

    def close(self) -> None:
        """Release the file."""
        self._handle.close()


class Content:
    """A source over a file's content; several readers of one redirection go on where the last one stopped."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._index = 0
        self._lock = threading.Lock()

    def read_all(self, stop: threading.Event) -> bytes:  # noqa: ARG002 - a Source
        """Return the rest."""
        with self._lock:
            rest, self._index = self._content[self._index :], len(self._content)
            return rest

    def read_line(self, stop: threading.Event) -> bytes:  # noqa: ARG002 - a Source
        """Return the next line with its line end."""
        with self._lock:
            end = self._content.find(b"\n", self._index) + 1 or len(self._content)
            line, self._index = self._content[self._index : end], end
            return line
