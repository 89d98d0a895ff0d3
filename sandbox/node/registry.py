"""The registry of one node: keys and typed values, names compared without case, thread-safe."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

HIVES = {
    "HKLM": "HKEY_LOCAL_MACHINE",
    "HKCU": "HKEY_CURRENT_USER",
    "HKCR": "HKEY_CLASSES_ROOT",
    "HKU": "HKEY_USERS",
    "HKCC": "HKEY_CURRENT_CONFIG",
}

Data = bytes | int | str | tuple[str, ...]


@dataclass(frozen=True)
class Value:
    """One value: REG_BINARY holds bytes, REG_DWORD and REG_QWORD an int, REG_MULTI_SZ a tuple, others text."""

    name: str
    type: str
    data: Data


@dataclass
class _Key:
    name: str
    values: dict[str, Value] = field(default_factory=dict)
    keys: dict[str, _Key] = field(default_factory=dict)


class NoSuchKey(KeyError):
    """The registry has no such key or value (Windows error 2)."""


def split_path(path: str) -> list[str]:
    """Return the parts of a key's path, with the hive's full name first; raises NoSuchKey for no hive."""
    parts = [part for part in path.split("\\") if part]
    if not parts:
        raise NoSuchKey(path)
    hive = HIVES.get(parts[0].upper(), parts[0].upper())
    if hive not in HIVES.values():
        raise NoSuchKey(path)
    return [hive, *parts[1:]]


class Registry:
    """All keys of one node; a path starts with a hive, short (HKLM) or long."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._root = _Key("", keys={hive: _Key(hive) for hive in HIVES.values()})

    def set(self, path: str, name: str, type_: str, data: Data) -> None:
        """Write a value, making its key where missing; `name` "" is the default value."""
        with self._lock:
            self._make(path).values[name.lower()] = Value(name, type_, data)

    def add_key(self, path: str) -> None:
        """Make a key and the keys above it; nothing happens when it exists."""
        with self._lock:
            self._make(path)

    def has_key(self, path: str) -> bool:
        """Tell whether the key exists."""
        with self._lock:
            return self._find(path) is not None

    def value(self, path: str, name: str) -> Value | None:
        """Return a value, or None when it or its key is missing."""
        with self._lock:
            key = self._find(path)
            return None if key is None else key.values.get(name.lower())

    def values(self, path: str) -> list[Value]:
        """Return the values of a key in the order they were written, the default value first."""
        with self._lock:
            found = self._known(path).values
            return sorted(found.values(), key=lambda value: value.name != "")

    def subkeys(self, path: str) -> list[str]:
        """Return the names of the keys directly below, sorted as Windows does (without case)."""
        with self._lock:
            return sorted((key.name for key in self._known(path).keys.values()), key=str.upper)

    def delete_value(self, path: str, name: str) -> None:
        """Delete a value; raises NoSuchKey."""
        with self._lock:
            if self._known(path).values.pop(name.lower(), None) is None:
                raise NoSuchKey(path)

    def delete_key(self, path: str) -> None:
        """Delete a key with all below it; raises NoSuchKey."""
        parts = split_path(path)
        with self._lock:
            above = self._find("\\".join(parts[:-1])) if len(parts) > 1 else None
            if above is None or above.keys.pop(parts[-1].upper(), None) is None:
                raise NoSuchKey(path)

    def _find(self, path: str) -> _Key | None:
        key: _Key | None = self._root
        for part in split_path(path):
            key = key.keys.get(part.upper()) if key is not None else None
        return key

    def _known(self, path: str) -> _Key:
        key = self._find(path)
        if key is None:
            raise NoSuchKey(path)
        return key

    def _make(self, path: str) -> _Key:
        key = self._root
        for part in split_path(path):
            key = key.keys.setdefault(part.upper(), _Key(part))
        return key
