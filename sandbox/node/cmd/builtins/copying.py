"""COPY."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.node import errors, paths
from sandbox.node.cmd.builtins.moving import _may_replace as may_replace
from sandbox.node.cmd.builtins.words import BadSwitch, bare, switches
from sandbox.node.errors import FileError

if TYPE_CHECKING:
    from sandbox.node.cmd.shell import Shell

SYNTAX = "The syntax of the command is incorrect."
END_OF_TEXT = b"\x1a"


@dataclass
class _Job:
    """One COPY: groups of sources (those joined by plus signs together), target and switches."""

    sources: list[str]
    target: str
    found: set[str]

    @property
    def joined(self) -> bool:
        return len(self.sources) > 1


def copy(shell: Shell, name: str, arguments: str) -> int:  # noqa: ARG001 - a builtin
    """COPY [/Y] [/B] [/A]: copy files, or join "a+b+c" into one."""
    try:
        found, words = switches(_tight_plus(arguments), "y -y a b v z n d l")
    except BadSwitch as bad:
        return shell.fail(f'Invalid switch - "{bad.switch}".')
    if not words or len(words) > 2:
        return shell.fail(SYNTAX)
    sources = [part for part in _split_plus(words[0]) if part]
    if not sources:
        return shell.fail(SYNTAX)
    target = words[1] if len(words) == 2 else (sources[0] if len(sources) > 1 else ".")
    job = _Job(sources, bare(target), found)
    return _join(shell, job) if job.joined else _copy(shell, job)


def _tight_plus(text: str) -> str:
    """Drop the blanks around plus signs outside quotes."""
    done = ""
    quoted = False
    for char in text:
        quoted = quoted != (char == '"')
        if char == "+" and not quoted:
            done = done.rstrip(" ")
        if char == " " and done.endswith("+") and not quoted:
            continue
        done += char
    return done


def _split_plus(word: str) -> list[str]:
    parts = [""]
    quoted = False
    for char in word:
        quoted = quoted != (char == '"')
        if char == "+" and not quoted:
            parts.append("")
        else:
            parts[-1] += char
    return [bare(part) for part in parts]


def _expanded(shell: Shell, name: str) -> list[str]:
    full = shell.full(name)
    if shell.files.is_dir(full):
        full = paths.join(full, "*")
    if not paths.has_wildcard(paths.leaf(full)):
        return [full]
    folder = paths.parent(full)
    return [
        paths.join(folder, stat.name)
        for stat in shell.files.scan(folder, shell.user)
        if not stat.is_dir and paths.matches(stat.name, paths.leaf(full))
    ]


def _place(shell: Shell, target: str, source: str) -> str:
    full = shell.full(target)
    if shell.files.is_dir(full):
        return paths.join(full, paths.leaf(source))
    if target.endswith(("\\", "/")):
        raise FileError(errors.PATH_NOT_FOUND, full)
    return full


def _copy(shell: Shell, job: _Job) -> int:
    name = job.sources[0]
    if paths.is_device(name):
        return _copy_nothing(shell, job)
    found = _expanded(shell, name)
    if not found:
        raise FileError(errors.FILE_NOT_FOUND, name)
    many = len(found) > 1 or paths.has_wildcard(name) or shell.files.is_dir(shell.full(name))
    copied = 0
    for source in found:
        if many:
            shell.out(_shown(name, source) + "\n")
        code = _copy_one(shell, job, source)
        if code is None:
            return _count(shell, copied)
        copied += code
    return _count(shell, copied)


def _shown(name: str, source: str) -> str:
    cut = max(name.rfind("\\"), name.rfind("/")) + 1
    return name[:cut] + paths.leaf(source)


def _copy_one(shell: Shell, job: _Job, source: str) -> int | None:
    """Copy one file; 1 when copied, 0 when declined, None after an error that ends the command."""
    content = shell.files.read(source, shell.user)
    modified = shell.files.stat(source).modified
    if paths.is_device(job.target):
        return 1
    place = _place(shell, job.target, source)
    if place.lower() == source.lower():
        shell.fail("The file cannot be copied onto itself.")
        return None
    if shell.files.exists(place) and not may_replace(shell, place, job.found):
        return 0
    try:
        shell.files.write(place, content, shell.user)
        shell.files.touch(place, modified)
    except FileError as err:
        shell.fail(err.text)
        if err.code == errors.DISK_FULL:
            shell.files.delete(place)
        return None
    return 1


def _copy_nothing(shell: Shell, job: _Job) -> int:
    place = _place(shell, job.target, "nul")
    if shell.files.exists(place) and not may_replace(shell, place, job.found):
        return _count(shell, 0)
    try:
        shell.files.write(place, b"", shell.user)
    except FileError as err:
        shell.fail(err.text)
        return _count(shell, 0)
    return _count(shell, 1)


def _join(shell: Shell, job: _Job) -> int:
    """Join files; without /B a text ends at Ctrl+Z and the result gets one (Microsoft: "copy")."""
    binary = "b" in job.found
    sources = [(_shown(name, one), one) for name in job.sources for one in _device_or_files(shell, name)]
    if not sources:
        raise FileError(errors.FILE_NOT_FOUND, job.sources[0])
    place = _place(shell, job.target, sources[0][1])
    appends = place.lower() == sources[0][1].lower()
    if shell.files.exists(place) and not appends and not may_replace(shell, place, job.found):
        return _count(shell, 0)
    content = b""
    code = 0
    for shown, source in sources:
        shell.out(shown + "\n")
        try:
            piece = b"" if paths.is_device(source) else shell.files.read(source, shell.user)
        except FileError as err:
            code = shell.fail(err.text)
            break
        content += piece if binary else piece.split(END_OF_TEXT, 1)[0]
    try:
        shell.files.write(place, content if binary else content + END_OF_TEXT, shell.user)
    except FileError as err:
        shell.fail(err.text)
        return _count(shell, 0)
    return code or _count(shell, 1)


def _device_or_files(shell: Shell, name: str) -> list[str]:
    return ["nul"] if paths.is_device(name) else _expanded(shell, name)


def _count(shell: Shell, copied: int) -> int:
    shell.out(f"{copied:9d} file(s) copied.\n")
    return 0 if copied else 1
