"""SETLOCAL and ENDLOCAL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.node.cmd.batch import Saved

if TYPE_CHECKING:
    from sandbox.node.cmd.shell import Shell

OPTIONS = {
    "enabledelayedexpansion": ("delayed", True),
    "disabledelayedexpansion": ("delayed", False),
    "enableextensions": ("extensions", True),
    "disableextensions": ("extensions", False),
}


def setlocal(shell: Shell, name: str, arguments: str) -> int:  # noqa: ARG001 - a builtin
    """SETLOCAL: keep environment, folder and switches until ENDLOCAL or the end of the call level."""
    words = arguments.lower().split()
    if any(word not in OPTIONS for word in words):
        return 1
    if shell.batch is None:
        return 0
    shell.batch.saved.append(Saved(shell.env.copy(), shell.cwd, shell.delayed, shell.extensions))
    for word in words:
        attribute, value = OPTIONS[word]
        setattr(shell, attribute, value)
    return 0


def endlocal(shell: Shell, name: str, arguments: str) -> int:  # noqa: ARG001 - a builtin
    """ENDLOCAL: undo the last SETLOCAL."""
    from sandbox.node.cmd.running import restore

    if shell.batch is not None and shell.batch.saved:
        restore(shell, shell.batch)
    return 0
