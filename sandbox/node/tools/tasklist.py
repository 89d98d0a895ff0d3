"""tasklist.exe and taskkill.exe."""

from __future__ import annotations

from sandbox.node import paths
from sandbox.node.process import Call, Process


def tasklist(call: Call) -> int:
    """List live processes as a table, a list or CSV; /FI knows PID and IMAGENAME."""
    form, nameless, filters = "table", False, list[tuple[str, str]]()
    words = list(call.argv)
    while words:
        word = words.pop(0).lower()
        if word == "/fo" and words:
            form = words.pop(0).lower()
        elif word == "/nh":
            nameless = True
        elif word == "/fi" and words:
            parts = words.pop(0).split()
            if len(parts) != 3 or parts[0].upper() not in {"PID", "IMAGENAME"} or parts[1].lower() != "eq":
                call.err("ERROR: The search filter cannot be recognized.\r\n")
                return 1
            filters.append((parts[0].upper(), parts[2].lower()))
        else:
            call.err(f"ERROR: Invalid argument/option - '{word}'.\r\nType \"TASKLIST /?\" for usage.\r\n")
            return 1
    rows = [
        _row(process) for process in call.machine.processes if _live(process) and _passes(process, filters)
    ]
    if form not in {"table", "csv"}:
        call.err("ERROR: Invalid syntax. Invalid value specified for '/fo' option.\r\n")
        return 1
    if not rows:
        call.out("INFO: No tasks are running which match the specified criteria.\r\n")
        return 0
    _print(call, rows, form=form, nameless=nameless)
    return 0


def _live(process: Process) -> bool:
    return process.exit_code is None


def _passes(process: Process, filters: list[tuple[str, str]]) -> bool:
    values = {"PID": str(process.pid), "IMAGENAME": paths.leaf(process.image).lower()}
    return all(values[name] == value for name, value in filters)


def _row(process: Process) -> tuple[str, str, str, str, str]:
    return paths.leaf(process.image), str(process.pid), "Services", "0", "4,096 K"


def _print(call: Call, rows: list[tuple[str, str, str, str, str]], *, form: str, nameless: bool) -> None:
    names = ("Image Name", "PID", "Session Name", "Session#", "Mem Usage")
    if form == "csv":
        for row in [*([] if nameless else [names]), *rows]:
            call.out(",".join(f'"{cell}"' for cell in row) + "\r\n")
        return
    call.out("\r\n")
    if not nameless:
        call.out(f"{names[0]:<25} {names[1]:>8} {names[2]:<16} {names[3]:>11} {names[4]:>12}\r\n")
        call.out(" ".join("=" * width for width in (25, 8, 16, 11, 12)) + "\r\n")
    for image, pid, session, number, memory in rows:
        call.out(f"{image[:25]:<25} {pid:>8} {session:<16} {number:>11} {memory:>12}\r\n")


def taskkill(call: Call) -> int:
    """End processes by /PID or /IM; console processes need /F; /T ends the children, too."""
    words = list(call.argv)
    pids: list[str] = []
    images: list[str] = []
    flags: set[str] = set()
    while words:
        word = words.pop(0).lower()
        if word == "/pid" and words:
            pids.append(words.pop(0))
        elif word == "/im" and words:
            images.append(words.pop(0).lower())
        elif word in {"/f", "/t"}:
            flags.add(word)
        else:
            call.err(f"ERROR: Invalid argument/option - '{word}'.\r\nType \"TASKKILL /?\" for usage.\r\n")
            return 1
    if not pids and not images:
        call.err("ERROR: Invalid syntax. Neither /FI nor /PID nor /IM were specified.\r\n")
        return 1
    code = 0
    for pid in pids:
        code = _kill(call, pid, flags) or code
    for image in images:
        matching = [
            one for one in call.machine.processes if _live(one) and paths.leaf(one.image).lower() == image
        ]
        if not matching:
            call.err(f'ERROR: The process "{image}" not found.\r\n')
            code = 128
        for process in matching:
            code = _kill(call, str(process.pid), flags) or code
    return code


def _kill(call: Call, pid: str, flags: set[str]) -> int:
    process = call.machine.process(int(pid)) if pid.isdigit() else None
    if process is None:
        call.err(f'ERROR: The process "{pid}" not found.\r\n')
        return 128
    reason = ""
    if process.user != call.user and not call.machine.accounts.is_admin(call.user):
        reason = "Access is denied."
    elif "/f" not in flags:
        reason = "This process can only be terminated forcefully (with /F option)."
    if reason:
        call.err(f"ERROR: The process with PID {pid} could not be terminated.\r\nReason: {reason}\r\n")
        return 1
    family = _family(process) if "/t" in flags else [process]
    for one in reversed(family):
        one.request_end(1)
    for one in reversed(family):
        one.kill(1, tree=False)
        child = f" (child process of PID {one.parent_pid})" if "/t" in flags else ""
        call.out(f"SUCCESS: The process with PID {one.pid}{child} has been terminated.\r\n")
    return 0


def _family(process: Process) -> list[Process]:
    found = [process]
    for child in process.children:
        if _live(child):
            found += _family(child)
    return found
