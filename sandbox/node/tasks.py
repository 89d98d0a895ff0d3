"""The Task Scheduler."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.node.machine import Machine


class TaskScheduler:
    """Holds the tasks of a machine."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def forget_running(self) -> None:
        """Forget running."""
