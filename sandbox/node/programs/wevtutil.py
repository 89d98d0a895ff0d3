"""wevtutil: el, gli, qe and cl, as far as the event logs of a node are read with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.node.argv import split_argv
from sandbox.node.eventlog import Event, NoSuchChannel
from sandbox.node.programs.event_query import BadQuery, parse
from sandbox.node.windows import may_administrate, windows_of

if TYPE_CHECKING:
    from datetime import datetime

    from sandbox.node.eventlog import EventLog
    from sandbox.node.process import Call
    from sandbox.node.windows import Windows

ACCESS_DENIED, BAD_PARAMETER, BAD_QUERY, NO_CHANNEL = 5, 87, 15001, 15007
_LONG = {
    "query-events": "qe",
    "get-log-info": "gli",
    "enum-logs": "el",
    "clear-log": "cl",
}
_START_S = 0.3
_EMPTY_LOG_BYTES, _BYTES_PER_EVENT = 69_632, 512


def run(call: Call) -> int:
    """Run wevtutil.exe."""
    words = split_argv(call.tail)
    if not words:
        call.out("Windows Events Command Line Utility.\r\n")
        return 0
    verb = _LONG.get(words[0].lower(), words[0].lower())
    verbs = {"el": _enumerate, "gli": _info, "qe": _query, "cl": _clear}
    if verb not in verbs:
        return _fail(call, f"{words[0]} is not a valid command.", BAD_PARAMETER)
    call.work(_START_S)
    try:
        return verbs[verb](call, windows_of(call.machine), words[1:])
    except NoSuchChannel:
        return _fail(call, _no_channel(windows_of(call.machine)), NO_CHANNEL)
    except BadQuery:
        return _fail(call, "The specified query is invalid.", BAD_QUERY)


def _no_channel(win: Windows) -> str:
    if win.culture.german:
        return "Der angegebene Kanal konnte nicht gefunden werden."
    return "The specified channel could not be found."


def _fail(call: Call, text: str, code: int) -> int:
    call.err(text + "\r\n")
    return code


def _enumerate(call: Call, win: Windows, words: list[str]) -> int:
    del words
    call.out("".join(f"{name}\r\n" for name in win.logs))
    return 0


def _info(call: Call, win: Windows, words: list[str]) -> int:
    if not words:
        return _fail(call, "Too few arguments are supplied.", BAD_PARAMETER)
    log = win.logs.log(words[0])
    if _closed_to(call, log):
        return _fail(call, "Access is denied.", ACCESS_DENIED)
    events = win.logs.events(log.name)
    written = events[-1].at if events else log.created
    call.out(
        f"creationTime: {_stamp(log.created)}\r\nlastAccessTime: {_stamp(written)}\r\n"
        f"lastWriteTime: {_stamp(written)}\r\nfileSize: {_EMPTY_LOG_BYTES + _BYTES_PER_EVENT * len(events)}\r\n"
        f"attributes: 32\r\nnumberOfLogRecords: {len(events)}\r\n"
        + (f"oldestRecordNumber: {log.oldest}\r\n" if events else "")
    )
    return 0


def _stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def _closed_to(call: Call, log: EventLog) -> bool:
    return log.name == "Security" and not may_administrate(call)


def _query(call: Call, win: Windows, words: list[str]) -> int:
    channel = ""
    options: dict[str, str] = {}
    for word in words:
        name, colon, value = word[1:].partition(":")
        if word[0] == "/" and colon:
            options[name.lower()] = value.strip('"')
        else:
            channel = word
    log = win.logs.log(channel)
    if _closed_to(call, log):
        return _fail(call, "Access is denied.", ACCESS_DENIED)
    if options.get("f", options.get("format", "xml")).lower() not in ("xml", "text"):
        return _fail(call, "Invalid value for option f.", BAD_PARAMETER)
    test = parse(options.get("q", options.get("query", "*")))
    now = win.now()
    events = [event for event in win.logs.events(log.name) if test(event, now)]
    if options.get("rd", options.get("reversedirection", "false")).lower() == "true":
        events.reverse()
    count = options.get("c", options.get("count", ""))
    if count and not count.isdigit():
        return _fail(call, f"Invalid value for option c: {count}", BAD_PARAMETER)
    _print_events(call, events[: int(count)] if count else events, options)
    return 0


def _print_events(call: Call, events: list[Event], options: dict[str, str]) -> None:
    root = options.get("e", options.get("element", ""))
    as_text = options.get("f", options.get("format", "xml")).lower() == "text"
    lines = [_as_text(number, event) if as_text else event.xml() for number, event in enumerate(events)]
    if root:
        lines = [f"<{root}>", *lines, f"</{root}>"]
    call.out("".join(f"{line}\r\n" for line in lines))


def _as_text(number: int, event: Event) -> str:
    level = {1: "Critical", 2: "Error", 3: "Warning", 4: "Information"}[event.new.level]
    text = "\r\n".join(event.new.data)
    return (
        f"Event[{number}]:\r\n  Log Name: {event.channel}\r\n  Source: {event.new.source}\r\n"
        f"  Date: {_stamp(event.at)}\r\n  Event ID: {event.new.id}\r\n  Task: N/A\r\n  Level: {level}\r\n"
        f"  Computer: {event.computer}\r\n  Description: \r\n{text}\r\n"
    )


def _clear(call: Call, win: Windows, words: list[str]) -> int:
    if not may_administrate(call):
        return _fail(
            call, f"Failed to clear log {words[0] if words else ''}.\r\nAccess is denied.", ACCESS_DENIED
        )
    win.logs.clear(words[0] if words else "")
    return 0
