"""One cmd.exe: its state, and how the nodes of a parsed line are executed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from sandbox.node import paths
from sandbox.node.cmd import delayed, forvars, percent
from sandbox.node.cmd.batch import Batch
from sandbox.node.cmd.handles import Handles
from sandbox.node.cmd.modifiers import modify
from sandbox.node.cmd.tree import Block, Chain, Command, Comment, For, If, Quiet, Redirection, Simple
from sandbox.node.cmd.variables import dynamic
from sandbox.node.codepages import decode, encode
from sandbox.node.environment import EnvBlock
from sandbox.node.errors import FileError
from sandbox.node.process import Process

if TYPE_CHECKING:
    from sandbox.node.machine import Machine

MAX_LINE = 8191  # Microsoft: "Command prompt (Cmd.exe) command-line string limitation"


class Shell:
    """The interpreter in one cmd.exe process."""

    def __init__(self, machine: Machine, process: Process, env: EnvBlock, handles: Handles) -> None:
        self.machine = machine
        self.process = process
        self.env = env
        self.handles = handles
        self.files = machine.files
        self.user = process.user
        self.locale = machine.locale
        self.batch: Batch | None = None
        self.depth = 0
        self.errorlevel = 0
        self.echo = True
        self.delayed = False
        self.extensions = True
        self.for_values: dict[str, str] = {}
        self.folders: list[str] = []
        self.drive_folders: dict[str, str] = {}
        self.verify = False
        self.ran_batch_inline = False

    @property
    def cwd(self) -> str:
        """Return the current folder."""
        return self.process.cwd

    def move_to(self, folder: str) -> None:
        """Make `folder` the current one and hold it open. Raises FileError."""
        self.machine.stand(self.process, folder)
        self.drive_folders[folder[:2].upper()] = folder

    def local(self, moment: datetime) -> datetime:
        """Return a UTC time in the machine's zone."""
        return moment.astimezone(self.machine.zone)

    def now(self) -> datetime:
        """Return the machine's local time."""
        return self.local(self.machine.now())

    # output

    def out(self, text: str) -> None:
        """Write text to stdout; line feeds become CR LF as a console's text mode does."""
        self.process.check()
        self.handles.stdout.write(encode(_crlf(text), self.process.codepage))

    def out_bytes(self, content: bytes) -> None:
        """Write bytes to stdout."""
        self.process.check()
        self.handles.stdout.write(content)

    def err(self, text: str) -> None:
        """Write text to stderr."""
        self.process.check()
        self.handles.stderr.write(encode(_crlf(text), self.process.codepage))

    def fail(self, text: str, code: int = 1) -> int:
        """Write a line to stderr and return a code."""
        self.err(text + "\n")
        return code

    def read_line(self) -> str | None:
        """Return a line of stdin without its end, None at the end of input."""
        raw = self.handles.stdin.read_line(self.process.stop)
        self.process.check()
        return decode(raw, self.process.codepage).rstrip("\r\n") if raw else None

    # names

    def full(self, name: str) -> str:
        """Return the absolute path of a name as typed; quotes are dropped. Raises FileError."""
        bare = name.replace('"', "")
        if len(bare) == 2 and bare[1] == ":":
            return (
                self.drive_folders.get(bare.upper(), bare.upper() + "\\")
                if bare.upper() != self.cwd[:2]
                else self.cwd
            )
        return paths.absolute(bare, self.cwd)

    def variable(self, name: str) -> str | None:
        """Return a variable, the dynamic ones (%CD%, %ERRORLEVEL%) too."""
        value = self.env.get(name)
        return value if value is not None else dynamic(self, name)

    def argument(self, index: int, modifiers: str) -> str:
        """Return a batch argument with modifiers."""
        if self.batch is None:
            return ""
        value = self.batch.words[index] if index < len(self.batch.words) else ""
        if not modifiers:
            return value
        if (index == 0 and modifiers != "~" and not value.startswith(":")) or (
            index == 0 and value.startswith(":") and modifiers != "~"
        ):
            value = self.batch.path
        return modify(self, value, modifiers) if value else ""

    def all_arguments(self) -> str:
        """Return %*."""
        return self.batch.tail if self.batch is not None else ""

    def expand(self, line: str) -> str:
        """Expand the percents of a line."""
        return percent.expand(line, self, batch=self.batch is not None)

    def late(self, text: str) -> str:
        """Expand FOR variables, then delayed variables."""
        if self.for_values:
            text = forvars.expand(text, self)
        return delayed.expand(text, self.variable) if self.delayed else text

    # execution

    def run(self, node: Command) -> int:
        """Execute a node and return its return code."""
        self.process.check()
        if isinstance(node, Simple):
            return self._simple(node)
        if isinstance(node, Comment):
            return 0
        if isinstance(node, Quiet):
            return self.run(node.body)
        if isinstance(node, Block):
            return self._block(node)
        if isinstance(node, Chain):
            return self._chain(node)
        if isinstance(node, If):
            return self._if(node)
        return self._for(node)

    def _simple(self, node: Simple) -> int:
        from sandbox.node.cmd.execute import execute

        text = self.late(node.text)
        with self._redirected(node.redirections) as opened:
            return execute(self, text) if opened else 1

    def _block(self, node: Block) -> int:
        with self._redirected(node.redirections) as opened:
            return self.run(node.body) if opened else 1

    def _chain(self, node: Chain) -> int:
        if node.operator == "|":
            from sandbox.node.cmd.pipeline import run_pipeline

            return run_pipeline(self, node)
        self.ran_batch_inline = False
        code = self.run(node.left)
        if self.ran_batch_inline and isinstance(node.left, Simple):
            code = 0  # "&&" and "||" take a batch file that was run without CALL for a success (question 75793136)
        if node.operator == "&":
            return self.run(node.right)
        if node.operator == "&&":
            return self.run(node.right) if code == 0 else code
        if code == 0:
            return 0
        self.errorlevel = code  # "||" is what makes a failed redirection or RD set ERRORLEVEL (observed)
        return self.run(node.right)

    def _if(self, node: If) -> int:
        from sandbox.node.cmd.conditions import holds

        if holds(self, node):
            return self.run(node.then)
        return self.run(node.otherwise) if node.otherwise is not None else 0

    def _for(self, node: For) -> int:
        from sandbox.node.cmd.loops import run_for

        return run_for(self, node)

    @contextmanager
    def _redirected(self, redirections: tuple[Redirection, ...]) -> Iterator[bool]:
        from sandbox.node.cmd.redirect import Opened

        if not redirections:
            yield True
            return
        before = self.handles
        opened = Opened(self)
        try:
            try:
                self.handles = opened.apply(redirections)
            except FileError as err:
                self.handles = before
                self.fail(err.text)
                yield False
                return
            yield True
        finally:
            self.handles = before
            opened.close()


def _crlf(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\n", "\r\n")
