"""Delayed expansion: !VAR! at the moment of execution."""

from __future__ import annotations

from collections.abc import Callable

from sandbox.node.cmd.percent import edit


def expand(text: str, variable: Callable[[str], str | None]) -> str:
    """Expand !VAR! and take carets out, but only in a text that has an exclamation mark."""
    if "!" not in text:
        return text
    done: list[str] = []
    index = 0
    while index < len(text):
        char = text[index]
        if char == "^":
            done.append(text[index + 1 : index + 2])
            index += 2
        elif char == "!":
            value, index = _one(text, index, variable)
            done.append(value)
        else:
            done.append(char)
            index += 1
    return "".join(done)


def _one(text: str, index: int, variable: Callable[[str], str | None]) -> tuple[str, int]:
    close = text.find("!", index + 1)
    if close < 0:
        return "", index + 1
    name, colon, change = text[index + 1 : close].partition(":")
    if not name:
        return "", index + 1
    value = variable(name)
    if value is None:
        return "", close + 1
    return (edit(value, change) if colon and change else value), close + 1
