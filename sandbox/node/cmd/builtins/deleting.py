"""DEL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.node import errors, paths
from sandbox.node.cmd.builtins.words import BadSwitch, bare, switches
from sandbox.node.errors import FileError

if TYPE_CHECKING:
    from sandbox.node.cmd.shell import Shell


def delete(shell: Shell, name: str, arguments: str) -> int:  # noqa: ARG001 - a builtin
    """DEL [/Q] [/F] [/S]: delete files; ERRORLEVEL becomes 0 even when that fails (observed)."""
    try:
        found, words = switches(arguments, "q f s p")
    except BadSwitch as bad:
        shell.errorlevel = 1
        return shell.fail(f'Invalid switch - "{bad.switch}".')
    if not words:
        shell.errorlevel = 1
        return shell.fail("The syntax of the command is incorrect.")
    shell.errorlevel = 0
    code = 0
    for word in words:
        try:
            code = _one(shell, word, found) or code
        except FileError as err:
            code = shell.fail(err.text)
    return code


def _one(shell: Shell, word: str, found: set[str]) -> int:
    full = shell.full(word)
    if shell.files.is_dir(full):
        full = paths.join(full, "*")
    folder, pattern = paths.parent(full), paths.leaf(full)
    if not shell.files.is_dir(folder):
        raise FileError(errors.PATH_NOT_FOUND, full)
    if pattern in {"*", "*.*"} and "q" not in found:
        shell.out(f"{paths.join(folder, '*')}, Are you sure (Y/N)? ")
        answer = shell.read_line()
        if answer is None or not answer.strip().lower().startswith("y"):
            return 0
    folders = [folder]
    if "s" in found:
        folders += shell.files.folders_below(folder, shell.user)
    counts = [_in_folder(shell, one, pattern, found) for one in folders]
    if not any(counted for counted, _ in counts):
        shell.err(f"Could Not Find {full}\n")
        return 0
    return max(code for _, code in counts)


def _in_folder(shell: Shell, folder: str, pattern: str, found: set[str]) -> tuple[int, int]:
    counted = code = 0
    for stat in shell.files.scan(folder, shell.user):
        if stat.is_dir or not paths.matches(stat.name, bare(pattern)) or stat.attributes & {"H", "S"}:
            continue
        counted += 1
        path = paths.join(folder, stat.name)
        try:
            if "f" in found and "R" in stat.attributes:
                shell.files.set_attributes(path, set(), {"R"}, shell.user)
            shell.files.delete(path, shell.user)
            if "s" in found:
                shell.out(f"Deleted file - {path}\n")
        except FileError as err:
            shell.err(f"{path}\n")
            code = shell.fail(err.text)
    return counted, code
