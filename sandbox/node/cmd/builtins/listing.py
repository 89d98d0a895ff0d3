"""DIR."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.node import errors, paths
from sandbox.node.cmd.builtins.console import volume_lines
from sandbox.node.cmd.builtins.words import bare, split
from sandbox.node.errors import FileError
from sandbox.node.nodes import Stat

if TYPE_CHECKING:
    from sandbox.node.cmd.shell import Shell

FREE_BYTES = 52_428_800_000


@dataclass
class Options:
    """What DIR was asked: attributes wanted or not ("d", "l", "h", "s", "r", "a"), order, bare, subfolders."""

    wanted: str = ""
    unwanted: str = "hs"
    order: str = "n"
    bare: bool = False
    deep: bool = False
    owners: bool = False


def directory(shell: Shell, name: str, arguments: str) -> int:  # noqa: ARG001 - a builtin
    """DIR [/A…] [/B] [/S] [/O…] [/Q]."""
    options = Options()
    names: list[str] = []
    for word in split(arguments):
        if not word.startswith("/"):
            names.append(bare(word))
        elif not _switch(options, word[1:].lower()):
            return shell.fail(f'Parameter format not correct - "{word[1:]}".')
    found = 0
    for one in names or ["."]:
        found += _list(shell, one, options)
    return 0 if found else 1


def _switch(options: Options, word: str) -> bool:
    if word == "b":
        options.bare = True
    elif word == "s":
        options.deep = True
    elif word == "q":
        options.owners = True
    elif word in {"-c", "c", "n", "4"}:
        return True
    elif word.startswith("a"):
        _attributes(options, word[1:].removeprefix(":"))
        return all(char in "-dlhsra" for char in word[1:].removeprefix(":"))
    elif word.startswith("o"):
        options.order = word[1:].removeprefix(":") or "gn"
        return all(char in "-ndseg" for char in options.order)
    else:
        return False
    return True


def _attributes(options: Options, letters: str) -> None:
    options.wanted = options.unwanted = ""
    negate = False
    for letter in letters:
        if letter == "-":
            negate = True
            continue
        if negate:
            options.unwanted += letter
        else:
            options.wanted += letter
        negate = False


def _has(stat: Stat, letter: str) -> bool:
    if letter == "d":
        return stat.is_dir
    if letter == "l":
        return bool(stat.reparse)
    return letter.upper() in stat.attributes


def _list(shell: Shell, name: str, options: Options) -> int:
    full = shell.full(name)
    folder, pattern = (full, "*") if shell.files.is_dir(full) else (paths.parent(full), paths.leaf(full))
    if not shell.files.is_dir(folder):
        raise FileError(errors.PATH_NOT_FOUND, folder)
    if not options.bare:
        shell.out(volume_lines(folder[:2]))
    folders = [folder]
    if options.deep:
        folders += shell.files.folders_below(folder, shell.user)
    total = Totals()
    for one in folders:
        _folder(shell, one, pattern, options, total)
    if not total.items:
        if not options.bare and not options.deep:
            shell.out(f"\n Directory of {shell.files.true_path(folder)}\n\n")
        shell.fail("File Not Found")
        return 0
    if options.deep and not options.bare:
        shell.out("\n     Total Files Listed:\n" + _files_line(shell, total.files, total.size))
    if not options.bare:
        free = shell.locale.number(FREE_BYTES)
        shell.out(f"{total.folders:16d} Dir(s)  {free} bytes free\n")
    return 1


def _scan(shell: Shell, folder: str) -> list[Stat] | None:
    try:
        return shell.files.scan(folder, shell.user)
    except FileError:
        return None  # DIR calls a folder that it may not list empty: "File Not Found" (observed)


@dataclass
class Totals:
    """What was listed so far."""

    items: int = 0
    files: int = 0
    folders: int = 0
    size: int = 0


def _folder(shell: Shell, folder: str, pattern: str, options: Options, total: Totals) -> None:
    found = _scan(shell, folder)
    if found is None:
        return
    chosen = [
        stat
        for stat in found
        if paths.matches(stat.name, pattern)
        and all(_has(stat, letter) for letter in options.wanted)
        and not any(_has(stat, letter) for letter in options.unwanted)
    ]
    chosen = _ordered(chosen, options.order)
    dots = pattern == "*" and not options.bare and "d" not in options.unwanted and len(folder) > 3
    if "l" in options.wanted or set(options.wanted) - {"d"}:
        dots = False
    if not chosen and not dots:
        return
    if options.bare:
        for stat in chosen:
            shell.out(
                (paths.join(shell.files.true_path(folder), stat.name) if options.deep else stat.name) + "\n"
            )
    else:
        _table(shell, folder, chosen, options.owners, dots=dots)
    files = [stat for stat in chosen if not stat.is_dir]
    total.items += len(chosen) + dots
    total.files += len(files)
    total.folders += len(chosen) - len(files) + 2 * dots
    total.size += sum(stat.size for stat in files)


def _table(shell: Shell, folder: str, chosen: list[Stat], owners: bool, *, dots: bool) -> None:
    shell.out(f"\n Directory of {shell.files.true_path(folder)}\n\n")
    if dots:
        own = shell.files.stat(folder, follow=True)
        for name, path in ((".", folder), ("..", paths.parent(folder))):
            owner = _owner(shell, path) if owners else ""
            shell.out(f"{_when(shell, own)}    <DIR>          {owner}{name}\n")
    for stat in chosen:
        owner = _owner(shell, paths.join(folder, stat.name)) if owners else ""
        shell.out(f"{_when(shell, stat)} {_what(shell, stat, owner)}\n")
    files = [stat for stat in chosen if not stat.is_dir]
    shell.out(_files_line(shell, len(files), sum(stat.size for stat in files)))


def _when(shell: Shell, stat: Stat) -> str:
    moment = shell.local(stat.modified)
    return f"{shell.locale.date(moment)}  {shell.locale.clock(moment)}"


def _what(shell: Shell, stat: Stat, owner: str) -> str:
    if stat.reparse:
        return f"   <JUNCTION>     {owner}{stat.name} [{stat.reparse}]"
    if stat.is_dir:
        return f"   <DIR>          {owner}{stat.name}"
    return f"{shell.locale.number(stat.size):>17} {owner}{stat.name}"


def _owner(shell: Shell, path: str) -> str:
    """Return the column of DIR /Q: 23 characters, a longer name cut off without a blank (recorded listings)."""
    name = shell.machine.accounts.name_of(shell.files.security(path).owner)
    return f"{name:23.23}"


def _files_line(shell: Shell, files: int, size: int) -> str:
    return f"{files:16d} File(s) {shell.locale.number(size):>14} bytes\n"


def _ordered(found: list[Stat], order: str) -> list[Stat]:
    """Sort by the letters of /O, the last one first because sorting is stable."""
    letters: list[tuple[str, bool]] = []
    negate = False
    for char in order:
        if char == "-":
            negate = True
        else:
            letters.append((char, negate))
            negate = False
    for letter, backwards in reversed(letters):
        found = sorted(found, key=_KEYS.get(letter, _by_name), reverse=backwards)
    return found


def _by_name(stat: Stat) -> tuple[object, ...]:
    return (stat.name.upper(),)


_KEYS: dict[str, Callable[[Stat], tuple[object, ...]]] = {
    "n": _by_name,
    "d": lambda stat: (stat.modified,),
    "s": lambda stat: (stat.size,),
    "e": lambda stat: (stat.name.rpartition(".")[2].upper(),),
    "g": lambda stat: (not stat.is_dir,),
}
