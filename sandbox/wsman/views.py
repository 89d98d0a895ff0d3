"""What the listener tells about its shells, as values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CommandView:
    """A command of a shell; `done` is whether a Receive has said so."""

    id: str
    line: str
    pid: int
    exit_code: int | None
    done: bool


@dataclass(frozen=True)
class ShellView:
    """A remote shell that exists now."""

    id: str
    owner: str
    client_ip: str
    operations: int
    commands: tuple[CommandView, ...]
