"""Finds the interactive element that a person acts on inside a message's blocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Found:
    """An interactive element and the block that holds it."""

    element: Json
    block_id: str

    def acted(self, selected: str, ts: str) -> Json:
        """Return the action for an interaction's payload; `selected` is the chosen option's value."""
        action = {"action_id": self.element["action_id"], "block_id": self.block_id, "action_ts": ts}
        action["type"] = self.element["type"]
        for name in ("text", "value", "style"):
            if name in self.element:
                action[name] = self.element[name]
        option = next((o for o in self.element.get("options", []) if o.get("value") == selected), None)
        if option is not None:
            action["selected_option"] = option
        return action


def find_action(blocks: list[Json], action_id: str, block_id: str = "") -> Found | None:
    """Return the first element with this action_id (in this block, if named)."""
    for block in blocks:
        named = str(block.get("block_id", ""))
        if block_id in ("", named):
            for element in _elements(block):
                if element.get("action_id") == action_id:
                    return Found(element, named)
    return None


def _elements(node: object) -> Iterator[Json]:
    if isinstance(node, list):
        for part in node:
            yield from _elements(part)
    elif isinstance(node, dict):
        if "action_id" in node:
            yield node
        for name, part in node.items():
            if name not in ("options", "confirm"):
                yield from _elements(part)
