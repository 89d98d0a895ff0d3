"""What a parsed line is made of."""

from __future__ import annotations

from dataclasses import dataclass

DELIMITERS = " \t,;=\x0b\x0c\xa0"


class SyntaxProblem(Exception):
    """A line cannot be parsed; the text is what cmd.exe prints."""


@dataclass(frozen=True)
class Redirection:
    """One redirection: `kind` is ">", ">>", "<", ">&" or "<&"."""

    handle: int
    kind: str
    target: str


@dataclass(frozen=True)
class Simple:
    """A command with its arguments as one text, carets already taken out."""

    text: str
    redirections: tuple[Redirection, ...] = ()


@dataclass(frozen=True)
class Comment:
    """A REM or a label: nothing to execute, `text` is for the echo."""

    text: str


@dataclass(frozen=True)
class Block:
    """A parenthesised block, or a command with redirections of its own."""

    body: Command
    redirections: tuple[Redirection, ...] = ()


@dataclass(frozen=True)
class Chain:
    """Two commands joined by "&", "&&", "||" or "|"."""

    operator: str
    left: Command
    right: Command


@dataclass(frozen=True)
class If:
    """IF with its condition as the words after the switches; `operator` is "==", "equ", "exist" and so on."""

    negate: bool
    ignore_case: bool
    operator: str
    left: str
    right: str
    then: Command
    otherwise: Command | None


@dataclass(frozen=True)
class For:
    """FOR: `switch` is "", "d", "r", "l" or "f"; `option` the text behind it; `items` the text in brackets."""

    switch: str
    option: str
    variable: str
    items: str
    body: Command


@dataclass(frozen=True)
class Quiet:
    """A command after "@": not echoed."""

    body: Command


Command = Simple | Comment | Block | Chain | If | For | Quiet
