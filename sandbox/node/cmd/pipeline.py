"""Pipes: both sides run at the same time, each in a cmd.exe of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sandbox.node.cmd.handles import Handles
from sandbox.node.cmd.signals import Jump, LeaveBatch, LeaveShell
from sandbox.node.cmd.tree import Chain, Command, Quiet, Simple
from sandbox.node.cmd.unparse import echoed
from sandbox.node.process import Call, Launch, Process
from sandbox.node.streams import Pipe, Sink, Source

if TYPE_CHECKING:
    from sandbox.node.cmd.shell import Shell


def run_pipeline(shell: Shell, node: Chain) -> int:
    """Run both sides; ERRORLEVEL and return code are those of the right one."""
    pipe = Pipe()
    left = _side(shell, node.left, shell.handles.stdin, pipe)
    left.on_end(lambda _: pipe.end())
    right = _side(shell, node.right, pipe, shell.handles.stdout)
    shell.process.wait_for(left)
    code = shell.process.wait_for(right)
    shell.errorlevel = code - 0x100000000 if code & 0x80000000 else code
    return shell.errorlevel


def _side(shell: Shell, node: Command, stdin: Source, stdout: Sink) -> Process:
    comspec = shell.env.get("ComSpec") or shell.machine.comspec
    return shell.machine.launch(
        Launch(
            image=comspec,
            command_line=f'{comspec}  /S /D /c" {echoed(node)}"',
            user=shell.user,
            cwd=shell.cwd,
            env=shell.env.copy(),
            console=shell.process.console,
            stdin=stdin,
            stdout=stdout,
            stderr=shell.handles.stderr,
            parent=shell.process,
        ),
        program=_body(shell, node),
    )


def _body(parent: Shell, node: Command) -> Callable[[Call], int]:
    def run(call: Call) -> int:
        from sandbox.node.cmd.shell import Shell

        child = Shell(parent.machine, call.process, call.env, Handles(call.stdin, call.stdout, call.stderr))
        child.echo = False
        child.for_values = dict(parent.for_values)
        # The parent expands !x! of a lone command; a block is expanded by the child, where it is off (observed).
        child.delayed = parent.delayed and isinstance(node.body if isinstance(node, Quiet) else node, Simple)
        try:
            return child.run(node)
        except (LeaveShell, LeaveBatch) as leave:
            return leave.code
        except Jump:
            return 1

    return run
