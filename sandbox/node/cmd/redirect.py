"""Opening what redirections name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.node import paths
from sandbox.node.cmd.handles import Content, FileSink, Handles
from sandbox.node.cmd.tree import Redirection
from sandbox.node.streams import Nothing

if TYPE_CHECKING:
    from sandbox.node.cmd.shell import Shell


class Opened:
    """The files that one command's redirections opened; `close` releases them."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._sinks: list[FileSink] = []

    def apply(self, redirections: tuple[Redirection, ...]) -> Handles:
        """Return the shell's handles with the redirections made, left to right. Raises FileError."""
        handles = self._shell.handles
        for index, redirection in enumerate(redirections):
            if any(later.handle == redirection.handle for later in redirections[index + 1 :]):
                continue  # of several for one handle only the last counts; the others open nothing (observed)
            handles = self._one(handles, redirection)
        return handles

    def _one(self, handles: Handles, redirection: Redirection) -> Handles:
        shell = self._shell
        if redirection.kind in {">&", "<&"}:
            if redirection.kind == "<&" and redirection.handle == 0:
                return handles
            sink = handles.output(int(redirection.target))
            return handles if sink is None else handles.with_output(redirection.handle, sink)
        target = shell.late(redirection.target).replace('"', "")
        if redirection.kind == "<":
            if paths.is_device(target) or paths.is_device(target, "con"):
                return handles.with_input(Nothing())
            return handles.with_input(Content(shell.files.read(shell.full(target), shell.user)))
        if paths.is_device(target):
            return handles.with_output(redirection.handle, Nothing())
        if paths.is_device(target, "con"):
            return handles
        opened = shell.files.open_write(shell.full(target), shell.user, append=redirection.kind == ">>")
        sink_file = FileSink(opened)
        self._sinks.append(sink_file)
        return handles.with_output(redirection.handle, sink_file)

    def close(self) -> None:
        """Release every file that was opened."""
        for sink in self._sinks:
            sink.close()
