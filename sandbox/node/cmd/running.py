"""Running batch files: line after line, with CALL levels, GOTO, echo and lines that cannot be parsed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.node.cmd.batch import Batch
from sandbox.node.cmd.parser import EndOfFile, parse
from sandbox.node.cmd.programs import words_of
from sandbox.node.cmd.signals import Jump, LeaveBatch, LeaveShell
from sandbox.node.cmd.tree import DELIMITERS, Command, Comment, Quiet, SyntaxProblem
from sandbox.node.cmd.unparse import echoed
from sandbox.node.errors import FileError

if TYPE_CHECKING:
    from sandbox.node.cmd.shell import Shell

MAX_DEPTH = 60  # the real limit depends on the stack; a loop of CALLs ends there, too
SYNTAX_ERROR = 255
RECURSION = "******  B A T C H   R E C U R S I O N  exceeds STACK limits ******\n"


def run_batch_inline(shell: Shell, path: str, typed: str, tail: str) -> int:
    """Run a batch file that was named without CALL: its caller does not go on afterwards."""
    caller = shell.batch
    code = run_batch(shell, Batch(path, words_of(typed, tail), tail.lstrip(DELIMITERS)))
    if caller is not None:
        caller.ended = True
    shell.ran_batch_inline = True
    return code


def run_batch(shell: Shell, batch: Batch) -> int:
    """Run a batch file or subroutine to its end; return the return code of its last command."""
    if shell.depth >= MAX_DEPTH:
        shell.err(RECURSION)
        raise LeaveShell(1)
    caller, values = shell.batch, shell.for_values
    shell.batch = batch
    shell.for_values = {}
    shell.depth += 1
    try:
        return _lines(shell, batch)
    finally:
        while batch.saved:
            restore(shell, batch)
        shell.batch, shell.for_values = caller, values
        shell.depth -= 1


def restore(shell: Shell, batch: Batch) -> None:
    """Undo the last SETLOCAL of a call level."""
    saved = batch.saved.pop()
    shell.env.replace(saved.env)
    shell.delayed, shell.extensions = saved.delayed, saved.extensions
    if saved.cwd != shell.cwd and shell.files.is_dir(saved.cwd):
        shell.move_to(saved.cwd)


def _lines(shell: Shell, batch: Batch) -> int:
    code = 0
    while True:
        try:
            line = batch.next_line(shell)
        except FileError as err:
            shell.errorlevel = 1
            missing = "The batch file cannot be found."
            return shell.fail(missing if err.code in {2, 3} else err.text)
        if line is None:
            return code
        try:
            code = run_line(shell, line, code)
        except Jump:
            code = 0
        except LeaveBatch as leave:
            return leave.code


def run_line(shell: Shell, line: str, code: int) -> int:
    """Run one line; returns `code` when there is nothing to execute."""
    command = parsed(shell, line)
    if command is None or isinstance(command, Comment):
        _show(shell, command)
        return code
    _show(shell, command)
    return shell.run(command)


def parsed(shell: Shell, line: str) -> Command | None:
    """Parse a line of a batch file. Raises LeaveShell after a syntax error, which ends the whole cmd.exe."""
    batch = shell.batch
    if line.lstrip(DELIMITERS).startswith(":"):
        return None  # a label line: no percent of it is looked at

    def more() -> str | None:
        following = batch.next_line(shell) if batch is not None else None
        return None if following is None else shell.expand(following)

    try:
        return parse(shell.expand(line), more)
    except EndOfFile:
        return None
    except SyntaxProblem as problem:
        shell.err(f"{problem}\n")
        shell.errorlevel = SYNTAX_ERROR
        raise LeaveShell(SYNTAX_ERROR if batch is not None else 1) from problem


def _show(shell: Shell, command: Command | None) -> None:
    if shell.echo and command is not None and not isinstance(command, Quiet):
        text = echoed(command)
        if text:
            shell.out(f"\n{prompt(shell)}{text}\n")


def prompt(shell: Shell) -> str:
    """Return the prompt by %PROMPT% (only $P, $G, $_ and $$ are known)."""
    text = shell.env.get("PROMPT") or "$P$G"
    for code, value in (("$P", shell.cwd), ("$G", ">"), ("$_", "\n"), ("$H", "\b"), ("$$", "$")):
        text = text.replace(code, value).replace(code.lower(), value)
    return text
