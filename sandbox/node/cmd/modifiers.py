"""The ~ modifiers of batch arguments and FOR variables: %~f1, %~dp0, %%~nxi, %%~zi."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.node import paths
from sandbox.node.errors import FileError
from sandbox.node.nodes import Stat

if TYPE_CHECKING:
    from sandbox.node.cmd.shell import Shell


def modify(shell: Shell, value: str, modifiers: str) -> str:
    """Apply modifiers ("~dp", "$PATH:") to a value."""
    bare = _unquoted(value)
    if modifiers == "~" or not bare:
        return bare
    if modifiers.startswith("$"):
        return _search(shell, bare, modifiers[1:-1])
    wanted = modifiers[1:]
    try:
        full = _spelled(shell, paths.absolute(bare, shell.cwd))
    except FileError:
        return ""
    if bare.endswith(("\\", "/")) and not full.endswith("\\"):
        full += "\\"
    return _facts(shell, full, wanted) + _name(full, wanted)


def _unquoted(value: str) -> str:
    if value.startswith('"'):
        value = value[1:]
        return value.removesuffix('"')
    return value


def _spelled(shell: Shell, full: str) -> str:
    try:
        return shell.files.true_path(full)
    except FileError:
        return full


def _search(shell: Shell, name: str, variable: str) -> str:
    for folder in (shell.env.get(variable) or "").split(";"):
        if folder:
            candidate = paths.absolute(paths.join(folder.strip('"'), name), shell.cwd)
            if shell.files.exists(candidate, shell.user):
                return shell.files.true_path(candidate)
    return ""


def _facts(shell: Shell, full: str, wanted: str) -> str:
    facts: list[str] = []
    stat = _stat(shell, full)
    for modifier in "atz":
        if modifier in wanted and stat is not None:
            facts.append(_fact(shell, modifier, stat))
    text = " ".join(facts)
    return text + " " if text and set(wanted) & set("fdpnx") else text


def _fact(shell: Shell, modifier: str, stat: Stat) -> str:
    if modifier == "a":
        return attribute_text(stat)
    return shell.locale.stamp(shell.local(stat.modified)) if modifier == "t" else str(stat.size)


def _stat(shell: Shell, full: str) -> Stat | None:
    try:
        return shell.files.stat(full.rstrip("\\") if len(full) > 3 else full, shell.user)
    except FileError:
        return None


def attribute_text(stat: Stat) -> str:
    """Return the attributes as %~a shows them: "drahscotl" and two unused places (observed on Windows 10)."""
    flags = [
        "d" if stat.is_dir else "-",
        *(letter.lower() if letter in stat.attributes else "-" for letter in "RAHS"),
        *"---",
        "l" if stat.reparse else "-",
        *"--",
    ]
    return "".join(flags)


def _name(full: str, wanted: str) -> str:
    if "f" in wanted:
        return full
    folder, _, leaf = full.rpartition("\\")
    stem, dot, extension = leaf.rpartition(".")
    if not dot:
        stem, extension = leaf, ""
    parts = [
        full[:2] if "d" in wanted else "",
        folder[2:] + "\\" if "p" in wanted else "",
        stem if "n" in wanted else "",
        dot + extension if "x" in wanted else "",
    ]
    text = "".join(parts)
    return full if wanted == "s" else text
