"""MOVE and REN."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.node import errors, paths
from sandbox.node.cmd.builtins.words import BadSwitch, bare, switches
from sandbox.node.errors import FileError

if TYPE_CHECKING:
    from sandbox.node.cmd.shell import Shell

SYNTAX = "The syntax of the command is incorrect."


def ren(shell: Shell, name: str, arguments: str) -> int:  # noqa: ARG001 - a builtin
    """REN: rename within a folder, atomically."""
    try:
        _, words = switches(arguments, "")
    except BadSwitch:
        return shell.fail(SYNTAX)
    if len(words) != 2 or any(mark in bare(words[1]) for mark in "\\:/"):
        return shell.fail(SYNTAX)
    full, new = shell.full(words[0]), bare(words[1]).rstrip(" .")
    sources = _sources(shell, full)
    if not sources:
        raise FileError(errors.FILE_NOT_FOUND, full)
    code = 0
    for source in sources:
        target = paths.join(paths.parent(source), _renamed(paths.leaf(source), new))
        try:
            shell.files.rename(source, target, shell.user)
        except FileError as err:
            duplicate = err.code == errors.ALREADY_EXISTS
            code = shell.fail(
                "A duplicate file name exists, or the file\ncannot be found." if duplicate else err.text
            )
    return code


def _sources(shell: Shell, full: str) -> list[str]:
    if not paths.has_wildcard(paths.leaf(full)):
        return [full]
    folder = paths.parent(full)
    return [
        paths.join(folder, stat.name)
        for stat in shell.files.scan(folder, shell.user)
        if not stat.is_dir and paths.matches(stat.name, paths.leaf(full))
    ]


def _renamed(old: str, pattern: str) -> str:
    """Return the new name: "*" in name or extension keeps that part of the old one."""
    if not paths.has_wildcard(pattern):
        return pattern
    old_stem, _, old_extension = old.rpartition(".") if "." in old else (old, "", "")
    stem, dot, extension = pattern.rpartition(".") if "." in pattern else (pattern, "", "")
    stem = old_stem if stem == "*" else stem
    extension = old_extension if extension == "*" else extension
    return stem + (dot + extension if extension else "")


def move(shell: Shell, name: str, arguments: str) -> int:  # noqa: ARG001 - a builtin
    """MOVE [/Y]: move files or rename a folder; a file that is there is replaced in batch files or with /Y."""
    try:
        found, words = switches(arguments, "y -y")
    except BadSwitch as bad:
        return shell.fail(f'Invalid switch - "{bad.switch}".')
    if not words or len(words) > 2:
        return shell.fail(SYNTAX)
    full = shell.full(words[0])
    target = shell.full(words[1]) if len(words) == 2 else shell.cwd
    sources = _sources(shell, full)
    if not sources:
        raise FileError(errors.FILE_NOT_FOUND, full)
    many = paths.has_wildcard(paths.leaf(full))
    folders = moved = 0
    try:
        for source in sources:
            folders += shell.files.stat(source, shell.user).is_dir
            moved += _move(shell, source, target, found, show=many)
    except FileError as err:
        shell.fail(err.text if err.code != errors.ALREADY_EXISTS else "Access is denied.")
        if err.code not in {errors.FILE_NOT_FOUND, errors.PATH_NOT_FOUND, errors.INVALID_NAME}:
            shell.out(f"{moved:9d} file(s) moved.\n")
        return 1
    shell.out(f"{moved:9d} {'dir' if folders else 'file'}(s) moved.\n")
    return 0 if moved else 1


def _move(shell: Shell, source: str, target: str, found: set[str], *, show: bool) -> int:
    place = paths.join(target, paths.leaf(source)) if shell.files.is_dir(target) else target
    if (
        place.lower() != source.lower()
        and shell.files.exists(place)
        and not _may_replace(shell, place, found)
    ):
        return 0
    if show:
        shell.out(source + "\n")
    if source[:2].upper() == place[:2].upper():
        shell.files.rename(source, place, shell.user, overwrite=True)
    else:
        shell.files.write(place, shell.files.read(source, shell.user), shell.user)
        shell.files.delete(source, shell.user)
    return 1


def _may_replace(shell: Shell, place: str, found: set[str]) -> bool:
    if "y" in found or (shell.batch is not None and "-y" not in found):
        return True
    shell.out(f"Overwrite {place}? (Yes/No/All): ")
    answer = shell.read_line()
    return answer is not None and answer.strip().lower()[:1] in {"y", "a"}
