"""Reads the characters of a line the way cmd.exe does: quotes hide special characters, carets escape them."""

from __future__ import annotations

from collections.abc import Callable

from sandbox.node.cmd.tree import DELIMITERS, SyntaxProblem

OPERATORS = "&|<>"


class Reader:
    """The characters of a line; further lines come from `more`, each ending in a line feed."""

    def __init__(self, line: str, more: Callable[[], str | None]) -> None:
        self._text = line
        self._index = 0
        self._more = more
        self.depth = 0
        self.word_was_operator = False

    def at_end(self) -> bool:
        """Return whether nothing is left."""
        return self._index >= len(self._text)

    def peek(self, ahead: int = 0) -> str:
        """Return a character without taking it, "" at the end."""
        return self._text[self._index + ahead : self._index + ahead + 1]

    def take(self, count: int) -> str:
        """Take characters."""
        taken = self._text[self._index : self._index + count]
        self._index += count
        return taken

    def starts(self, operator: str) -> bool:
        """Return whether the next characters are `operator`."""
        return self._text.startswith(operator, self._index)

    def starts_word(self, word: str) -> bool:
        """Return whether the next word is `word`, without regard to case."""
        end = self._index + len(word)
        after = self._text[end : end + 1]
        return self._text[self._index : end].lower() == word and after in ["", "\n", "(", *DELIMITERS]

    def skip(self, chars: str) -> str:
        """Skip and return characters out of `chars`; a caret before the line end joins the next line."""
        start = self._index
        while True:
            if self.peek() and self.peek() in chars:
                self._index += 1
            elif self.starts("^\n"):
                self._index += 2
                self.refill()
            else:
                return self._text[start : self._index]

    def refill(self) -> bool:
        """Append the next line when everything is read; return whether there was one."""
        if not self.at_end():
            return True
        line = self._more()
        if line is None:
            return False
        self._text += line
        return True

    def _escaped(self) -> str:
        """Return the character behind a caret; a caret before the line end takes the next line's first one."""
        char = self.take(1)
        if char == "\n":
            self.refill()
            char = self.take(1)
            if char == "\n":
                self.refill()
        return char

    @property
    def _specials(self) -> str:
        return OPERATORS + "\n)" if self.depth else OPERATORS + "\n"

    def text(self) -> str:
        """Read an argument text up to an operator, a redirection, the line end or a block's closing bracket."""
        return self._read(self._specials)

    def keyword(self) -> str:
        """Read the letters of a keyword, which a bracket may follow without a blank."""
        start = self._index
        while self.peek().isalpha():
            self._index += 1
        return self._text[start : self._index]

    def command_word(self) -> str:
        """Read the command's own word, up to a delimiter or operator."""
        word = ""
        while True:
            word += self._read(self._specials + "/" + DELIMITERS)
            if self.peek() != "/" or word.lower() in {"if", "for"}:
                return word
            word += self.take(1)

    def word(self) -> str:
        """Read one word; an operator alone is a word, too (then `word_was_operator`)."""
        self.word_was_operator = bool(self.peek()) and self.peek() in OPERATORS + "()\n"
        if self.word_was_operator:
            two = self.take(1)
            while self.peek() == two and two in "&|<>":
                two += self.take(1)
            return two.strip("\n")
        return self._read(self._specials + DELIMITERS)

    def _read(self, stops: str) -> str:
        done: list[str] = []
        quoted = False
        while not self.at_end():
            char = self.peek()
            if char == "\n" or (not quoted and char in stops):
                break
            self._index += 1
            if char == '"':
                quoted = not quoted
            if char == "^" and not quoted:
                char = self._escaped()
            done.append(char)
        return "".join(done)

    def rest_of_line(self, *, carets: bool = True) -> str:
        """Read everything up to the line end; with `carets` a caret still joins the next line."""
        if carets:
            return self._read("\n")
        end = self._text.find("\n", self._index)
        end = len(self._text) if end < 0 else end
        return self.take(end - self._index)

    def handle_before(self, text: str) -> int | None:
        """Return the handle of a redirection when a lone digit stands right before it."""
        if not text[-1:].isdigit() or not text[-1:].isascii():
            return None
        if self._text[self._index - 1] != text[-1] or self._text[self._index - 2 : self._index - 1] == "^":
            return None
        return int(text[-1]) if len(text) == 1 or text[-2] in DELIMITERS + '"' else None

    def for_option(self) -> str:
        """Read FOR's option text: a quoted string, or characters up to a blank (carets escape)."""
        if self.peek() != '"':
            return self._read(DELIMITERS + "%\n")
        close = self._text.find('"', self._index + 1)
        if close < 0:
            raise SyntaxProblem("The syntax of the command is incorrect.")
        return self.take(close + 1 - self._index)

    def for_items(self) -> str:
        """Read the text between FOR's brackets; line ends count as blanks. Raises SyntaxProblem."""
        done: list[str] = []
        while True:
            done.append(self._read(OPERATORS + "\n)"))
            stop = self.take(1)
            if stop == ")":
                return "".join(done)
            if stop == "\n" or not stop:
                if not self.refill():
                    raise SyntaxProblem("The syntax of the command is incorrect.")
                done.append(" ")
                continue
            raise SyntaxProblem(f"{stop} was unexpected at this time.")
