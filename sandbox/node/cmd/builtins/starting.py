"""START."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.node.cmd import programs
from sandbox.node.cmd.handles import Handles
from sandbox.node.cmd.tree import DELIMITERS
from sandbox.node.streams import Nothing

if TYPE_CHECKING:
    from sandbox.node.cmd.shell import Shell

IGNORED = {"/min", "/max", "/i", "/low", "/normal", "/high", "/belownormal", "/abovenormal"}


def start(shell: Shell, name: str, arguments: str) -> int:  # noqa: ARG001 - a builtin
    """START ["title"] [/B] [/WAIT] program: run a program beside this one."""
    from sandbox.node.cmd.execute import split_command

    text = arguments.lstrip(DELIMITERS)
    if text.startswith('"'):
        close = text.find('"', 1)
        text = text[close + 1 :].lstrip(DELIMITERS) if close > 0 else ""
    wait = same_console = False
    while text.startswith("/"):
        word, text = split_command(text)
        text = text.lstrip(DELIMITERS)
        if word.lower() == "/wait":
            wait = True
        elif word.lower() == "/b":
            same_console = True
        elif word.lower() not in IGNORED:
            return shell.fail(f"Invalid switch - {word}.")
    if not text:
        return 0
    typed, tail = split_command(text)
    path = programs.find(shell, typed)
    if path is None:
        return shell.fail(f"The system cannot find the file {typed}.")
    return _run(shell, path, typed + tail, wait=wait, same_console=same_console)


def _run(shell: Shell, path: str, command_line: str, *, wait: bool, same_console: bool) -> int:
    handles = shell.handles if same_console else Handles(Nothing(), Nothing(), Nothing())
    if path.lower().endswith(programs.BATCH_TYPES):
        comspec = shell.env.get("ComSpec") or shell.machine.comspec
        # START runs a batch file with "cmd /K"; without a keyboard that ends with the file
        path, command_line = comspec, f"{comspec} /c {command_line}"
    child = programs.start_program(shell, path, command_line, handles)
    if child is None:
        return 1
    if wait:
        shell.errorlevel = programs.signed(shell.process.wait_for(child))
    return 0
