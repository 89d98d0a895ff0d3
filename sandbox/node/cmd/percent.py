"""Percent expansion, the first phase: %VAR%, %VAR:~1,2%, %VAR:a=b%, %1, %~dp0, %* and %%."""

from __future__ import annotations

from typing import Protocol


class Names(Protocol):
    """Where the values come from."""

    def variable(self, name: str) -> str | None:
        """Return a variable's value, None when it is not defined."""

    def argument(self, index: int, modifiers: str) -> str:
        """Return %index with its modifiers applied ("" for none)."""

    def all_arguments(self) -> str:
        """Return %*."""


MODIFIERS = "fdpnxsatz"


def expand(line: str, names: Names, *, batch: bool) -> str:
    """Expand percents from left to right. On the command line there are no arguments and unknown names stay."""
    done: list[str] = []
    index = 0
    while index < len(line):
        char = line[index]
        if char != "%":
            done.append(char)
            index += 1
            continue
        text, index = _one(line, index, names, batch=batch)
        done.append(text)
    return "".join(done)


def _one(line: str, index: int, names: Names, *, batch: bool) -> tuple[str, int]:
    after = line[index + 1 : index + 2]
    if batch:
        if after == "%":
            return "%", index + 2
        if after == "*":
            return names.all_arguments(), index + 2
        if after.isdigit() and after.isascii():
            return names.argument(int(after), ""), index + 2
        if after == "~":
            found = _modified_argument(line, index, names)
            if found is not None:
                return found
    return _variable(line, index, names, batch=batch)


def _modified_argument(line: str, index: int, names: Names) -> tuple[str, int] | None:
    end = index + 2
    if line[end : end + 1] == "$":
        colon = line.find(":", end)
        if colon > 0 and line[colon + 1 : colon + 2].isdigit():
            return names.argument(int(line[colon + 1]), line[end : colon + 1]), colon + 2
        return None
    while line[end : end + 1].lower() in MODIFIERS and line[end : end + 1]:
        end += 1
    if line[end : end + 1].isdigit():
        return names.argument(int(line[end]), "~" + line[index + 2 : end].lower()), end + 1
    return None


def _variable(line: str, index: int, names: Names, *, batch: bool) -> tuple[str, int]:
    end = index + 1
    while end < len(line) and line[end] not in "%:\n":
        end += 1
    if line[end : end + 2] == ":%":
        end += 1
    name = line[index + 1 : end]
    stop = line[end : end + 1]
    unknown = "" if batch else "%"
    if stop == "%":
        value = names.variable(name) if name else None
        if value is not None:
            return value, end + 1
        return ("", end + 1) if batch else ("%", index + 1)
    if stop == ":":
        value = names.variable(name)
        close = line.find("%", end)
        if value is None:
            return ("", end + 1) if batch else ("%", index + 1)
        if close > 0:
            return edit(value, line[end + 1 : close]), close + 1
    return unknown, index + 1


def edit(value: str, change: str) -> str:
    """Apply what stands behind the colon: "~start,length" or "old=new". A wrong form leaves it as text."""
    if change.startswith("~"):
        return substring(value, change[1:])
    old, equals, new = change.partition("=")
    if not equals or not old:
        return change
    return replace(value, old, new)


def substring(value: str, span: str) -> str:
    """Return the part that ":~start,length" names; negative numbers count from the end."""
    first, comma, second = span.partition(",")
    start = _leading_number(first)
    if start < 0:
        start = max(0, len(value) + start)
    start = min(start, len(value))
    if not comma:
        return value[start:]
    length = _leading_number(second)
    end = start + length if length >= 0 else len(value) + length
    return value[start : max(start, end)]


def _leading_number(text: str) -> int:
    text = text.strip()
    digits = text[1:] if text[:1] in {"-", "+"} else text
    kept = digits[: len(digits) - len(digits.lstrip("0123456789"))]
    number = int(kept) if kept else 0
    return -number if text.startswith("-") else number


def replace(value: str, old: str, new: str) -> str:
    """Replace every `old` without regard to case; "*old" also drops everything before the first one."""
    lowered = value.lower()
    if old.startswith("*") and len(old) > 1:
        at = lowered.find(old[1:].lower())
        return value if at < 0 else new + value[at + len(old) - 1 :]
    done: list[str] = []
    index = 0
    while True:
        at = lowered.find(old.lower(), index)
        if at < 0:
            return "".join([*done, value[index:]])
        done += [value[index:at], new]
        index = at + len(old)
