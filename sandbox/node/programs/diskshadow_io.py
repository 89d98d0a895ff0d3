"""How DiskShadow reads script lines and words, and how its output reaches the handle."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from sandbox.node.process import encode
from sandbox.node.programs.diskshadow_text import USAGE
from sandbox.node.windows import windows_of

if TYPE_CHECKING:
    from sandbox.node.process import Call


class BadSyntax(Exception):
    """A line that does not parse; the text is the usage to show."""


class Quit(Exception):
    """The end of the script or of the program."""


class Output:
    """Standard output, which the C runtime may keep to the end of the run, and the log of /l."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._unknowns = windows_of(call.machine).unknowns
        self._kept: list[bytes] = []
        self._written: list[bytes] = []
        self.log_path = ""

    def write(self, text: str) -> None:
        """Print text as it is."""
        shown = text if self._unknowns.indent_with_tabs else _without_tabs(text)
        chunk = encode(shown, self._call.process.codepage)
        self._written.append(chunk)
        if self._unknowns.output_only_at_exit:
            self._kept.append(chunk)
        else:
            self._call.out_bytes(chunk)

    def deliver(self) -> None:
        """Hand over what was kept, and write the log."""
        if self._kept:
            self._call.out_bytes(b"".join(self._kept))
        if self.log_path:
            self._call.machine.files.write(self.log_path, b"".join(self._written), self._call.user)


def split_lines(text: str) -> list[str]:
    """Return a script's lines; a line that ends in LF alone loses its last character (recorded)."""
    lines = text.split("\n")
    last = lines.pop().rstrip("\x1a")
    kept = [line[:-1] for line in lines]  # with CRLF that is the CR
    return [*kept, last] if last else kept


def words_of(text: str) -> list[str]:
    """Return the words of a line, quoted ones without their quotes; raises BadSyntax."""
    reader = shlex.shlex(text, posix=True)
    reader.whitespace_split, reader.commenters, reader.escape, reader.quotes = True, "", "", '"'
    try:
        return list(reader)
    except ValueError:
        raise BadSyntax(USAGE[""]) from None


def rest_of(text: str, words: int, *, keep_quotes: bool = False) -> str:
    """Return what follows the first `words` words of a line."""
    parts = text.split(None, words)
    rest = parts[words] if len(parts) > words else ""
    return rest if keep_quotes else rest.strip('"')


def _without_tabs(text: str) -> str:
    return "\r\n".join(line.expandtabs(8) for line in text.split("\r\n"))
