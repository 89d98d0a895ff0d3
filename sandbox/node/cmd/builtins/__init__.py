"""The commands inside cmd.exe, with the rule by which each one changes ERRORLEVEL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.node.cmd.builtins import (
    console,
    copying,
    deleting,
    flow,
    folders,
    linking,
    listing,
    moving,
    scope,
    starting,
    typing,
    variables,
)

if TYPE_CHECKING:
    from sandbox.node.cmd.shell import Shell


@dataclass(frozen=True)
class Builtin:
    """A builtin: `clears` says when success sets ERRORLEVEL to 0 ("always", "never", "cmd": in .cmd files only);
    `marks` whether failure sets it (it always fires "||")."""

    run: Callable[[Shell, str, str], int]
    clears: str = "never"
    marks: bool = True


BUILTINS: dict[str, Builtin] = {
    "break": Builtin(console.accept),
    "call": Builtin(flow.call, marks=False),
    "cd": Builtin(folders.cd, "always"),
    "chdir": Builtin(folders.cd, "always"),
    "cls": Builtin(console.cls),
    "color": Builtin(console.color, "always"),
    "copy": Builtin(copying.copy, "always"),
    "date": Builtin(console.date, "always"),
    "del": Builtin(deleting.delete, marks=False),
    "dir": Builtin(listing.directory, "always"),
    "echo": Builtin(console.echo),
    "endlocal": Builtin(scope.endlocal),
    "erase": Builtin(deleting.delete, marks=False),
    "exit": Builtin(flow.leave),
    "goto": Builtin(flow.goto),
    "md": Builtin(folders.md, "always"),
    "mkdir": Builtin(folders.md, "always"),
    "mklink": Builtin(linking.mklink, "always"),
    "move": Builtin(moving.move, "always"),
    "path": Builtin(console.path, "cmd"),
    "pause": Builtin(console.pause),
    "popd": Builtin(folders.popd, marks=False),
    "prompt": Builtin(console.prompt, "cmd"),
    "pushd": Builtin(folders.pushd, "always"),
    "rd": Builtin(folders.rd, marks=False),
    "rem": Builtin(console.accept),
    "ren": Builtin(moving.ren, "always"),
    "rename": Builtin(moving.ren, "always"),
    "rmdir": Builtin(folders.rd, marks=False),
    "set": Builtin(variables.set_, "cmd"),
    "setlocal": Builtin(scope.setlocal, "always"),
    "shift": Builtin(flow.shift),
    "start": Builtin(starting.start),
    "time": Builtin(console.time, "always"),
    "title": Builtin(console.title),
    "type": Builtin(typing.type_, "always"),
    "ver": Builtin(console.ver, "always"),
    "verify": Builtin(console.verify, "always"),
    "vol": Builtin(console.vol, "always"),
}
