"""Win32 path names: made absolute, taken apart, matched against wildcards."""

from __future__ import annotations

import re

from sandbox.node import errors
from sandbox.node.errors import FileError

ILLEGAL = re.compile(r'[<>"|?*:\x00-\x1f]')
DEVICES = {"nul", "con", "prn", "aux", *(f"com{n}" for n in range(1, 10)), *(f"lpt{n}" for n in range(1, 10))}


def is_device(path: str, device: str = "nul") -> bool:
    """Return whether a name means a DOS device ("nul", "C:\\x\\nul" and "nul:" all do)."""
    name = path.replace("/", "\\").rsplit("\\", 1)[-1].rstrip(" .:")
    return name.lower() == device


def absolute(path: str, cwd: str) -> str:
    """Return the full path as GetFullPathName does. Raises FileError for UNC names."""
    if path.startswith(("\\\\?\\", "\\\\.\\")):
        return path[4:].rstrip("\\") if len(path) > 7 else path[4:]
    path = path.replace("/", "\\")
    if path.startswith("\\\\"):
        raise FileError(errors.BAD_NETPATH, path)
    drive, rest = (path[:2], path[2:]) if path[1:2] == ":" else (cwd[:2], path)
    if not rest.startswith("\\"):
        base = cwd[2:] if drive.lower() == cwd[:2].lower() else "\\"
        rest = base + "\\" + rest
    kept: list[str] = []
    for part in rest.split("\\"):
        if part == "..":
            del kept[-1:]
            continue
        clean = part.rstrip(
            " ."
        )  # Win32 drops trailing blanks and dots ("Naming Files, Paths, and Namespaces")
        if clean:
            kept.append(clean)
    return drive.upper() + "\\" + "\\".join(kept)


def split(path: str) -> tuple[str, list[str]]:
    """Split an absolute path into drive ("C:") and parts. Raises FileError for a name NTFS refuses."""
    if path[1:2] != ":" or not path[:1].isalpha():
        raise FileError(errors.PATH_NOT_FOUND, path)
    parts = [part for part in path[2:].replace("/", "\\").split("\\") if part]
    for part in parts:
        if ILLEGAL.search(part):
            raise FileError(errors.INVALID_NAME, path)
    return path[:2].upper(), parts


def parent(path: str) -> str:
    """Return the folder of an absolute path; the root is its own parent."""
    head = path.rstrip("\\").rpartition("\\")[0]
    return head + "\\" if len(head) == 2 else head or path


def leaf(path: str) -> str:
    """Return the last part of a path."""
    return path.rstrip("\\").rpartition("\\")[2]


def join(folder: str, name: str) -> str:
    """Return the path of `name` in `folder`."""
    return folder + name if folder.endswith("\\") else folder + "\\" + name


def has_wildcard(path: str) -> bool:
    """Return whether a name holds * or ?."""
    return "*" in path or "?" in path


def matches(name: str, pattern: str) -> bool:
    """Return whether a file name matches a wildcard pattern, without regard to case.

    "*.*" matches everything and a "?" before a dot or the end may match nothing, as in FindFirstFile.
    """
    if pattern in {"*", "*.*"}:
        return True
    translated = "".join(_translate(pattern, index) for index in range(len(pattern)))
    if pattern.endswith(".*"):
        translated = translated[: -len(r"\..*")] + r"(\..*)?"
    elif pattern.endswith("."):
        translated = translated[:-2]
        return "." not in name and re.fullmatch(translated, name, re.IGNORECASE | re.DOTALL) is not None
    return re.fullmatch(translated, name, re.IGNORECASE | re.DOTALL) is not None


def _translate(pattern: str, index: int) -> str:
    char = pattern[index]
    if char == "*":
        return ".*"
    if char == "?":
        return "[^.]?" if pattern[index:].lstrip("?")[:1] in {"", ".", "*"} else "."
    return re.escape(char)
