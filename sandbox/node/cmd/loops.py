"""FOR: plain sets, /D, /R, /L and /F."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sandbox.node import paths
from sandbox.node.cmd.batch import split_words
from sandbox.node.cmd.forf import lines_of
from sandbox.node.cmd.tree import For, Quiet
from sandbox.node.cmd.unparse import echoed
from sandbox.node.errors import FileError

if TYPE_CHECKING:
    from sandbox.node.cmd.shell import Shell


def run_for(shell: Shell, node: For) -> int:
    """Run the body for every item; return the last return code, 0 without items."""
    before = shell.for_values
    code = 0
    try:
        for values in _items(shell, node):
            shell.process.check()
            shell.for_values = before | values
            _show(shell, node)
            code = shell.run(node.body)
            shell.for_values = before
    except FileError as err:
        return shell.fail(err.text)
    finally:
        shell.for_values = before
    return code


def _show(shell: Shell, node: For) -> None:
    from sandbox.node.cmd.running import prompt

    if shell.echo and shell.batch is not None and not isinstance(node.body, Quiet):
        shell.out(f"\n{prompt(shell)}{shell.late(echoed(node.body))}\n")


def _items(shell: Shell, node: For) -> Iterator[dict[str, str]]:
    items = shell.late(node.items)
    if node.switch == "l":
        for number in _count(items):
            yield {node.variable: str(number)}
    elif node.switch == "f":
        yield from lines_of(shell, node.option, items, node.variable)
    else:
        for name in _names(shell, node, items):
            yield {node.variable: name}


def _count(items: str) -> Iterator[int]:
    numbers = [_number(word) for word in split_words(items)] + [0, 0, 0]
    start, step, end = numbers[:3]
    while (start <= end) if step >= 0 else (start >= end):
        yield start
        start += step


def _number(word: str) -> int:
    digits = word[1:] if word[:1] in {"-", "+"} else word
    if not digits.isdigit():
        return 0
    return -int(digits) if word.startswith("-") else int(digits)


def _names(shell: Shell, node: For, items: str) -> Iterator[str]:
    words = split_words(items)
    if node.switch != "r":
        for word in words:
            yield from _expanded(shell, word, folders=node.switch == "d")
        return
    root = shell.full(node.option) if node.option.strip('" ') else shell.cwd
    folders = [root, *shell.files.folders_below(root, shell.user)]
    for folder in folders:
        for word in words:
            if paths.has_wildcard(word):
                yield from _matching(shell, folder, word.replace('"', ""), prefix=folder.rstrip("\\") + "\\")
            else:
                yield paths.join(folder, word.replace('"', ""))


def _expanded(shell: Shell, word: str, *, folders: bool) -> Iterator[str]:
    if not paths.has_wildcard(word):
        yield word
        return
    bare = word.replace('"', "")
    cut = max(bare.rfind("\\"), bare.rfind("/"), bare.find(":")) + 1
    prefix, pattern = bare[:cut], bare[cut:]
    try:
        folder = shell.full(prefix) if prefix else shell.cwd
    except FileError:
        return
    yield from _matching(shell, folder, pattern, prefix=prefix, folders=folders)


def _matching(
    shell: Shell, folder: str, pattern: str, *, prefix: str, folders: bool = False
) -> Iterator[str]:
    try:
        found = shell.files.scan(folder, shell.user)
    except FileError:
        return
    for stat in found:
        if stat.is_dir == folders and paths.matches(stat.name, pattern) and not stat.attributes & {"H", "S"}:
            yield prefix + stat.name
