"""Looking at the file system of a node: finding, listing and reading by path, rights included."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import datetime

from sandbox.node import errors, paths, rights
from sandbox.node.errors import FileError
from sandbox.node.nodes import Folder, Item, Stat, stat_of
from sandbox.node.rights import Entry, Security

SYSTEM = "NT AUTHORITY\\SYSTEM"
MAX_JUNCTIONS = 31
ROOT_ENTRIES = [
    Entry(rights.SYSTEM, rights.FULL, objects=True, containers=True),
    Entry(rights.ADMINISTRATORS, rights.FULL, objects=True, containers=True),
    Entry(rights.USERS, rights.READ_EXECUTE, objects=True, containers=True),
    Entry(rights.AUTHENTICATED, rights.ADD_FOLDER),
    Entry(rights.AUTHENTICATED, rights.MODIFY, objects=True, containers=True, only=True),
]


class FileTree:
    """A tree of files per drive; every method takes absolute paths and raises FileError; thread-safe."""

    def __init__(
        self,
        *,
        now: Callable[[], datetime],
        sids_of: Callable[[str], frozenset[str]],
    ) -> None:
        self._now = now
        self._sids_of = sids_of
        self._lock = threading.RLock()
        self._drives: dict[str, Folder] = {}
        self.add_drive("C:")

    def add_drive(self, letter: str) -> None:
        """Add an empty drive ("D:") with the rights Windows gives a data volume."""
        security = Security(rights.TRUSTED_INSTALLER).with_entries(ROOT_ENTRIES)
        self._drives[letter.upper()] = Folder("", security, self._now(), self._now())

    @property
    def drives(self) -> list[str]:
        """Return the drive letters with their colons."""
        return sorted(self._drives)

    # finding

    def _find(self, path: str, *, follow: bool = True, depth: int = 0) -> Item:
        drive, parts = paths.split(path)
        root = self._drives.get(drive)
        if root is None:
            raise FileError(errors.PATH_NOT_FOUND, path)
        item: Item = root
        for index, part in enumerate(parts):
            if not isinstance(item, Folder):
                raise FileError(errors.PATH_NOT_FOUND, path)
            last = index == len(parts) - 1
            child = item.children.get(part.lower())
            if child is None:
                raise FileError(errors.FILE_NOT_FOUND if last else errors.PATH_NOT_FOUND, path)
            item = child
            if isinstance(item, Folder) and item.target and (follow or not last):
                if depth >= MAX_JUNCTIONS:
                    raise FileError(errors.PATH_NOT_FOUND, path)
                item = self._find(item.target, depth=depth + 1)
        return item

    def _folder(self, path: str) -> Folder:
        try:
            item = self._find(path)
        except FileError as err:
            code = errors.PATH_NOT_FOUND if err.code == errors.FILE_NOT_FOUND else err.code
            raise FileError(code, path) from err
        if not isinstance(item, Folder):
            raise FileError(errors.PATH_NOT_FOUND, path)
        return item

    def _place(self, path: str) -> tuple[Folder, str]:
        _, parts = paths.split(path)
        if not parts:
            raise FileError(errors.ACCESS_DENIED, path)
        return self._folder(paths.parent(path)), parts[-1]

    def _need(self, item: Item, user: str, wanted: int, path: str) -> None:
        if not rights.granted(item.security, self._sids_of(user), wanted):
            raise FileError(errors.ACCESS_DENIED, path)

    def allows(self, path: str, user: str, wanted: int) -> bool:
        """Return whether `user` has all the wanted rights on what is at `path`."""
        with self._lock:
            return rights.granted(self._find(path).security, self._sids_of(user), wanted)

    # looking

    def exists(self, path: str, user: str = SYSTEM) -> bool:
        """Return whether there is something that `user` may see; a bad name or drive is simply not there."""
        try:
            self.stat(path, user)
        except FileError:
            return False
        return True

    def is_dir(self, path: str) -> bool:
        """Return whether there is a folder (or a junction to one)."""
        try:
            with self._lock:
                return isinstance(self._find(path), Folder)
        except FileError:
            return False

    def stat(self, path: str, user: str = SYSTEM, *, follow: bool = False) -> Stat:
        """Return the facts of a file or folder; a junction is not followed unless asked for."""
        with self._lock:
            item = self._find(path, follow=follow)
            sids = self._sids_of(user)
            if not rights.granted(item.security, sids, rights.READ_ATTRIBUTES):
                self._need(self._folder(paths.parent(path)), user, rights.LIST, path)
            return stat_of(item)

    def listdir(self, path: str, user: str = SYSTEM) -> list[str]:
        """Return the names in a folder in NTFS order (by upper-case name)."""
        return [stat.name for stat in self.scan(path, user)]

    def scan(self, path: str, user: str = SYSTEM) -> list[Stat]:
        """Return the facts of everything in a folder in NTFS order (by upper-case name)."""
        with self._lock:
            folder = self._find(path)
            if not isinstance(folder, Folder):
                raise FileError(errors.DIRECTORY, path)
            self._need(folder, user, rights.LIST, path)
            return [
                stat_of(child) for child in sorted(folder.children.values(), key=lambda c: c.name.upper())
            ]

    def true_path(self, path: str) -> str:
        """Return an absolute path spelled as it is on the disk, junctions kept."""
        drive, parts = paths.split(path)
        spelled = drive
        with self._lock:
            for part in parts:
                spelled += "\\"
                try:
                    spelled += self._find(spelled + part, follow=False).name
                except FileError:
                    spelled += part
        return spelled if parts else drive + "\\"

    def read(self, path: str, user: str = SYSTEM) -> bytes:
        """Return a file's content; a file that is being written may be read."""
        with self._lock:
            item = self._find(path)
            if isinstance(item, Folder):
                raise FileError(errors.ACCESS_DENIED, path)
            self._need(item, user, rights.READ_DATA, path)
            return item.content

    def security(self, path: str) -> Security:
        """Return owner and entries."""
        with self._lock:
            return self._find(path, follow=False).security

    def walk(self, path: str, user: str = SYSTEM) -> Iterator[tuple[str, Stat]]:
        """Yield everything below a folder, parents first, without entering junctions."""
        for stat in self.scan(path, user):
            below = paths.join(path, stat.name)
            yield below, stat
            if stat.is_dir and not stat.reparse:
                yield from self.walk(below, user)

    def folders_below(self, path: str, user: str = SYSTEM) -> list[str]:
        """Return every folder below a folder, parents first, without those the user may not list."""
        found: list[str] = []
        try:
            stats = self.scan(path, user)
        except FileError:
            return found
        for stat in stats:
            if stat.is_dir:
                below = paths.join(path, stat.name)
                found.append(below)
                found += [] if stat.reparse else self.folders_below(below, user)
        return found
