"""Event logs of one node: channels with record ids that wrap and clear, written as Windows event XML."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from xml.sax.saxutils import escape

CHANNELS = (
    "Application",
    "Security",
    "Setup",
    "System",
    "Microsoft-Windows-FailoverClustering/Operational",
    "Microsoft-Windows-FailoverClustering-CsvFs/Operational",
    "Microsoft-Windows-Hyper-V-VMMS-Admin",
    "Microsoft-Windows-Hyper-V-VMMS-Operational",
    "Microsoft-Windows-Hyper-V-VMMS-Storage",
    "Microsoft-Windows-Hyper-V-Worker-Admin",
    "Microsoft-Windows-VHDMP-Operational",
)
CRITICAL, ERROR, WARNING, INFORMATION = 1, 2, 3, 4
CLASSIC = "0x80000000000000"
MODERN = "0x8000000000000000"


@dataclass(frozen=True, kw_only=True)
class NewEvent:
    """An event as its source reports it; `guid` is "" for classic sources, whose strings are `data`.

    With `user_data` (an element's name and namespace) the strings become Parameter0, Parameter1 …,
    as events of Hyper-V's management service are recorded.
    """

    source: str
    id: int
    level: int
    data: tuple[str, ...] = ()
    guid: str = ""
    pid: int = 0
    tid: int = 0
    user_data: tuple[str, str] | None = None


@dataclass(frozen=True)
class Event:
    """A recorded event."""

    record_id: int
    at: datetime
    channel: str
    computer: str
    new: NewEvent

    def xml(self) -> str:
        """Return the event as `wevtutil qe /f:xml` prints it: one element, single quotes."""
        new = self.new
        stamp = self.at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{self.at.microsecond * 1000:09d}Z"
        qualifiers = "" if new.guid else " Qualifiers='0'"
        guid = f" Guid='{new.guid}'" if new.guid else ""
        security = "<Security UserID='S-1-5-18'/>" if new.guid else "<Security/>"
        return (
            "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>"
            f"<Provider Name='{escape(new.source)}'{guid}/><EventID{qualifiers}>{new.id}</EventID>"
            f"<Version>0</Version><Level>{new.level}</Level><Task>0</Task><Opcode>0</Opcode>"
            f"<Keywords>{MODERN if new.guid else CLASSIC}</Keywords>"
            f"<TimeCreated SystemTime='{stamp}'/><EventRecordID>{self.record_id}</EventRecordID><Correlation/>"
            f"<Execution ProcessID='{new.pid}' ThreadID='{new.tid}'/><Channel>{escape(self.channel)}</Channel>"
            f"<Computer>{escape(self.computer)}</Computer>{security}</System>{_payload(new)}</Event>"
        )


def _payload(new: NewEvent) -> str:
    if new.user_data is not None:
        name, namespace = new.user_data
        values = "".join(f"<Parameter{n}>{escape(text)}</Parameter{n}>" for n, text in enumerate(new.data))
        return f"<UserData><{name} xmlns='{namespace}'>{values}</{name}></UserData>"
    return "<EventData>" + "".join(f"<Data>{escape(text)}</Data>" for text in new.data) + "</EventData>"


@dataclass
class EventLog:
    """One channel; the oldest records fall out beyond `capacity`."""

    name: str
    created: datetime
    capacity: int = 4000
    events: list[Event] = field(default_factory=list)
    next_record_id: int = 1

    @property
    def oldest(self) -> int:
        """Return the record id of the oldest event; 0 when the log is empty, as wevtutil reports it."""
        return self.events[0].record_id if self.events else 0


class NoSuchChannel(KeyError):
    """The node has no channel of this name (Windows error 15007)."""


class EventLogs:
    """All channels of one node; thread-safe."""

    def __init__(self, computer: str, now: Callable[[], datetime]) -> None:
        self.computer = computer
        self._now = now
        self._lock = threading.Lock()
        self._logs = {name.lower(): EventLog(name, now()) for name in CHANNELS}

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(log.name for log in self._logs.values()))

    def log(self, name: str) -> EventLog:
        """Return a channel; raises NoSuchChannel."""
        try:
            return self._logs[name.lower()]
        except KeyError:
            raise NoSuchChannel(name) from None

    def write(self, channel: str, new: NewEvent) -> Event:
        """Record an event now and return it; raises NoSuchChannel."""
        log = self.log(channel)
        with self._lock:
            event = Event(log.next_record_id, self._now(), log.name, self.computer, new)
            log.next_record_id += 1
            log.events.append(event)
            del log.events[: max(0, len(log.events) - log.capacity)]
        return event

    def events(self, channel: str) -> list[Event]:
        """Return what a channel holds, oldest first; raises NoSuchChannel."""
        log = self.log(channel)
        with self._lock:
            return list(log.events)

    def clear(self, channel: str) -> None:
        """Empty a channel; record ids start again at 1, and System notes it as event 104."""
        log = self.log(channel)
        with self._lock:
            log.events.clear()
            log.next_record_id = 1
        guid = "{fc65ddd8-d6ef-4962-83d5-6e5cfe9ce148}"
        names = ("SYSTEM", "NT AUTHORITY", log.name)
        note = NewEvent(
            source="Microsoft-Windows-Eventlog", id=104, level=INFORMATION, data=names, guid=guid,
            user_data=("LogFileCleared", "http://manifests.microsoft.com/win/2004/08/windows/eventlog"),
        )  # fmt: skip
        self.write("System", note)

    def wrap(self, channel: str, keep: int = 0) -> None:
        """Drop all but the newest `keep` records, as a log does that is full; ids go on."""
        log = self.log(channel)
        with self._lock:
            del log.events[: max(0, len(log.events) - keep)]

    def remove(self, channel: str) -> None:
        """Take a channel away, as on a node without that role; raises NoSuchChannel."""
        self.log(channel)
        del self._logs[channel.lower()]
