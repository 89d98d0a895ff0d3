"""FOR /F: lines of files, of a command's output or of a string, cut into tokens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.node.cmd import programs
from sandbox.node.cmd.batch import split_words
from sandbox.node.cmd.tree import SyntaxProblem
from sandbox.node.codepages import decode
from sandbox.node.errors import FileError
from sandbox.node.streams import Captured

if TYPE_CHECKING:
    from sandbox.node.cmd.shell import Shell


@dataclass
class Options:
    """The option string taken apart; `tokens` are numbers from 1, `rest` the token that takes what is left."""

    eol: str = ";"
    skip: int = 0
    delims: str = " \t"
    tokens: tuple[int, ...] = (1,)
    rest: bool = False
    usebackq: bool = False


def parse_options(text: str) -> Options:
    """Parse eol=, skip=, delims=, tokens= and usebackq. Raises SyntaxProblem for anything else."""
    options = Options()
    if text.startswith('"'):
        text = text[1:].removesuffix('"')
    index = 0
    while index < len(text):
        rest = text[index:]
        lowered = rest.lower()
        if rest[0] in " \t":
            index += 1
        elif lowered.startswith("usebackq"):
            options.usebackq = True
            index += 8
        elif lowered.startswith("eol="):
            options.eol = rest[4:5]
            index += 5
        elif lowered.startswith("delims="):
            options.delims = _delims(rest[7:])
            index += 7 + len(options.delims)
        elif lowered.startswith(("skip=", "tokens=")):
            name, _, value = rest.partition("=")
            value = value.split(" ", 1)[0]
            _set_number(options, name.lower(), value)
            index += len(name) + 1 + len(value)
        else:
            raise SyntaxProblem(f'{rest.split(" ", 1)[0]}" was unexpected at this time.')
    return options


def _delims(text: str) -> str:
    # A blank ends the list unless it is the very last character of the option string (observed).
    for index, char in enumerate(text):
        if char == " " and index < len(text) - 1:
            return text[:index]
    return text


def _set_number(options: Options, name: str, value: str) -> None:
    if name == "skip":
        if not value.isdigit():
            raise SyntaxProblem(f'{value}" was unexpected at this time.')
        options.skip = int(value)
        return
    found: set[int] = set()
    options.rest = value.endswith("*")
    for part in value.removesuffix("*").split(","):
        first, dash, last = part.partition("-")
        if first.isdigit() and (not dash or last.isdigit()):
            found.update(range(int(first), int(last if dash else first) + 1))
    options.tokens = tuple(sorted(found))


def lines_of(shell: Shell, option: str, items: str, variable: str) -> Iterator[dict[str, str]]:
    """Yield the values of the variables for every line that counts."""
    options = parse_options(option)
    for content in _contents(shell, items.strip(" \t,;="), options):
        for line in content.replace("\r\n", "\n").split("\n")[options.skip :]:
            tokens = cut(line, options)
            if tokens is not None:
                yield {chr(ord(variable) + index): token for index, token in enumerate(tokens)}


def cut(line: str, options: Options) -> list[str] | None:
    """Return the wanted tokens; None for an empty line, a comment line, or one without the first token."""
    line = line.lstrip(options.delims) if options.delims else line
    if not line or (options.eol and line.startswith(options.eol)):
        return None
    found: list[str] = []
    rest = line
    number = 0
    wanted = max(options.tokens, default=0)
    tokens: dict[int, str] = {}
    while rest and number < wanted:
        number += 1
        end = next((i for i, char in enumerate(rest) if char in options.delims), len(rest))
        tokens[number] = rest[:end]
        rest = rest[end:].lstrip(options.delims) if options.delims else rest[end:]
    found = [tokens.get(number, "") for number in options.tokens]
    if options.rest:
        found.append(rest)
    if options.tokens and options.tokens[0] not in tokens:
        return None
    return found


def _contents(shell: Shell, items: str, options: Options) -> Iterator[str]:
    command_quote, string_quote = ("`", "'") if options.usebackq else ("'", '"')
    if len(items) > 1 and items[0] == items[-1] == command_quote:
        captured = Captured()
        programs.capture(shell, items[1:-1], captured)
        yield decode(captured.getvalue(), shell.process.codepage)
    elif len(items) > 1 and items[0] == items[-1] == string_quote:
        yield items[1:-1]
    else:
        for word in split_words(items):
            yield _file(shell, word)


def _file(shell: Shell, word: str) -> str:
    name = word.replace('"', "")
    try:
        return decode(shell.files.read(shell.full(name), shell.user), shell.process.codepage)
    except FileError as err:
        if err.code == 2:
            raise MissingFile(name) from err
        raise


class MissingFile(FileError):
    """FOR /F names the file that it cannot find."""

    def __init__(self, name: str) -> None:
        super().__init__(2, name)

    @property
    def text(self) -> str:
        """Return FOR's own wording."""
        return f"The system cannot find the file {self.path}."
