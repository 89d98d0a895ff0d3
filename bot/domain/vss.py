"""VSS as values: what DiskShadow, the writers, the providers and the event logs said."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

HYPERV_WRITER = "66841cd4-6ded-4f4b-8f17-fd23f8ddc3de"
CSV_WRITER = "1072ae1c-e5a7-4ea1-9e4a-6f7964656570"
PURE_PROVIDER = "781c006a-5829-4a25-81e3-d5e43bd005ab"


@dataclass(frozen=True)
class ExcludedComponent:
    """A component that DiskShadow left out, and the volume it would have needed."""

    component: str
    writer: str
    volume: str


@dataclass(frozen=True)
class RequesterReport:
    """What DiskShadow's output says; GUIDs are lower case without braces."""

    set_id: str | None = None
    shadow_ids: dict[str, str] = field(default_factory=dict)  # alias (lower case) -> shadow copy id
    included: dict[str, tuple[str, ...]] = field(default_factory=dict)  # writer name -> component paths
    excluded: tuple[ExcludedComponent, ...] = ()
    excluded_writers: tuple[str, ...] = ()
    hresult: int | None = None  # the first one printed
    error_text: str = ""
    echoed: tuple[str, ...] = ()  # script lines echoed after "->", in order
    created: bool = (
        False  # Alias lines, then the echo of any further line, and no HRESULT (all a copy run has)
    )
    completed: bool = (
        False  # see integrations/hyperv/diskshadow.py: Alias lines, then the line after `end backup`
    )


@dataclass(frozen=True)
class DiagRecord:
    """One value below VSS\\Diag: a writer (or provider) entered or left a phase."""

    key: str  # the subkey: a writer's display name
    value: str  # the value's name as written
    phase: str  # its phase word, e.g. PREPARESNAPSHOT
    enter: bool
    at: datetime
    process_id: int
    state: int
    hresult: int
    set_id: str | None  # None when all zero


@dataclass(frozen=True)
class DiagReading:
    """All of VSS\\Diag at one moment; `disabled` when its default value says so."""

    records: tuple[DiagRecord, ...] = ()
    disabled: bool = False
    skipped: int = 0  # binary values that could not be understood


@dataclass(frozen=True)
class WriterStatus:
    """One writer in `vssadmin list writers`; the texts are localised, the number is not."""

    name: str
    writer_id: str
    instance_id: str
    state: int
    state_text: str = ""
    last_error: str = ""


@dataclass(frozen=True)
class Provider:
    """One provider in `vssadmin list providers`."""

    name: str
    provider_id: str
    version: str = ""
    type_text: str = ""


@dataclass(frozen=True)
class ProviderArray:
    """One row of `pureproviderconfig list`."""

    url: str
    name: str
    compatible: bool
    online: bool
    authenticated: bool


@dataclass(frozen=True)
class LogState:
    """A log as `wevtutil gli` shows it; `newest` is derived from oldest and count."""

    log: str
    count: int
    oldest: int

    @property
    def newest(self) -> int:
        """Return the id of the newest record (0 for an empty log)."""
        return self.oldest + self.count - 1 if self.count else max(self.oldest - 1, 0)


@dataclass(frozen=True)
class Event:
    """One record of a Windows event log."""

    log: str
    record_id: int
    provider: str
    event_id: int  # classic ids without their upper 16 bits
    level: int  # 1 critical, 2 error, 3 warning, 4 information
    at: datetime
    process_id: int | None = None
    data: tuple[str, ...] = ()

    def text(self) -> str:
        """Return all data of the record as one text."""
        return " ".join(self.data)
