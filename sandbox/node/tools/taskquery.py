"""schtasks /query in its three formats."""

from __future__ import annotations

from sandbox.node.process import Call
from sandbox.node.tasks import READ, Task, TaskRefused

SHORT = ("HostName", "TaskName", "Next Run Time", "Status", "Logon Mode")
LONG = (
    *SHORT,
    "Last Run Time",
    "Last Result",
    "Author",
    "Task To Run",
    "Start In",
    "Comment",
    "Scheduled Task State",
    "Idle Time",
    "Power Management",
    "Run As User",
    "Delete Task If Not Rescheduled",
    "Stop Task If Runs X Hours and X Mins",
    "Schedule",
    "Schedule Type",
    "Start Time",
    "Start Date",
    "End Date",
    "Days",
    "Months",
    "Repeat: Every",
    "Repeat: Until: Time",
    "Repeat: Until: Duration",
    "Repeat: Stop If Still Running",
)


def query(call: Call, options: dict[str, str]) -> int:
    """Print tasks the user may read. Raises TaskRefused."""
    name = options.get("/tn")
    found = (
        [call.machine.tasks.find(name, call.user, READ)] if name else call.machine.tasks.visible(call.user)
    )
    if "/xml" in options:
        for task in found:
            call.out(_xml_text(task) + "\r\n")
        return 0
    form = options.get("/fo", "table").lower()
    if form not in {"table", "list", "csv"}:
        raise TaskRefused(f"Invalid argument/option - '{form}'.")
    if not found and not name and form != "csv":
        call.out(
            "\r\nFolder: \\\r\nINFO: There are no scheduled tasks presently available at your access level.\r\n"
        )
        return 0
    {"table": _table, "list": _list, "csv": _csv}[form](call, found, options)
    return 0


def _xml_text(task: Task) -> str:
    encoding = "utf-16" if task.xml.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    return task.xml.decode(encoding, "replace").replace("\r\n", "\n").replace("\n", "\r\n")


def _values(call: Call, task: Task) -> dict[str, str]:
    definition = task.definition
    locale = call.machine.locale
    last = "11/30/1999 12:00:00 AM"
    if task.last_run is not None:
        moment = task.last_run.astimezone(call.machine.zone)
        last = f"{locale.date(moment)} {moment:%I:%M:%S %p}".replace(" 0", " ")
    limit = definition.time_limit_s
    hours = "Disabled" if limit is None else f"{int(limit) // 3600:02d}:{int(limit) % 3600 // 60:02d}:00"
    values = dict.fromkeys(LONG, "N/A")
    values |= {
        "HostName": call.machine.name.upper(),
        "TaskName": task.path,
        "Status": task.status,
        "Logon Mode": "Interactive/Background",
        "Last Run Time": last,
        "Last Result": str(
            task.last_result - 0x100000000 if task.last_result & 0x80000000 else task.last_result
        ),
        "Author": definition.author,
        "Task To Run": f"{definition.command} {definition.arguments}".rstrip(),
        "Start In": definition.folder or "N/A",
        "Comment": definition.description,
        "Scheduled Task State": "Enabled" if task.enabled else "Disabled",
        "Idle Time": "Disabled",
        "Power Management": "",
        "Run As User": "SYSTEM",
        "Delete Task If Not Rescheduled": "Disabled",
        "Stop Task If Runs X Hours and X Mins": hours,
        "Schedule": "Scheduling data is not available in this format.",
        "Schedule Type": "On demand only",
    }
    return values


def _table(call: Call, tasks: list[Task], options: dict[str, str]) -> None:
    folder = ""
    for task in tasks:
        own = task.path.rpartition("\\")[0] or "\\"
        if own != folder:
            folder = own
            call.out(f"\r\nFolder: {folder}\r\n")
            if "/nh" not in options:
                call.out(
                    f"{'TaskName':<40} {'Next Run Time':<22} {'Status':<15}\r\n{'=' * 40} {'=' * 22} {'=' * 15}\r\n"
                )
        name = task.path.rpartition("\\")[2]
        call.out(f"{name[:40]:<40} {'N/A':<22} {task.status:<15}\r\n")


def _list(call: Call, tasks: list[Task], options: dict[str, str]) -> None:
    long = "/v" in options
    columns, width = (LONG, 38) if long else (SHORT, 15)
    for task in tasks:
        values = _values(call, task)
        call.out(f"\r\nFolder: {task.path.rpartition(chr(92))[0] or chr(92)}\r\n")
        for column in columns:
            call.out(f"{column + ':':<{width}}{values[column]}\r\n")


def _csv(call: Call, tasks: list[Task], options: dict[str, str]) -> None:
    columns = LONG if "/v" in options else ("TaskName", "Next Run Time", "Status")
    if "/nh" not in options:
        call.out(",".join(f'"{column}"' for column in columns) + "\r\n")
    for task in tasks:
        values = _values(call, task)
        call.out(",".join(f'"{values[column]}"' for column in columns) + "\r\n")
