"""The Windows programs of a node that deal with VSS, event logs, the registry and CIM."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.node.process import Program


_POWERSHELL = "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe"


def all_programs() -> dict[str, Program]:
    """Return the programs by file name (those of System32) or full path."""
    from sandbox.node.programs import diskshadow, powershell, pureproviderconfig, reg, vssadmin, wevtutil

    return {
        "diskshadow.exe": diskshadow.run,
        "vssadmin.exe": vssadmin.run,
        "wevtutil.exe": wevtutil.run,
        "reg.exe": reg.run,
        _POWERSHELL: powershell.run,
        # The vendor's folder is not in PATH: his post says to run the tool in it.
        f"{pureproviderconfig.FOLDER}\\pureproviderconfig.exe": pureproviderconfig.run,
    }
