"""Splitting a command line's tail into arguments as the Microsoft C runtime does."""

from __future__ import annotations


def split_argv(tail: str) -> list[str]:
    """Split by "Parsing C command-line arguments" (Microsoft C documentation): quotes and backslashes."""
    arguments: list[str] = []
    current: list[str] = []
    started = quoted = False
    index = 0
    while index < len(tail):
        char = tail[index]
        if char == "\\":
            slashes = len(tail[index:]) - len(tail[index:].lstrip("\\"))
            index += slashes
            started = True
            if tail[index : index + 1] != '"':
                current.append("\\" * slashes)
                continue
            current.append("\\" * (slashes // 2))
            if slashes % 2:
                current.append('"')
                index += 1
            continue
        index += 1
        if char == '"':
            started = True
            if quoted and tail[index : index + 1] == '"':
                current.append('"')
                index += 1
            else:
                quoted = not quoted
        elif char in " \t" and not quoted:
            if started:
                arguments.append("".join(current))
            current, started = [], False
        else:
            started = True
            current.append(char)
    if started:
        arguments.append("".join(current))
    return arguments
