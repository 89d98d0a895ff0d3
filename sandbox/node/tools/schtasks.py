"""schtasks.exe: create (from XML), run, query, end, delete and change tasks."""

from __future__ import annotations

from sandbox.node import paths
from sandbox.node.errors import FileError
from sandbox.node.process import Call
from sandbox.node.tasks import READ, TaskRefused
from sandbox.node.taskxml import TaskXmlProblem, parse_definition
from sandbox.node.tools.taskquery import query

VALUED = {"/tn", "/xml", "/fo", "/ru", "/rp"}
ACTIONS = {"/create", "/run", "/query", "/end", "/delete", "/change"}
ALLOWED = {
    "/create": {"/tn", "/xml", "/f", "/ru"},
    "/run": {"/tn", "/i"},
    "/query": {"/tn", "/fo", "/v", "/nh", "/xml"},
    "/end": {"/tn"},
    "/delete": {"/tn", "/f"},
    "/change": {"/tn", "/enable", "/disable"},
}


class _Usage(Exception):
    pass


def schtasks(call: Call) -> int:
    """Run schtasks and return 0 or 1."""
    try:
        action, options = _parse(call.argv)
        return _ACTIONS[action](call, options)
    except _Usage as usage:
        action = call.argv[0].upper().lstrip("/") if call.argv else ""
        call.err(f'ERROR: {usage}\r\nType "SCHTASKS{" /" + action if action else ""} /?" for usage.\r\n')
        return 1
    except (TaskRefused, TaskXmlProblem) as refused:
        call.err(f"ERROR: {refused}\r\n")
        return 1


def _parse(argv: list[str]) -> tuple[str, dict[str, str]]:
    if not argv:
        return "/query", {}
    action = argv[0].lower()
    if action not in ACTIONS:
        raise _Usage(f"Invalid argument/option - '{argv[0]}'.")
    options: dict[str, str] = {}
    rest = argv[1:]
    while rest:
        option = rest.pop(0).lower()
        if option not in ALLOWED[action]:
            raise _Usage(f"Invalid argument/option - '{option}'.")
        if option in VALUED and not (action == "/query" and option == "/xml"):
            if not rest:
                raise _Usage(f"Invalid syntax. Value expected for '{option}'.")
            options[option] = rest.pop(0)
        else:
            options[option] = ""
    return action, options


def _name(options: dict[str, str]) -> str:
    if "/tn" not in options:
        raise _Usage("Invalid syntax. Mandatory option 'tn' is missing.")
    return options["/tn"]


def _create(call: Call, options: dict[str, str]) -> int:
    name = _name(options)
    if "/xml" not in options:
        raise _Usage("Invalid syntax. /SC option is missing.")
    if options.get("/ru", "system").lower() not in {"system", "nt authority\\system", ""}:
        raise TaskRefused("The user name or password is incorrect.")
    tasks = call.machine.tasks
    try:
        content = call.machine.files.read(paths.absolute(options["/xml"], call.cwd), call.user)
    except FileError as err:
        raise TaskRefused(err.text) from err
    replace_old = "/f" in options
    if tasks.exists(name) and not replace_old:
        call.out(f'WARNING: The task name "{name}" already exists. Do you want to replace it (Y/N)? ')
        if not call.read_input().strip().lower().startswith(b"y"):
            return 1
        replace_old = True
    tasks.create(name, parse_definition(content), content, user=call.user, replace_old=replace_old)
    call.out(f'SUCCESS: The scheduled task "{name}" has successfully been created.\r\n')
    return 0


def _run(call: Call, options: dict[str, str]) -> int:
    name = _name(options)
    call.machine.tasks.run(name, call.user)
    call.out(f'SUCCESS: Attempted to run the scheduled task "{name}".\r\n')
    return 0


def _end(call: Call, options: dict[str, str]) -> int:
    name = _name(options)
    call.machine.tasks.end(name, call.user)
    call.out(f'SUCCESS: The scheduled task "{name}" has been terminated successfully.\r\n')
    return 0


def _delete(call: Call, options: dict[str, str]) -> int:
    name = _name(options)
    call.machine.tasks.find(name, call.user, READ)
    if "/f" not in options:
        call.out(f'WARNING: Are you sure you want to remove the task "{name}" (Y/N)? ')
        if not call.read_input().strip().lower().startswith(b"y"):
            return 0
    call.machine.tasks.delete(name, call.user)
    call.out(f'SUCCESS: The scheduled task "{name}" was successfully deleted.\r\n')
    return 0


def _change(call: Call, options: dict[str, str]) -> int:
    name = _name(options)
    if ("/enable" in options) == ("/disable" in options):
        raise _Usage("Invalid syntax. At least one option must be specified.")
    call.machine.tasks.enable(name, call.user, enabled="/enable" in options)
    call.out(f'SUCCESS: The parameters of scheduled task "{name}" have been changed.\r\n')
    return 0


_ACTIONS = {
    "/create": _create,
    "/run": _run,
    "/query": query,
    "/end": _end,
    "/delete": _delete,
    "/change": _change,
}
