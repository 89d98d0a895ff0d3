"""Environment blocks: names compare without case and keep the spelling they were first given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping


class EnvBlock(MutableMapping[str, str]):
    """A process's environment variables."""

    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        self._values: dict[str, tuple[str, str]] = {}
        for name, value in (values or {}).items():
            self[name] = value

    def __getitem__(self, name: str) -> str:
        return self._values[name.upper()][1]

    def __setitem__(self, name: str, value: str) -> None:
        key = name.upper()
        spelled = self._values[key][0] if key in self._values else name
        self._values[key] = (spelled, value)

    def __delitem__(self, name: str) -> None:
        del self._values[name.upper()]

    def __iter__(self) -> Iterator[str]:
        return iter([spelled for _, (spelled, _) in sorted(self._values.items())])

    def __len__(self) -> int:
        return len(self._values)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.upper() in self._values

    def copy(self) -> EnvBlock:
        """Return an independent copy, as a child process gets it."""
        twin = EnvBlock()
        twin._values = dict(self._values)
        return twin

    def replace(self, other: EnvBlock) -> None:
        """Take over all values of another block."""
        self._values = dict(other._values)
