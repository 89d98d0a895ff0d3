"""What IF asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.node import paths
from sandbox.node.cmd.tree import If
from sandbox.node.errors import FileError

if TYPE_CHECKING:
    from sandbox.node.cmd.shell import Shell


def holds(shell: Shell, node: If) -> bool:
    """Return whether the condition, with its NOT, is true."""
    left, right = shell.late(node.left), shell.late(node.right)
    return _plain(shell, node, left, right) != node.negate


def _plain(shell: Shell, node: If, left: str, right: str) -> bool:
    if node.operator == "exist":
        return exists(shell, left)
    if node.operator == "defined":
        return shell.variable(left) is not None
    if node.operator == "errorlevel":
        return shell.errorlevel >= (_number(left) or 0)
    if node.operator == "cmdextversion":
        return (_number(left) or 0) <= 2
    if node.operator == "==":
        return left.lower() == right.lower() if node.ignore_case else left == right
    return _compare(left, right, node.operator, ignore_case=node.ignore_case)


def exists(shell: Shell, name: str) -> bool:
    """Return whether a file, folder or wildcard names something the user may see."""
    bare = name.replace('"', "")
    if not bare:
        return False
    try:
        full = shell.full(bare)
        if paths.is_device(bare):
            return shell.files.is_dir(paths.parent(full))
        if paths.has_wildcard(paths.leaf(full)):
            names = shell.files.listdir(paths.parent(full), shell.user)
            return any(paths.matches(found, paths.leaf(full)) for found in names)
    except FileError:
        return False
    if bare.endswith(("\\", "/")):
        return shell.files.is_dir(full)
    return shell.files.exists(full, shell.user)


def _number(text: str) -> int | None:
    digits = text[1:] if text[:1] in {"-", "+"} else text
    try:
        if digits.lower().startswith("0x"):
            value = int(digits, 16)
        elif digits.startswith("0") and len(digits) > 1:
            value = int(digits, 8)
        elif digits.isdigit() and digits.isascii():
            value = int(digits)
        else:
            return None
    except ValueError:
        return None
    return -value if text.startswith("-") else value


def _compare(left: str, right: str, operator: str, *, ignore_case: bool) -> bool:
    numbers = _number(left), _number(right)
    if numbers[0] is not None and numbers[1] is not None:
        order = (numbers[0] > numbers[1]) - (numbers[0] < numbers[1])
    else:
        first, second = _sortable(left, ignore_case=ignore_case), _sortable(right, ignore_case=ignore_case)
        order = (first > second) - (first < second)
    return {
        "equ": order == 0,
        "neq": order != 0,
        "lss": order < 0,
        "leq": order <= 0,
        "gtr": order > 0,
        "geq": order >= 0,
    }[operator]


def _sortable(text: str, *, ignore_case: bool) -> tuple[str, str]:
    # lstrcmp orders by letter first; of two that differ in case only, the small one is less
    return text.casefold(), "" if ignore_case else text.swapcase()
