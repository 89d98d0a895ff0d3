"""A machine with an administrator, an ordinary account, and one that may use WinRM."""

from __future__ import annotations

import pytest

from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.node.machine import Machine


@pytest.fixture
def machine() -> Machine:
    machine = Machine("HV-01", Clock(1000.0), Faults(), start_cost_s=0.0)
    machine.add_account("Administrator", "Adm1n!", ("Administrators",))
    machine.add_account("alice", "wonder", ("Users",))
    machine.add_account("robot", "r0b0t", ("Users", "Remote Management Users"))
    return machine
