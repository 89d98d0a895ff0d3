"""The programs of a machine: by file name they live in System32, by full path anywhere."""

from __future__ import annotations

from sandbox.node import paths
from sandbox.node.errors import FileError
from sandbox.node.files import FileSystem
from sandbox.node.layout import SYSTEM32
from sandbox.node.process import Program

IMAGE = b"MZ\x90\x00"  # how every program file begins; there is nothing else in ours


class Programs(dict[str, Program]):
    """Maps a lower-case file name ("findstr.exe") or full path to a program and keeps a file for each."""

    def __init__(self, files: FileSystem) -> None:
        super().__init__()
        self._files = files

    def __setitem__(self, name: str, program: Program) -> None:
        path = self._path(name)
        self._files.makedirs(paths.parent(path))
        if not self._files.exists(path):
            self._files.write(path, IMAGE)
        super().__setitem__(name.lower(), program)

    def _path(self, name: str) -> str:
        return name if "\\" in name else paths.join(SYSTEM32, name)

    def at(self, path: str) -> Program | None:
        """Return the program whose file is at `path`; a file that was deleted or replaced is none."""
        lowered = path.lower()
        program = self.get(lowered)
        if program is None and paths.parent(lowered) == SYSTEM32.lower():
            program = self.get(paths.leaf(lowered))
        if program is None:
            return None
        try:
            return program if self._files.read(path).startswith(IMAGE) else None
        except FileError:
            return None
