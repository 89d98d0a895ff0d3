"""What the listener needs of the computer behind it; the simulated node satisfies it structurally."""

from __future__ import annotations

from typing import Protocol


class RemoteProcess(Protocol):
    """A process that a remote shell started, with everything it spawned in the same job."""

    @property
    def pid(self) -> int:
        """The process id."""
        ...

    @property
    def exit_code(self) -> int | None:
        """Its exit code as an unsigned 32 bit number, or None while it runs."""
        ...

    def read_output(self, timeout_s: float) -> list[tuple[str, bytes]]:
        """Return ("stdout"|"stderr", chunk) pairs; blocks until output, end or timeout; [] is none of it."""
        ...

    def write_input(self, data: bytes, end: bool) -> None:
        """Hand bytes to its standard input; `end` closes it."""
        ...

    def kill(self) -> None:
        """End this process and its children, also what an ended process left running."""
        ...


class Computer(Protocol):
    """A Windows computer as its remote shells see it."""

    @property
    def name(self) -> str:
        """The NetBIOS name, as in HV-01."""
        ...

    def password_of(self, user: str) -> str | None:
        """Return the password of `user`, or None for no such account or one that may not use WinRM."""
        ...

    def start(
        self, command_line: str, *, user: str, cwd: str | None, env: dict[str, str], codepage: int
    ) -> RemoteProcess:
        """Run `command_line` through cmd.exe as `user`; code page 0 is the computer's own.

        Raises NotADirectoryError when `cwd` is no folder.
        """
        ...
