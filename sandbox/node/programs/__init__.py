"""The Windows programs of a node that deal with VSS, event logs, the registry and CIM."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.node.process import Program


def all_programs() -> dict[str, Program]:
    """Return the programs by file name."""
    from sandbox.node.programs import diskshadow

    return {
        "diskshadow.exe": diskshadow.run,
    }
