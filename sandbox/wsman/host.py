"""What the connections to one computer share."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from sandbox.clock import Clock
from sandbox.wsman.computer import Computer
from sandbox.wsman.fault_points import FaultPoints
from sandbox.wsman.gate import GateRules
from sandbox.wsman.pages import Pages
from sandbox.wsman.shells import Shells


@dataclass(frozen=True)
class Host:
    """A computer and the state of its WinRM service; `closing` is set when the service stops."""

    computer: Computer
    clock: Clock
    points: FaultPoints
    shells: Shells
    rules: GateRules
    url: str
    pages: Pages = field(default_factory=Pages)
    closing: threading.Event = field(default_factory=threading.Event)
