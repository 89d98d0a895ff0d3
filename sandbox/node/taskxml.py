"""A task's definition, read from the XML that schtasks /xml takes (MS-TSCH 2.5, Task Scheduler schema)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError

from defusedxml.ElementTree import fromstring

NAMESPACE = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"
POLICIES = {"IgnoreNew", "Parallel", "Queue", "StopExisting"}
KNOWN = {
    "Task": {"RegistrationInfo", "Triggers", "Principals", "Settings", "Actions", "Data"},
    "RegistrationInfo": {
        "Author", "Date", "Description", "Documentation", "SecurityDescriptor", "Source", "URI", "Version",
    },
    "Principals": {"Principal"},
    "Principal": {
        "UserId", "GroupId", "LogonType", "RunLevel", "DisplayName", "ProcessTokenSidType", "RequiredPrivileges",
    },
    "Settings": {
        "AllowStartOnDemand", "RestartOnFailure", "MultipleInstancesPolicy", "DisallowStartIfOnBatteries",
        "StopIfGoingOnBatteries", "AllowHardTerminate", "StartWhenAvailable", "NetworkProfileName",
        "RunOnlyIfNetworkAvailable", "WakeToRun", "Enabled", "Hidden", "DeleteExpiredTaskAfter", "IdleSettings",
        "NetworkSettings", "ExecutionTimeLimit", "Priority", "RunOnlyIfIdle", "UseUnifiedSchedulingEngine",
        "DisallowStartOnRemoteAppSession", "MaintenanceSettings", "Volatile",
    },
    "Actions": {"Exec"},
    "Exec": {"Command", "Arguments", "WorkingDirectory"},
}  # fmt: skip


class TaskXmlProblem(Exception):
    """The XML is no task definition; the text says what schtasks prints behind "ERROR: "."""


@dataclass(frozen=True)
class Definition:
    """What a task is; `time_limit_s` is None for no limit."""

    user: str
    command: str
    arguments: str = ""
    folder: str = ""
    policy: str = "IgnoreNew"
    time_limit_s: float | None = 259200.0
    priority: int = 7
    enabled: bool = True
    on_demand: bool = True
    descriptor: str = ""
    author: str = "N/A"
    description: str = "N/A"


def parse_definition(content: bytes) -> Definition:
    """Read a definition; the bytes may be UTF-8, ASCII or UTF-16, as the XML says. Raises TaskXmlProblem."""
    try:
        root = fromstring(content)
    except ParseError as err:
        line, column = err.position
        what = "unable to switch the encoding" if b"UTF-16" in content[:100] else "incorrect document syntax"
        raise TaskXmlProblem(f"The task XML is malformed.\r\n({line},{column})::ERROR: {what}") from err
    if root.tag != NAMESPACE + "Task":
        raise TaskXmlProblem(f"The task XML is malformed.\r\n(1,1)::{root.tag}:")
    _check(root)
    return _definition(root)


def _check(element: Element) -> None:
    name = element.tag.removeprefix(NAMESPACE)
    known = KNOWN.get(name)
    for child in element:
        child_name = child.tag.removeprefix(NAMESPACE)
        if known is not None and child_name not in known:
            raise TaskXmlProblem(f"The task XML contains an unexpected node.\r\n(1,1):{child_name}:")
        if name != "Triggers":
            _check(child)


def _definition(root: Element) -> Definition:
    command = _text(root, "Actions/Exec/Command")
    if not command:
        raise TaskXmlProblem("The task XML is missing a required element or attribute.\r\n(1,1):Command:")
    policy = _text(root, "Settings/MultipleInstancesPolicy", "IgnoreNew")
    if policy not in POLICIES:
        raise _bad_value("MultipleInstancesPolicy", policy)
    priority = _text(root, "Settings/Priority", "7")
    if not priority.isdigit() or int(priority) > 10:
        raise _bad_value("Priority", priority)
    return Definition(
        user=_text(root, "Principals/Principal/UserId") or _text(root, "Principals/Principal/GroupId"),
        command=command,
        arguments=_text(root, "Actions/Exec/Arguments"),
        folder=_text(root, "Actions/Exec/WorkingDirectory").strip('"'),
        policy=policy,
        time_limit_s=_duration(_text(root, "Settings/ExecutionTimeLimit", "P3D")),
        priority=int(priority),
        enabled=_flag(root, "Settings/Enabled"),
        on_demand=_flag(root, "Settings/AllowStartOnDemand"),
        descriptor=_text(root, "RegistrationInfo/SecurityDescriptor"),
        author=_text(root, "RegistrationInfo/Author", "N/A"),
        description=_text(root, "RegistrationInfo/Description", "N/A"),
    )


def _text(root: Element, path: str, default: str = "") -> str:
    found = root.find("/".join(NAMESPACE + part for part in path.split("/")))
    return default if found is None or found.text is None else found.text.strip()


def _flag(root: Element, path: str) -> bool:
    text = _text(root, path, "true")
    if text not in {"true", "false", "1", "0"}:
        raise _bad_value(path.rpartition("/")[2], text)
    return text in {"true", "1"}


def _bad_value(name: str, value: str) -> TaskXmlProblem:
    return TaskXmlProblem(
        "The task XML contains a value which is incorrectly formatted or out of range.\r\n"
        f"(1,1):{name}:{value}"
    )


def _duration(text: str) -> float | None:
    """Return seconds of an ISO 8601 duration, None for PT0S, which means no limit."""
    match = re.fullmatch(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", text)
    if match is None:
        raise _bad_value("ExecutionTimeLimit", text)
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return float(((days * 24 + hours) * 60 + minutes) * 60 + seconds) or None
