"""VSS's own diagnostics: what each writer leaves in the registry when it enters and leaves a phase.

Layout worked out from two real captures (telemetry of a System Writer, BACKUPCOMPLETE (Enter)): 72 bytes,
little-endian: size, FILETIME, process id, thread id, event number, 1 = enter, state, HRESULT, set id, 16 bytes.
The captures hold the first 50 bytes; the rest is inferred.
"""

from __future__ import annotations

import struct
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sandbox.node.registry import Registry

DIAG_KEY = "HKLM\\SYSTEM\\CurrentControlSet\\Services\\VSS\\Diag"
_FORMAT = "<QQIIIIII16s16s"
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
NO_SET = str(uuid.UUID(int=0))

# Only BACKUPCOMPLETE's 1014 is recorded; the others are a guess in phase order.
EVENT_NUMBERS = {
    "IDENTIFY": 1000,
    "PREPAREBACKUP": 1002,
    "PREPARESNAPSHOT": 1004,
    "FREEZE": 1006,
    "THAW": 1008,
    "POSTSNAPSHOT": 1010,
    "ABORT": 1012,
    "BACKUPCOMPLETE": 1014,
    "BACKUPSHUTDOWN": 1016,
}


@dataclass(frozen=True)
class Record:
    """One value of the diagnostics."""

    phase: str
    enter: bool
    at: datetime
    pid: int
    tid: int
    state: int
    hresult: int
    set_id: str

    def pack(self) -> bytes:
        """Return the 72 bytes of the value."""
        filetime = (self.at - _EPOCH) // timedelta(microseconds=1) * 10
        set_id = uuid.UUID(self.set_id).bytes_le
        number = EVENT_NUMBERS.get(self.phase, 2000)
        head = (72, filetime, self.pid, self.tid, number, int(self.enter), self.state, self.hresult)
        return struct.pack(_FORMAT, *head, set_id, bytes(16))


def write(registry: Registry, writer: str, record: Record) -> None:
    """Leave a record under the writer's name, unless the diagnostics are switched off."""
    switch = registry.value(DIAG_KEY, "")
    if switch is not None and str(switch.data).lower() == "disabled":
        return
    name = f"{record.phase} ({'Enter' if record.enter else 'Leave'})"
    registry.set(f"{DIAG_KEY}\\{writer}", name, "REG_BINARY", record.pack())


def switch_off(registry: Registry) -> None:
    """Switch the diagnostics off by the key's default value, a known work-around on Server 2016."""
    registry.set(DIAG_KEY, "", "REG_SZ", "Disabled")
