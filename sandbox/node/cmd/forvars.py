"""FOR variables in a command that is about to run: %i and %~dpi."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.node.cmd.modifiers import modify
from sandbox.node.cmd.percent import MODIFIERS

if TYPE_CHECKING:
    from sandbox.node.cmd.shell import Shell


def expand(text: str, shell: Shell) -> str:
    """Replace the variables that running FOR loops have set; other percents stay."""
    if "%" not in text:
        return text
    done: list[str] = []
    index = 0
    while index < len(text):
        if text[index] == "%":
            found = _one(text, index, shell)
            if found is not None:
                done.append(found[0])
                index = found[1]
                continue
        done.append(text[index])
        index += 1
    return "".join(done)


def _one(text: str, index: int, shell: Shell) -> tuple[str, int] | None:
    after = text[index + 1 : index + 2]
    if after == "~":
        return _modified(text, index, shell)
    if after in shell.for_values and after:
        return shell.for_values[after], index + 2
    return None


def _modified(text: str, index: int, shell: Shell) -> tuple[str, int] | None:
    start = index + 2
    if text[start : start + 1] == "$":
        colon = text.find(":", start)
        letter = text[colon + 1 : colon + 2] if colon > 0 else ""
        if letter and letter in shell.for_values:
            return modify(shell, shell.for_values[letter], text[start : colon + 1]), colon + 2
        return None
    end = start
    while text[end : end + 1] and text[end : end + 1].lower() in MODIFIERS:
        end += 1
    # The variable is the last letter that is one: %~nxa may end in "a" or go on to the next character.
    for last in range(min(end, len(text) - 1), start - 1, -1):
        if text[last] in shell.for_values:
            value = modify(shell, shell.for_values[text[last]], "~" + text[start:last].lower())
            return value, last + 1
    return None
