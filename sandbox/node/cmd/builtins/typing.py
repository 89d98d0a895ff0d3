"""TYPE."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.node import errors, paths
from sandbox.node.cmd.builtins.words import split
from sandbox.node.codepages import encode
from sandbox.node.errors import FileError

if TYPE_CHECKING:
    from sandbox.node.cmd.shell import Shell


def type_(shell: Shell, name: str, arguments: str) -> int:  # noqa: ARG001 - a builtin
    """TYPE: print files; with several a heading for each goes to stderr."""
    words = split(arguments)
    if not words or words[0].startswith("/"):
        return shell.fail("The syntax of the command is incorrect.")
    many = len(words) > 1 or paths.has_wildcard(words[0])
    code = 0
    for word in words:
        try:
            for path, shown in _files(shell, word):
                content = b"" if paths.is_device(path) else shell.files.read(path, shell.user)
                if many:
                    shell.err(f"\n{shown}\n\n\n")
                shell.out_bytes(_printable(content, shell.process.codepage))
        except FileError as err:
            code = shell.fail(err.text)
            if many:
                shell.fail(f"Error occurred while processing: {word}.")
    return code


def _files(shell: Shell, word: str) -> list[tuple[str, str]]:
    name = word.replace('"', "")
    if paths.is_device(name):
        return [("nul", name)]
    full = shell.full(name)
    if not paths.has_wildcard(paths.leaf(full)):
        return [(full, name)]
    folder = paths.parent(full)
    found = [
        (paths.join(folder, stat.name), stat.name)
        for stat in shell.files.scan(folder, shell.user)
        if not stat.is_dir and paths.matches(stat.name, paths.leaf(full))
    ]
    if not found:
        raise FileError(errors.FILE_NOT_FOUND, full)
    return found


def _printable(content: bytes, codepage: int) -> bytes:
    """Return a file as TYPE prints it: UTF-16 with a byte order mark is turned into the console's code page."""
    if content.startswith(b"\xff\xfe"):
        return encode(content[2:].decode("utf-16-le", "replace"), codepage)
    return content
