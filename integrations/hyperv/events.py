"""`wevtutil gli` and `wevtutil qe … /f:xml`: the state of the event logs and their records.

No real sample of the XML is public, so anything that is missing or torn is stepped over and counted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from bot.domain.vss import Event, LogState
from integrations.hyperv.decoding import decode, lines

_OPENING = re.compile(r"(?=<Event[\s>])")
_CLOSING = re.compile(r"</Event\s*>")
# What XML 1.0 forbids; Windows writes such characters into event data all the same.
_FORBIDDEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]|&#(?:x0*(?:[0-8bcef]|1[0-9a-f])|0*(?:[0-8]|1[124-9]|2[0-9]|3[01]));",
    re.IGNORECASE,
)
_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z?")
_NUMBER = re.compile(r"\s*([^:=]+?)\s*[:=]\s*(\d+)\s*$")


@dataclass(frozen=True)
class Reading:
    """The records of one file, and how many were torn or not understood."""

    events: tuple[Event, ...] = ()
    unreadable: int = 0


def parse(raw: bytes, log: str = "") -> tuple[Event, ...]:
    """Return the records in the output of `wevtutil qe /f:xml`, with or without a root element."""
    return read(raw, log).events


def read(raw: bytes, log: str = "") -> Reading:
    """Return the records as `parse` does, and the count of those that could not be read."""
    elements = _OPENING.split(decode(raw))[1:]
    found = [_event(element, log) for element in elements]
    events = tuple(event for event in found if event is not None)
    return Reading(events, len(found) - len(events))


def parse_log(raw: bytes, log: str) -> LogState | None:
    """Return a log's state as `wevtutil gli` prints it, or None if the numbers are not there."""
    return _log_state(lines(raw), log)


def parse_logs(raw: bytes) -> tuple[LogState, ...]:
    """Return the states in several outputs of `wevtutil gli`, each after a line `log=<name>`."""
    blocks: list[tuple[str, list[str]]] = []
    for line in lines(raw):
        if line.lower().startswith("log="):
            blocks.append((line[4:].strip(), []))
        elif blocks:
            blocks[-1][1].append(line)
    states = (_log_state(block, log) for log, block in blocks)
    return tuple(state for state in states if state is not None)


def _log_state(block: list[str], log: str) -> LogState | None:
    numbers = {m.group(1).lower(): int(m.group(2)) for line in block if (m := _NUMBER.match(line))}
    count, oldest = numbers.get("numberoflogrecords"), numbers.get("oldestrecordnumber")
    # An empty log has no oldest record; then the line holds 0 or is missing.
    if count is None or (count and oldest is None):
        return None
    return LogState(log, count, oldest or 0)


def _event(text: str, log: str) -> Event | None:
    end = _CLOSING.search(text)
    if end is None:
        return None
    try:
        root = fromstring(_FORBIDDEN.sub("", text[: end.end()]))
    except (ParseError, DefusedXmlException, ValueError):
        return None
    parts = {_name(child): child for child in root}
    system = {_name(child): child for child in parts.get("System", Element("System"))}
    event_id, at = _int(_text(system.get("EventID"))), _time(system.get("TimeCreated"))
    if event_id is None or at is None:
        return None
    execution = system.get("Execution")
    source = system.get("Provider")
    return Event(
        log=log or _text(system.get("Channel")),
        record_id=_int(_text(system.get("EventRecordID"))) or 0,
        provider="" if source is None else source.get("Name") or source.get("EventSourceName") or "",
        event_id=event_id & 0xFFFF,
        level=_int(_text(system.get("Level"))) or 0,
        at=at,
        process_id=None if execution is None else _int(execution.get("ProcessID") or ""),
        data=_data(parts),
    )


def _data(parts: dict[str, Element]) -> tuple[str, ...]:
    texts: list[str] = []
    for name in ("EventData", "UserData", "DebugData"):
        for element in parts[name].iter() if name in parts else ():
            value = (element.text or "").strip()
            if value and _name(element) == "Binary":
                value = _printable(value)
            if value:
                texts.append(value)
    return tuple(texts)


def _printable(value: str) -> str:
    # VSS adds its own context there as ASCII text in hexadecimal: code, process, user.
    try:
        text = bytes.fromhex(value).decode("ascii")
    except ValueError:
        return ""
    return text.strip("\0 ") if text.isprintable() else ""


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _text(element: Element | None) -> str:
    return "" if element is None else (element.text or "").strip()


def _int(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{1,20}", text) else None


def _time(element: Element | None) -> datetime | None:
    found = _TIME.match(element.get("SystemTime") or "") if element is not None else None
    if not found:
        return None
    try:
        whole = datetime.fromisoformat(found.group(1)).replace(tzinfo=UTC)
    except ValueError:
        return None
    return whole.replace(microsecond=int((found.group(2) or "0").ljust(6, "0")[:6]))
