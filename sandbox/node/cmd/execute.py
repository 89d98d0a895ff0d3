"""The last phase: a command's text becomes a builtin, a batch file or a program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.node.cmd import programs
from sandbox.node.cmd.builtins import BUILTINS, Builtin
from sandbox.node.cmd.tree import DELIMITERS
from sandbox.node.errors import FileError

if TYPE_CHECKING:
    from sandbox.node.cmd.shell import Shell

SPLITTERS = "./\\:+[](,;="
NOT_RECOGNIZED = 9009


def execute(shell: Shell, text: str) -> int:
    """Execute a command's text and return its return code; ERRORLEVEL changes as the command changes it."""
    text = text.lstrip(DELIMITERS)
    if not text or text.startswith(":"):
        return 0
    if len(text) > 8191:
        return shell.fail("The input line is too long.")
    name, arguments = split_command(text)
    if len(name) == 2 and name[1] == ":":
        return _change_drive(shell, name)
    found = find_builtin(shell, name)
    if found is not None:
        lowered, rest = found
        if arguments.strip(DELIMITERS) == "/?" or rest + arguments.strip(DELIMITERS) == "/?":
            shell.out(f"{lowered.upper()}: help is not part of this machine.\n")
            return 0
        return call_builtin(shell, BUILTINS[lowered], lowered, rest + arguments)
    return programs.run(shell, name, arguments)


def split_command(text: str) -> tuple[str, str]:
    """Split off the command's name: quotes hold it together, a delimiter ends it."""
    quoted = False
    for index, char in enumerate(text):
        if char == '"':
            quoted = not quoted
        elif char in DELIMITERS and not quoted:
            return text[:index], text[index:]
    return text, ""


def find_builtin(shell: Shell, name: str) -> tuple[str, str] | None:
    """Return a builtin's name and what clings to it ("echo.x", "cd.."), None when it is none."""
    lowered = name.lower()
    if lowered in BUILTINS:
        return lowered, ""
    for index, char in enumerate(name):
        if char in SPLITTERS:
            if lowered[:index] in BUILTINS and (char not in ".\\:" or programs.find(shell, name) is None):
                return lowered[:index], name[index:]
            return None
    return None


def call_builtin(shell: Shell, builtin: Builtin, name: str, arguments: str) -> int:
    """Run a builtin and set ERRORLEVEL by its rule."""
    try:
        code = builtin.run(shell, name, arguments)
    except FileError as err:
        code = shell.fail(err.text)
    in_cmd_file = shell.batch is not None and shell.batch.path.lower().endswith(".cmd")
    if code == 0:
        if builtin.clears == "always" or (builtin.clears == "cmd" and in_cmd_file):
            shell.errorlevel = 0
    elif builtin.marks:
        shell.errorlevel = code
    return code


def _change_drive(shell: Shell, name: str) -> int:
    try:
        shell.move_to(shell.full(name))
    except FileError:
        shell.errorlevel = 1
        return shell.fail("The system cannot find the drive specified.")
    return 0
