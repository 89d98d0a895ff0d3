"""The points at which this wire can be broken, and the kinds each point knows."""

from __future__ import annotations

from sandbox.faults import Fault, Faults

OPERATIONS = ("create", "command", "receive", "send", "signal", "delete", "enumerate")

CONNECT_KINDS = {
    "refuse": "the connection is closed as soon as it is accepted",
    "reset": "the connection is reset as soon as it is accepted",
    "freeze": "the connection is accepted and nothing is answered for delay_s, then it is closed",
    "slow": "the connection is served delay_s late",
}

OPERATION_KINDS = {
    "reset": "the connection is reset before the request is handled",
    "lost_reply": "the request is handled, then the connection is cut instead of the answer",
    "freeze": "nothing is answered for delay_s, then the connection is cut; the request is never handled",
    "slow": "the request is handled and answered delay_s late, even if the client has gone by then",
    "http_400": "HTTP 400 with an empty body; the request is not handled",
    "http_500": "HTTP 500 with an empty body; the request is not handled",
    "unauthorized": "HTTP 401, and the connection has to authenticate again",
    "quota_shells": "the quota fault for shells (2150859173)",
    "quota_operations": "the quota fault for operations (2150859174)",
    "shell_gone": "the addressed shell is deleted first, with what runs in it",
}


class FaultPoints:
    """The fault points of one computer, plain and qualified by its name, as written or in lower case."""

    def __init__(self, faults: Faults, computer: str) -> None:
        self._faults = faults
        # Its own come first.
        self._suffixes = [f"@{name}" for name in sorted({computer, computer.lower()})] + [""]
        for suffix in self._suffixes:
            faults.publish(f"winrm.connect{suffix}", **CONNECT_KINDS)
            for operation in OPERATIONS:
                faults.publish(f"winrm.{operation}{suffix}", **OPERATION_KINDS)

    def take(self, operation: str) -> Fault | None:
        """Return the fault that waits at this operation, or None."""
        for suffix in self._suffixes:
            fault = self._faults.take(f"winrm.{operation}{suffix}")
            if fault is not None:
                return fault
        return None
