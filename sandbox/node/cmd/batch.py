"""A running batch file: read line by line from where it stands, so that changes to the file are seen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sandbox.node.cmd.tree import DELIMITERS
from sandbox.node.codepages import decode
from sandbox.node.environment import EnvBlock

if TYPE_CHECKING:
    from sandbox.node.cmd.shell import Shell

LABEL_ENDS = " \t:+,;=<>&|\n\r\x0b\x0c\xa0"


@dataclass
class Saved:
    """What SETLOCAL keeps for ENDLOCAL."""

    env: EnvBlock
    cwd: str
    delayed: bool
    extensions: bool


@dataclass
class Batch:
    """One call level: a batch file, or a subroutine of one; `words[0]` is the name as it was typed."""

    path: str
    words: list[str]
    tail: str
    position: int = 0
    ended: bool = False
    saved: list[Saved] = field(default_factory=list)

    def next_line(self, shell: Shell) -> str | None:
        """Return the next line ending in a line feed, None at the end. Raises FileError when the file is gone."""
        if self.ended:
            return None
        content = shell.files.read(self.path, shell.user)
        if self.position >= len(content):
            return None
        end = content.find(b"\n", self.position) + 1 or len(content)
        raw = content[self.position : end]
        self.position = end
        return decode(raw, shell.process.codepage).rstrip("\r\n") + "\n"

    def find_label(self, shell: Shell, label: str) -> int | None:
        """Return the position behind the line of a label, searching from here to the end, then from the start."""
        content = shell.files.read(self.path, shell.user)
        for start, stop in ((self.position, len(content)), (0, self.position)):
            index = start
            while index < stop:
                end = content.find(b"\n", index) + 1 or len(content)
                line = decode(content[index:end], shell.process.codepage).lstrip(DELIMITERS)
                if line.startswith(":") and label_name(line[1:]).lower() == label.lower():
                    return end
                index = end
        return None

    def shift(self, start: int) -> None:
        """Move the arguments from `start` on one place down."""
        if len(self.words) > start:
            del self.words[start]


def label_name(text: str) -> str:
    """Return the label at the start of a text, up to a delimiter, colon or plus sign."""
    text = text.lstrip(DELIMITERS)
    for index, char in enumerate(text):
        if char in LABEL_ENDS:
            return text[:index]
    return text


def split_words(tail: str) -> list[str]:
    """Split a batch file's arguments: blanks, commas, semicolons and equal signs divide, quotes hold together."""
    words: list[str] = []
    current = ""
    quoted = False
    for char in tail:
        if char == '"':
            quoted = not quoted
        if char in DELIMITERS and not quoted:
            if current:
                words.append(current)
            current = ""
        else:
            current += char
    if current:
        words.append(current)
    return words
