"""How control leaves a command early: GOTO, EXIT /B, EXIT and a line that cannot be parsed."""

from __future__ import annotations


class Jump(Exception):
    """The batch file's position was changed; the rest of the line is dropped."""


class LeaveBatch(Exception):
    """EXIT /B or GOTO :EOF: leave the current batch file or subroutine with this return code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class LeaveShell(Exception):
    """EXIT, or a batch file that cannot go on: end cmd.exe with this exit code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code
