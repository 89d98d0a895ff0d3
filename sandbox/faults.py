"""The fault list: what can be broken at which point of the world, and what is broken now."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field


@dataclass(frozen=True)
class FaultPoint:
    """A place where the world can be broken: its name, the kinds it knows, and what each does."""

    at: str
    kinds: dict[str, str]


@dataclass
class Fault:
    """One fault that waits to happen `count` times at `at`; `delay_s` is for the kinds that wait."""

    at: str
    kind: str
    count: int = 1
    delay_s: float = 0.0
    detail: str = ""


class UnknownFault(ValueError):
    """The fault list was asked for a point or kind that no part of the world publishes."""


@dataclass
class Faults:
    """Holds the published points and the faults that wait; thread-safe."""

    points: dict[str, FaultPoint] = field(default_factory=dict)
    _waiting: list[Fault] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def publish(self, at: str, **kinds: str) -> None:
        """Publish that `at` can be broken in these ways (kind=what it does)."""
        self.points[at] = FaultPoint(at, dict(kinds))

    def add(self, fault: Fault) -> None:
        """Let a fault wait at its point. Raises UnknownFault, naming what is accepted."""
        point = self.points.get(fault.at)
        if point is None:
            raise UnknownFault(f"no fault point {fault.at!r}; known: {', '.join(sorted(self.points))}")
        if fault.kind not in point.kinds:
            raise UnknownFault(f"{fault.at!r} knows {', '.join(sorted(point.kinds))}, not {fault.kind!r}")
        with self._lock:
            self._waiting.append(fault)

    def take(self, at: str) -> Fault | None:
        """Return the oldest fault that waits at `at`, counting it down, or None."""
        with self._lock:
            for fault in self._waiting:
                if fault.at == at:
                    fault.count -= 1
                    if fault.count <= 0:
                        self._waiting.remove(fault)
                    return fault
        return None

    def clear(self) -> None:
        """Forget every fault that waits."""
        with self._lock:
            self._waiting.clear()

    def waiting(self) -> list[Fault]:
        """Return the faults that still wait."""
        with self._lock:
            return list(self._waiting)
