"""findstr.exe and find.exe: lines that hold a text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from sandbox.node import paths
from sandbox.node.codepages import decode
from sandbox.node.errors import FileError
from sandbox.node.process import Call

META = set(".*^$[\\")


@dataclass
class _Search:
    strings: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    flags: set[str] = field(default_factory=set)


def findstr(call: Call) -> int:
    """Run findstr; returns 0 when a line was found, 1 when none was, 2 for a wrong command line."""
    search = _parse(call.argv)
    if search is None or not search.strings:
        call.err("FINDSTR: Bad command line\r\n")
        return 2
    try:
        pattern = _pattern(search)
    except re.error:
        call.err("FINDSTR: Bad command line\r\n")
        return 2
    if not search.files:
        return 0 if _scan(call, search, pattern, decode(call.read_input(), call.process.codepage), "") else 1
    names = _names(call, search)
    many = len(search.files) > 1 or any(paths.has_wildcard(name) for name in search.files)
    found = False
    for name in names:
        try:
            content = call.machine.files.read(paths.absolute(name, call.cwd), call.user)
        except FileError:
            call.err(f"FINDSTR: Cannot open {name}\r\n")
            continue
        text = decode(content, call.process.codepage)
        found = _scan(call, search, pattern, text, f"{name}:" if many else "") or found
    return 0 if found else 1


def _parse(argv: list[str]) -> _Search | None:
    search = _Search()
    for word in argv:
        lowered = word.lower()
        if lowered.startswith("/c:"):
            search.strings.append(word[3:])
            search.flags.add("c")
        elif word.startswith("/") and len(word) > 1:
            if not set(lowered[1:]) <= set("bexilrvnm"):
                return None
            search.flags |= set(lowered[1:])
        elif not search.strings and "c" not in search.flags:
            search.strings += word.split(" ")
        else:
            search.files.append(word)
    return search


def _pattern(search: _Search) -> re.Pattern[str]:
    as_regex = "r" in search.flags or (
        "l" not in search.flags
        and "c" not in search.flags
        and any(META & set(text) for text in search.strings)
    )
    bodies = [_translate(text) if as_regex else re.escape(_plain(text)) for text in search.strings if text]
    body = "|".join(f"(?:{one})" for one in bodies)
    if search.flags & {"x", "b"}:
        body = f"^(?:{body})"
    if search.flags & {"x", "e"}:
        body = f"(?:{body})$"
    return re.compile(body, re.IGNORECASE if "i" in search.flags else 0)


def _plain(text: str) -> str:
    return text.replace('\\"', '"').replace("\\\\", "\\")


def _translate(text: str) -> str:
    """Translate findstr's small regular expressions: . * ^ $ [class] \\x \\< \\>."""
    done = ""
    index = 0
    while index < len(text):
        char = text[index]
        if char == "\\" and index + 1 < len(text):
            index += 1
            done += {"<": r"\b(?=\w)", ">": r"(?<=\w)\b"}.get(text[index], re.escape(text[index]))
        elif char == "[" and "]" in text[index + 1 :]:
            close = text.index("]", index + 1)
            done += text[index : close + 1].replace("\\", "\\\\")
            index = close
        elif char in ".*$" or (char == "^" and index == 0):
            done += char if char != "*" or done else re.escape(char)
        else:
            done += re.escape(char)
        index += 1
    return done


def _names(call: Call, search: _Search) -> list[str]:
    names: list[str] = []
    for name in search.files:
        if not paths.has_wildcard(name):
            names.append(name)
            continue
        full = paths.absolute(name, call.cwd)
        prefix = name[: len(name) - len(paths.leaf(name))]
        for stat in call.machine.files.scan(paths.parent(full), call.user):
            if not stat.is_dir and paths.matches(stat.name, paths.leaf(full)):
                names.append(prefix + stat.name)
    return names


def _scan(call: Call, search: _Search, pattern: re.Pattern[str], text: str, prefix: str) -> bool:
    lines = text.replace("\r\n", "\n").split("\n")
    if lines and not lines[-1]:
        lines.pop()
    found = False
    for number, line in enumerate(lines, 1):
        if (pattern.search(line) is not None) == ("v" in search.flags):
            continue
        found = True
        if "m" in search.flags:
            call.out(prefix.rstrip(":") + "\r\n")
            return True
        call.out(prefix + (f"{number}:" if "n" in search.flags else "") + line + "\r\n")
    return found


def find(call: Call) -> int:
    """Run find; returns 0 when a line was found, 1 when none was, 2 for a wrong command line."""
    flags = {word[1:].lower() for word in call.argv if word.startswith("/")}
    words = [word for word in call.argv if not word.startswith("/")]
    if not words or not flags <= {"v", "c", "n", "i"} or f'"{words[0]}"' not in call.tail:
        call.err("FIND: Parameter format not correct\r\n")
        return 2
    if len(words) == 1:
        content = decode(call.read_input(), call.process.codepage)
        return 0 if _find_in(call, words[0], flags, content, "") else 1
    found = False
    for name in words[1:]:
        try:
            content = decode(
                call.machine.files.read(paths.absolute(name, call.cwd), call.user), call.process.codepage
            )
        except FileError:
            call.err(f"File not found - {name.upper()}\r\n")
            continue
        found = _find_in(call, words[0], flags, content, f"\r\n---------- {name.upper()}") or found
    return 0 if found else 1


def _find_in(call: Call, text: str, flags: set[str], content: str, heading: str) -> bool:
    lines = content.replace("\r\n", "\n").split("\n")
    if lines and not lines[-1]:
        lines.pop()
    wanted = text.lower() if "i" in flags else text
    hits = [
        (number, line)
        for number, line in enumerate(lines, 1)
        if (wanted in (line.lower() if "i" in flags else line)) != ("v" in flags)
    ]
    if "c" in flags:
        call.out(f"{heading}: {len(hits)}\r\n" if heading else f"{len(hits)}\r\n")
        return bool(hits)
    if heading:
        call.out(heading + "\r\n")
    for number, line in hits:
        call.out((f"[{number}]" if "n" in flags else "") + line + "\r\n")
    return bool(hits)
