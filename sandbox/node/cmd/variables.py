"""The dynamic variables: %CD%, %DATE%, %TIME%, %RANDOM%, %ERRORLEVEL%, %CMDCMDLINE%, %CMDEXTVERSION%."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.node.cmd.shell import Shell


def dynamic(shell: Shell, name: str) -> str | None:
    """Return the value of a dynamic variable, None when the name is none ("set /?" lists them)."""
    upper = name.upper()
    if upper == "CD":
        return shell.cwd
    if upper == "ERRORLEVEL":
        return str(shell.errorlevel)
    if upper == "DATE":
        return shell.locale.date(shell.now(), weekday=True)
    if upper == "TIME":
        return shell.locale.time(shell.now())
    if upper == "RANDOM":
        return str(secrets.randbelow(32768))
    if upper == "CMDCMDLINE":
        return shell.process.command_line
    if upper == "CMDEXTVERSION":
        return "2"
    return None
