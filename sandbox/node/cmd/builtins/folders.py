"""CD, MD, RD, PUSHD and POPD."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.node import errors, paths
from sandbox.node.cmd.builtins.words import BadSwitch, bare, split, switches
from sandbox.node.cmd.tree import DELIMITERS
from sandbox.node.errors import FileError

if TYPE_CHECKING:
    from sandbox.node.cmd.shell import Shell

SYNTAX = "The syntax of the command is incorrect."


def cd(shell: Shell, name: str, arguments: str) -> int:  # noqa: ARG001 - a builtin
    """CD: show or change the current folder; blanks in the name need no quotes."""
    text = arguments.strip(DELIMITERS)
    other_drive = text[:2].lower() == "/d"
    if other_drive:
        text = text[2:].strip(DELIMITERS)
    text = bare(text)
    if not text:
        shell.out(shell.cwd + "\n")
        return 0
    if len(text) == 2 and text[1] == ":" and not other_drive:
        shell.out(shell.full(text) + "\n")
        return 0
    try:
        return _go(shell, shell.full(text), same_drive_only=not other_drive)
    except FileError as err:
        missing = err.code in {errors.FILE_NOT_FOUND, errors.PATH_NOT_FOUND}
        return shell.fail("The system cannot find the path specified." if missing else err.text)


def _go(shell: Shell, full: str, *, same_drive_only: bool) -> int:
    if full[:2].upper() not in shell.files.drives:
        return shell.fail("The system cannot find the drive specified.")
    stat = shell.files.stat(full, shell.user, follow=True)
    if not stat.is_dir:
        return shell.fail("The directory name is invalid.")
    if not shell.files.allows(full, shell.user, 0x20):
        raise FileError(errors.ACCESS_DENIED, full)
    spelled = shell.files.true_path(full)
    if same_drive_only and full[:2].upper() != shell.cwd[:2].upper():
        shell.drive_folders[full[:2].upper()] = spelled
    else:
        shell.move_to(spelled)
    return 0


def pushd(shell: Shell, name: str, arguments: str) -> int:  # noqa: ARG001 - a builtin
    """PUSHD: remember the current folder and change it; without arguments show what is remembered."""
    text = bare(arguments.strip(DELIMITERS))
    if not text:
        for folder in reversed(shell.folders):
            shell.out(folder + "\n")
        return 0
    before = shell.cwd
    try:
        code = _go(shell, shell.full(text), same_drive_only=False)
    except FileError as err:
        missing = err.code in {errors.FILE_NOT_FOUND, errors.PATH_NOT_FOUND}
        return shell.fail("The system cannot find the path specified." if missing else err.text)
    if code == 0:
        shell.folders.append(before)
    return code


def popd(shell: Shell, name: str, arguments: str) -> int:  # noqa: ARG001 - a builtin
    """POPD: go back to the last remembered folder."""
    if not shell.folders:
        return 1
    shell.move_to(shell.folders.pop())
    return 0


def md(shell: Shell, name: str, arguments: str) -> int:  # noqa: ARG001 - a builtin
    """MD: create folders with their parents; the last one must not exist."""
    words = split(arguments)
    if not words or any(word.startswith("/") for word in words):
        return shell.fail(SYNTAX)
    code = 0
    for word in words:
        try:
            _create(shell, word)
        except FileError as err:
            code = 1
            if err.code == errors.ALREADY_EXISTS:
                shell.fail(f"A subdirectory or file {bare(word)} already exists.")
                continue
            shell.fail(err.text)
            if len(words) > 1:
                shell.fail(f"Error occurred while processing: {word}.")
    return code


def _create(shell: Shell, word: str) -> None:
    if paths.is_device(bare(word)):
        return
    full = shell.full(word)
    drive, _ = paths.split(full)
    if drive not in shell.files.drives:
        raise FileError(errors.INVALID_DRIVE, full)
    if len(full) <= 3:
        raise FileError(errors.ALREADY_EXISTS, full)
    parent = paths.parent(full)
    if not shell.files.is_dir(parent):
        shell.files.makedirs(parent, shell.user)
    shell.files.mkdir(full, shell.user)


def rd(shell: Shell, name: str, arguments: str) -> int:  # noqa: ARG001 - a builtin
    """RD [/S] [/Q]: remove folders; a junction goes without what it points to."""
    try:
        found, words = switches(arguments, "s q")
    except BadSwitch as bad:
        return shell.fail(f'Invalid switch - "{bad.switch}".')
    if not words:
        return shell.fail(SYNTAX)
    code = 0
    for word in words:
        try:
            code = _remove(shell, shell.full(word), word, found) or code
        except FileError as err:
            code = shell.fail(err.text, err.code)
    return code


def _remove(shell: Shell, full: str, word: str, found: set[str]) -> int:
    if "s" not in found:
        shell.files.rmdir(full, shell.user)
        return 0
    if "q" not in found:
        shell.out(f"{bare(word)}, Are you sure (Y/N)? ")
        answer = shell.read_line()
        if answer is None or not answer.strip().lower().startswith("y"):
            return 0
    stat = shell.files.stat(full, shell.user)
    if not stat.is_dir:
        raise FileError(errors.DIRECTORY, full)
    if not stat.reparse and not _empty(shell, full):
        return 1
    shell.files.rmdir(full, shell.user)
    return 0


def _empty(shell: Shell, folder: str) -> bool:
    """Remove everything in a folder; what cannot go is named and stays."""
    clean = True
    for stat in shell.files.scan(folder, shell.user):
        path = paths.join(folder, stat.name)
        try:
            if stat.is_dir:
                if not stat.reparse and not _empty(shell, path):
                    clean = False
                    continue
                shell.files.rmdir(path, shell.user)
            else:
                shell.files.set_attributes(path, set(), {"R"})
                shell.files.delete(path, shell.user)
        except FileError as err:
            clean = False
            shell.fail(f"{path} - {err.text}")
    return clean
