"""What the control API's page says is what there is."""

from __future__ import annotations

import re
from importlib.resources import files

from sandbox import array_actions, node_actions
from sandbox.control import ACTIONS

PAGE = (files("sandbox") / "control.md").read_text("utf-8")


def first_cells(section: str) -> set[str]:
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    return {name for row in rows for name in re.findall(r"`([^`]+)`", row)}


def test_the_page_names_every_request_and_action() -> None:
    requests, arrays, nodes = PAGE.split("\n## ")
    assert first_cells(requests) == {f"{method} /_sandbox/{path}" for method, path in ACTIONS}
    assert first_cells(arrays) == set(array_actions.ACTIONS)
    assert first_cells(nodes) == set(node_actions.ACTIONS)
