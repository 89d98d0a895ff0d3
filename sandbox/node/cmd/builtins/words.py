"""Taking a builtin's arguments apart: words in quotes or between delimiters, switches that may cling to them."""

from __future__ import annotations

from sandbox.node.cmd.tree import DELIMITERS


class BadSwitch(Exception):
    """A switch the command does not know."""

    def __init__(self, switch: str) -> None:
        super().__init__(switch)
        self.switch = switch


def split(text: str) -> list[str]:
    """Split arguments; a slash outside quotes begins a new word, as in "dir/b/s"."""
    words: list[str] = []
    current = ""
    quoted = False
    for char in text:
        if char == '"':
            quoted = not quoted
        if not quoted and (char in DELIMITERS or char == "/"):
            if current:
                words.append(current)
            current = "/" if char == "/" else ""
        else:
            current += char
    if current:
        words.append(current)
    return words


def switches(text: str, known: str) -> tuple[set[str], list[str]]:
    """Return the one-letter switches (lower case) and the other words. Raises BadSwitch."""
    found: set[str] = set()
    rest: list[str] = []
    for word in split(text):
        if word.startswith("/"):
            letter = word[1:].lower()
            if letter not in known.split():
                raise BadSwitch(word[1:])
            found.add(letter)
        else:
            rest.append(word)
    return found, rest


def bare(word: str) -> str:
    """Return a word without its quotes."""
    return word.replace('"', "")
