"""The limits of a WinRM service and the answers where real behaviour is unknown."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Policy:
    """Limits with the defaults of Server 2012 and later (winrm quotas; MS-WSMV 2.2.4.36, 2.2.4.42)."""

    max_shells_per_user: int = 30
    max_operations_per_user: int = 1500
    max_timeout_s: float = 60.0
    idle_timeout_s: float = 7200.0
    max_envelope_bytes: int = 500 * 1024
    # Whether a Receive after the one that said Done is answered Done again. No recording tells; the
    # recorded fault for unknown commands names "has completed execution", and that is the worse answer.
    repeat_done: bool = False
    # How long a Receive that has output waits for the end of a short command, so that "echo hi" needs one.
    linger_s: float = 0.02
