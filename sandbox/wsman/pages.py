"""Enumerations that were started and not yet pulled."""

from __future__ import annotations

import threading

from sandbox.wsman.envelope import upper_id


class Pages:
    """Keeps the items of an enumeration until a Pull fetches them; thread-safe."""

    def __init__(self) -> None:
        self._items: dict[str, str] = {}
        self._lock = threading.Lock()

    def keep(self, items: str) -> str:
        """Keep the items and return the enumeration context."""
        context = f"uuid:{upper_id()}"
        with self._lock:
            self._items[context] = items
        return context

    def fetch(self, context: str) -> str | None:
        """Return and forget the items of a context, or None for an unknown one."""
        with self._lock:
            return self._items.pop(context, None)
