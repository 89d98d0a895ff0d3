"""The second phase: quotes, carets, operators, redirections, blocks, IF and FOR."""

from __future__ import annotations

from collections.abc import Callable

from sandbox.node.cmd.reader import Reader
from sandbox.node.cmd.tree import (
    DELIMITERS,
    Block,
    Chain,
    Command,
    Comment,
    For,
    If,
    Quiet,
    Redirection,
    Simple,
    SyntaxProblem,
)

UNARY = {"exist", "defined", "errorlevel", "cmdextversion"}
COMPARISONS = {"equ", "neq", "lss", "leq", "gtr", "geq"}


def parse(line: str, more: Callable[[], str | None]) -> Command | None:
    """Parse one line (already percent-expanded); `more` gives the next one for open blocks and carets.

    Returns None for an empty line or a block that the file ends in. Raises SyntaxProblem.
    """
    return _Parser(Reader(line, more)).line()


class _Parser:
    def __init__(self, reader: Reader) -> None:
        self.reader = reader

    def line(self) -> Command | None:
        self.reader.skip(DELIMITERS)
        if self.reader.at_end() or self.reader.peek() in "\n)":
            return None
        command = self.sequence()
        rest = self.reader.peek()
        if not self.reader.at_end() and rest != "\n":
            raise SyntaxProblem(f"{self.reader.word()} was unexpected at this time.")
        return command

    # operators, loosest first

    def sequence(self) -> Command:
        left = self.alternatives()
        while self.reader.peek() == "&" and not self.reader.starts("&&"):
            self.reader.take(1)
            self.reader.skip(DELIMITERS)
            if self.reader.at_end() or self.reader.peek() in "\n)":
                if self.reader.peek() == "\n" and self.reader.depth:
                    self._next_line()
                    if self.reader.peek() == ")":
                        return left
                else:
                    return left
            left = Chain("&", left, self.alternatives())
        return left

    def alternatives(self) -> Command:
        left = self.conjunction()
        while self.reader.starts("||"):
            left = Chain("||", left, self._right_of(2, self.conjunction))
        return left

    def conjunction(self) -> Command:
        left = self.pipeline()
        while self.reader.starts("&&"):
            left = Chain("&&", left, self._right_of(2, self.pipeline))
        return left

    def pipeline(self) -> Command:
        left = self.command()
        if self.reader.peek() == "|" and not self.reader.starts("||"):
            return Chain("|", left, self._right_of(1, self.pipeline))
        return left

    def _right_of(self, width: int, operand: Callable[[], Command]) -> Command:
        self.reader.take(width)
        self.reader.skip(DELIMITERS)
        if self.reader.peek() == "\n" and self.reader.depth:
            self._next_line()
        if self.reader.at_end() or self.reader.peek() == "\n":
            raise SyntaxProblem("The syntax of the command is incorrect.")
        return operand()

    def _next_line(self) -> None:
        while self.reader.peek() == "\n":
            self.reader.take(1)
            self.reader.refill()
            self.reader.skip(DELIMITERS)

    # one command

    def command(self) -> Command:
        self.reader.skip(DELIMITERS)
        if self.reader.peek() == "@":
            self.reader.take(1)
            self.reader.skip(DELIMITERS)
            if self.reader.at_end() or self.reader.peek() == "\n":
                return Comment("")
            return Quiet(self.command())
        before = self._redirections()
        if self.reader.peek() == "(":
            return self._block(before)
        if self.reader.peek() == ":":
            return Comment(self.reader.rest_of_line())
        if self.reader.at_end() or self.reader.peek() in "&|\n)":
            if before:
                return Simple("", tuple(before))
            self._unexpected()
        word = self.reader.command_word()
        lowered = word.lower()
        if lowered == "rem":
            return self._rem()
        if lowered == "if":
            return _around(self._if(), before)
        if lowered == "for":
            return _around(self._for(), before)
        return self._simple(word, before)

    def _unexpected(self) -> None:
        if self.reader.at_end():
            raise SyntaxProblem("The syntax of the command is incorrect.")
        raise SyntaxProblem(f"{self.reader.word()} was unexpected at this time.")

    def _rem(self) -> Command:
        blank = self.reader.skip(DELIMITERS)
        if self.reader.peek() in {"&", "|"}:
            return Comment("rem" + blank)
        return Comment("rem" + blank + self.reader.rest_of_line(carets=False))

    def _simple(self, word: str, before: list[Redirection]) -> Command:
        text = word
        redirections = list(before)
        while True:
            text += self.reader.text()
            if self.reader.peek() not in {"<", ">"}:
                break
            handle = self.reader.handle_before(text)
            if handle is not None:
                text = text[:-1]
            redirections.append(self._redirection(handle))
        return Simple(text, tuple(redirections))

    def _block(self, before: list[Redirection]) -> Command:
        self.reader.take(1)
        self.reader.depth += 1
        body: Command | None = None
        while True:
            self.reader.skip(DELIMITERS)
            if self.reader.peek() == "\n":
                self._next_line()
            if self.reader.at_end():
                raise EndOfFile
            if self.reader.peek() == ")":
                break
            part = self.sequence()
            if not self.reader.at_end() and self.reader.peek() not in "\n)":
                self._unexpected()
            body = part if body is None else Chain("&", body, part)
        if body is None:
            raise SyntaxProblem(") was unexpected at this time.")
        self.reader.take(1)
        self.reader.depth -= 1
        self.reader.skip(DELIMITERS)
        return Block(body, tuple(before + self._redirections()))

    # redirections

    def _redirections(self) -> list[Redirection]:
        found: list[Redirection] = []
        while True:
            self.reader.skip(DELIMITERS)
            handle = None
            if self.reader.peek().isdigit() and self.reader.peek(1) in {"<", ">"}:
                handle = int(self.reader.take(1))
            if self.reader.peek() not in {"<", ">"}:
                return found
            found.append(self._redirection(handle))

    def _redirection(self, handle: int | None) -> Redirection:
        kind = self.reader.take(1)
        if kind == ">" and self.reader.peek() == ">":
            kind += self.reader.take(1)
        default = 0 if kind == "<" else 1
        if self.reader.peek() == "&":
            self.reader.take(1)
            self.reader.skip(" \t")
            target = self.reader.take(1)
            if not target.isdigit():
                raise SyntaxProblem(f"{target.strip() or '&'} was unexpected at this time.")
            return Redirection(default if handle is None else handle, kind[0] + "&", target)
        self.reader.skip(DELIMITERS)
        target = self.reader.word()
        if not target or self.reader.word_was_operator:
            raise SyntaxProblem(
                f"{target} was unexpected at this time."
                if target
                else "The syntax of the command is incorrect."
            )
        return Redirection(default if handle is None else handle, kind, target)

    # IF and FOR

    def _if(self) -> Command:
        ignore_case = negate = False
        word = self._operand()
        while word.lower() in {"/i", "not"}:
            ignore_case = ignore_case or word.lower() == "/i"
            negate = negate != (word.lower() == "not")
            word = self._operand()
        operator = word.lower()
        if operator in UNARY:
            left, right = self._operand(), ""
        else:
            left = word
            self.reader.skip(" \t,;")
            if self.reader.starts("=="):
                self.reader.take(2)
                operator = "=="
            else:
                operator = self._operand().lower()
                if operator not in COMPARISONS:
                    raise SyntaxProblem(f"{operator} was unexpected at this time.")
            right = self._operand()
        then = self._body()
        self.reader.skip(DELIMITERS)
        otherwise = None
        if self.reader.starts_word("else"):
            self.reader.take(4)
            otherwise = self._body()
        return If(negate, ignore_case, operator, left, right, then, otherwise)

    def _operand(self) -> str:
        self.reader.skip(DELIMITERS)
        word = self.reader.word()
        if self.reader.word_was_operator:
            raise SyntaxProblem(f"{word} was unexpected at this time.")
        if not word:
            raise SyntaxProblem("The syntax of the command is incorrect.")
        return word

    def _body(self) -> Command:
        self.reader.skip(DELIMITERS)
        if self.reader.at_end() or self.reader.peek() == "\n":
            raise SyntaxProblem("The syntax of the command is incorrect.")
        return self.sequence()

    def _for(self) -> Command:
        switch, option = "", ""
        self.reader.skip(DELIMITERS)
        while self.reader.peek() == "/":
            switch = self.reader.take(2)[1:].lower()
            if switch not in "drlf" or not switch:
                raise SyntaxProblem(f"/{switch} was unexpected at this time.")
            self.reader.skip(" \t")
            if switch in "fr" and self.reader.peek() not in {"%", "/"}:
                option = self.reader.for_option()
            self.reader.skip(DELIMITERS)
        variable = self._operand()
        if len(variable) != 2 or variable[0] != "%":
            raise SyntaxProblem(f"{variable} was unexpected at this time.")
        self._expect("in")
        self.reader.skip(DELIMITERS)
        if self.reader.peek() != "(":
            raise SyntaxProblem(f"{self.reader.word()} was unexpected at this time.")
        self.reader.take(1)
        items = self.reader.for_items()
        self._expect("do")
        return For(switch, option, variable[1], items, self._body())

    def _expect(self, keyword: str) -> None:
        self.reader.skip(DELIMITERS)
        word = self.reader.keyword()
        if word.lower() != keyword:
            raise SyntaxProblem(f"{word + self.reader.word()} was unexpected at this time.")


class EndOfFile(Exception):
    """The file ends inside a block."""


def _around(command: Command, redirections: list[Redirection]) -> Command:
    return Block(command, tuple(redirections)) if redirections else command
