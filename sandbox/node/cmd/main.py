"""The program cmd.exe: its switches, and running a line, a batch file or what comes from stdin."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.node.cmd.handles import Handles
from sandbox.node.cmd.parser import EndOfFile, parse
from sandbox.node.cmd.programs import find
from sandbox.node.cmd.running import RECURSION, prompt
from sandbox.node.cmd.shell import MAX_LINE, Shell
from sandbox.node.cmd.signals import Jump, LeaveBatch, LeaveShell
from sandbox.node.cmd.tree import SyntaxProblem
from sandbox.node.errors import FileError
from sandbox.node.process import Call

BANNER = "Microsoft Windows [Version {version}]\n(c) Microsoft Corporation. All rights reserved.\n"


@dataclass
class Switches:
    """cmd.exe's own switches; `line` is what follows /C or /K, None when there is neither."""

    line: str | None = None
    keep: bool = False
    strip: bool = False
    quiet: bool = False
    delayed: bool = False


def cmd(call: Call) -> int:
    """Run cmd.exe and return its exit code."""
    shell = Shell(call.machine, call.process, call.env, Handles(call.stdin, call.stdout, call.stderr))
    for name, value in (
        ("COMSPEC", call.machine.comspec),
        ("PATHEXT", call.machine.pathext),
        ("PROMPT", "$P$G"),
    ):
        shell.env.setdefault(name, value)
    switches = _switches(call.tail)
    shell.delayed = switches.delayed
    shell.echo = not switches.quiet
    try:
        if switches.line is None:
            return _interactive(shell, banner=True)
        code = run_text(shell, _unquoted(shell, switches))
        return _interactive(shell, banner=False) if switches.keep else code
    except LeaveShell as leave:
        return leave.code
    except RecursionError:
        shell.err(RECURSION)
        return 1


def _switches(tail: str) -> Switches:
    found = Switches()
    rest = tail.lstrip(" \t")
    while rest.startswith("/"):
        letter = rest[1:2].lower()
        if letter in {"c", "k", "r"}:
            found.line, found.keep = rest[2:].lstrip(" \t"), letter == "k"
            return found
        found.strip = found.strip or letter == "s"
        found.quiet = found.quiet or letter == "q"
        found.delayed = found.delayed or rest[1:5].lower() in {"v:on", "v "} or rest[1:].lower() == "v"
        end = next((i for i, char in enumerate(rest[1:], 1) if char in " \t/"), len(rest))
        rest = rest[end:].lstrip(" \t")
    return found


def _unquoted(shell: Shell, switches: Switches) -> str:
    """Take the outer quotes off as "cmd /?" describes: kept only around the name of one program."""
    line = (switches.line or "").rstrip("\r\n")
    if not line.startswith('"'):
        return line
    inner = line[1 : line.rfind('"')] if line.count('"') > 1 else line[1:]
    if not switches.strip and line.count('"') == 2:
        plain = not any(char in inner for char in "&<>()@^|")
        if plain and any(char in inner for char in " \t") and find(shell, inner) is not None:
            return line
    last = line.rfind('"')
    return line[1:] if last == 0 else line[1:last] + line[last + 1 :]


def run_text(shell: Shell, line: str) -> int:
    """Run one line as the command prompt does and return its return code. Raises LeaveShell."""
    if len(line) > MAX_LINE:
        return shell.fail("The command line is too long.")
    try:
        command = parse(shell.expand(line), lambda: None)
        return 0 if command is None else shell.run(command)
    except SyntaxProblem as problem:
        return shell.fail(str(problem))
    except EndOfFile:
        return 1
    except FileError as err:
        return shell.fail(err.text)
    except (LeaveBatch, Jump):
        return shell.errorlevel


def _interactive(shell: Shell, *, banner: bool) -> int:
    """Read commands from stdin until it ends; prompts and lines are shown while ECHO is on."""
    if banner:
        shell.out(BANNER.format(version=shell.machine.version))
    while True:
        if shell.echo:
            shell.out(f"\n{prompt(shell)}")
        line = shell.read_line()
        if line is None:
            return shell.errorlevel
        if shell.echo:
            shell.out(line + "\n")
        run_text(shell, line)
