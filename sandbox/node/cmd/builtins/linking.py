"""MKLINK: junctions only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.node import errors
from sandbox.node.cmd.builtins.words import bare, split
from sandbox.node.errors import FileError

if TYPE_CHECKING:
    from sandbox.node.cmd.shell import Shell


def mklink(shell: Shell, name: str, arguments: str) -> int:  # noqa: ARG001 - a builtin
    """MKLINK /J link target: create a junction; other links are refused as without the privilege."""
    words = split(arguments)
    kinds = {word.lower() for word in words if word.startswith("/")}
    names = [word for word in words if not word.startswith("/")]
    if len(names) != 2:
        return shell.fail("The syntax of the command is incorrect.")
    if kinds != {"/j"}:
        return shell.fail("You do not have sufficient privilege to perform this operation.")
    try:
        shell.files.junction(shell.full(names[0]), shell.full(names[1]), shell.user)
    except FileError as err:
        exists = err.code == errors.ALREADY_EXISTS
        return shell.fail("Cannot create a file when that file already exists." if exists else err.text)
    shell.out(f"Junction created for {bare(names[0])} <<===>> {bare(names[1])}\n")
    return 0
