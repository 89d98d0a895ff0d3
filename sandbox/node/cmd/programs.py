"""Finding and running what is not a builtin: programs and batch files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.node import errors, paths
from sandbox.node.cmd.batch import split_words
from sandbox.node.errors import FileError
from sandbox.node.process import Launch, Process
from sandbox.node.streams import Sink

if TYPE_CHECKING:
    from sandbox.node.cmd.handles import Handles
    from sandbox.node.cmd.shell import Shell

PATHEXT = ".COM;.EXE;.BAT;.CMD;.VBS;.VBE;.JS;.JSE;.WSF;.WSH;.MSC"
BATCH_TYPES = (".bat", ".cmd")


class _Unheeding:
    """A console program does not look whether printf failed: output that a full disk refuses is lost."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink

    def write(self, chunk: bytes) -> None:
        try:
            self._sink.write(chunk)
        except FileError as err:
            if err.code != errors.DISK_FULL:
                raise


def find(shell: Shell, name: str) -> str | None:
    """Return the file a command name means: as it is or with PATHEXT, in the current folder, then in PATH."""
    bare = name.replace('"', "")
    if not bare or paths.has_wildcard(bare):
        return None
    if "\\" in bare or "/" in bare or bare[1:2] == ":":
        return _with_extension(shell, shell.full(bare))
    folders = [shell.cwd, *(folder.strip('"') for folder in (shell.env.get("PATH") or "").split(";"))]
    for folder in folders:
        if folder:
            try:
                found = _with_extension(shell, paths.absolute(paths.join(folder, bare), shell.cwd))
            except FileError:
                continue
            if found is not None:
                return found
    return None


def _with_extension(shell: Shell, path: str) -> str | None:
    leaf = paths.leaf(path)
    candidates = [path] if "." in leaf else []
    extensions = (shell.env.get("PATHEXT") or PATHEXT).split(";")
    candidates += [path + extension.lower() for extension in extensions if extension]
    for candidate in candidates:
        try:
            if not shell.files.stat(candidate, shell.user, follow=True).is_dir:
                return shell.files.true_path(candidate)
        except FileError:
            continue
    return None


def run(shell: Shell, name: str, arguments: str) -> int:
    """Run a program or batch file by name."""
    typed, tail = _split_switch(name, arguments)
    try:
        path = find(shell, typed)
    except FileError:
        path = None
    if path is None:
        return _not_found(shell, typed)
    if path.lower().endswith(BATCH_TYPES):
        from sandbox.node.cmd.running import run_batch_inline

        return run_batch_inline(shell, path, typed, tail)
    code = run_program(shell, path, typed, tail)
    shell.errorlevel = signed(code)
    return shell.errorlevel


def _split_switch(name: str, arguments: str) -> tuple[str, str]:
    quoted = False
    for index, char in enumerate(name):
        if char == '"':
            quoted = not quoted
        elif char == "/" and not quoted and index:
            return name[:index], name[index:] + arguments
    return name, arguments


def _not_found(shell: Shell, name: str) -> int:
    bare = name.replace('"', "")
    if "\\" in bare and not _folder_exists(shell, bare):
        shell.errorlevel = 3
        return shell.fail("The system cannot find the path specified.")
    shell.errorlevel = 9009  # MSG_DIR_BAD_COMMAND_OR_FILE; the command's own return code is 1 (observed)
    return shell.fail(
        f"'{name}' is not recognized as an internal or external command,\noperable program or batch file."
    )


def _folder_exists(shell: Shell, bare: str) -> bool:
    try:
        return shell.files.is_dir(paths.parent(shell.full(bare)))
    except FileError:
        return False


def run_program(shell: Shell, path: str, typed: str, tail: str) -> int:
    """Run a program in the same console and wait for it; return its exit code, unsigned."""
    child = start_program(shell, path, typed + tail, shell.handles)
    return shell.process.wait_for(child) if child is not None else 1


def start_program(shell: Shell, path: str, command_line: str, handles: Handles) -> Process | None:
    """Start a program with these handles; returns its process, None (and a message) when it cannot be run."""
    if not shell.machine.has_program(path):
        shell.fail("The system cannot execute the specified program.")
        return None
    if not shell.files.allows(path, shell.user, 0x20):
        shell.fail("Access is denied.")
        return None
    return shell.machine.launch(
        Launch(
            image=path,
            command_line=command_line,
            user=shell.user,
            cwd=shell.cwd,
            env=shell.env.copy(),
            console=shell.process.console,
            stdin=handles.stdin,
            stdout=_Unheeding(handles.stdout),
            stderr=_Unheeding(handles.stderr),
            parent=shell.process,
        )
    )


def capture(shell: Shell, command_line: str, stdout: Sink) -> int:
    """Run a command line in a child cmd.exe whose output goes to `stdout` (FOR /F with a command)."""
    handles = shell.handles
    comspec = shell.env.get("ComSpec") or shell.machine.comspec
    child = shell.machine.launch(
        Launch(
            image=comspec,
            command_line=f"{comspec} /c {command_line}",
            user=shell.user,
            cwd=shell.cwd,
            env=shell.env.copy(),
            console=shell.process.console,
            stdin=handles.stdin,
            stdout=stdout,
            stderr=handles.stderr,
            parent=shell.process,
        )
    )
    return shell.process.wait_for(child)


def signed(code: int) -> int:
    """Return an exit code as ERRORLEVEL shows it."""
    return code - 0x100000000 if code & 0x80000000 else code


def words_of(name: str, tail: str) -> list[str]:
    """Return %0, %1 and so on for a batch file."""
    return [name, *split_words(tail)]
