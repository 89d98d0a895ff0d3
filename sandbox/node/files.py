"""The file system of a node: NTFS names, owners and rights, junctions, and files locked while they are written."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

from sandbox.node import errors, paths, rights
from sandbox.node.errors import FileError
from sandbox.node.filetree import SYSTEM, FileTree
from sandbox.node.nodes import File, Folder, Item, in_use
from sandbox.node.rights import Security


class WriteHandle:
    """A file opened for writing; nobody else may write, rename or delete it until `close`."""

    def __init__(self, files: FileSystem, file: File) -> None:
        self._files = files
        self._file = file
        self._open = True

    def write(self, chunk: bytes) -> None:
        """Append a chunk. Raises FileError when the disk is full."""
        self._files.extend(self._file, chunk)

    def close(self) -> None:
        """Release the file; closing twice is harmless."""
        if self._open:
            self._open = False
            self._files.release(self._file)


class FileSystem(FileTree):
    """A tree of files per drive; every method takes absolute paths and raises FileError; thread-safe."""

    def __init__(
        self,
        *,
        now: Callable[[], datetime],
        sids_of: Callable[[str], frozenset[str]],
        owner_of: Callable[[str], str],
        is_full: Callable[[], bool] = lambda: False,
    ) -> None:
        super().__init__(now=now, sids_of=sids_of)
        self._owner_of = owner_of
        self._is_full = is_full

    # writing

    def open_write(self, path: str, user: str = SYSTEM, *, append: bool = False) -> WriteHandle:
        """Create or truncate (or append to) a file and lock it. Raises FileError, a sharing violation too."""
        with self._lock:
            folder, name = self._place(path)
            item = folder.children.get(name.lower())
            if isinstance(item, Folder):
                raise FileError(errors.ACCESS_DENIED, path)
            if item is None:
                self._need(folder, user, rights.ADD_FILE, path)
                item = self._new_file(folder, name, user)
            elif "R" in item.attributes:
                raise FileError(errors.ACCESS_DENIED, path)
            else:
                self._need(item, user, rights.APPEND_DATA if append else rights.WRITE_DATA, path)
            if item.writers:
                raise FileError(errors.SHARING_VIOLATION, path)
            if not append:
                item.content = b""
                item.modified = self._now()
            item.writers += 1
            return WriteHandle(self, item)

    def _new_file(self, folder: Folder, name: str, user: str) -> File:
        owner = self._owner_of(user)
        security = rights.child_security(folder.security, owner, is_dir=False)
        file = File(name, security, self._now(), self._now())
        folder.children[name.lower()] = file
        folder.modified = file.created
        return file

    def extend(self, file: File, chunk: bytes) -> None:
        """Append a chunk to an open file. Raises FileError when the disk is full."""
        if chunk and self._is_full():
            raise FileError(errors.DISK_FULL, file.name)
        with self._lock:
            file.content += chunk
            file.modified = self._now()

    def release(self, file: File) -> None:
        """Give up one handle that is open for writing."""
        with self._lock:
            file.writers -= 1

    def write(self, path: str, content: bytes, user: str = SYSTEM) -> None:
        """Create or replace a file's content."""
        self._put(path, content, user, append=False)

    def append(self, path: str, content: bytes, user: str = SYSTEM) -> None:
        """Append to a file, creating it when it is missing."""
        self._put(path, content, user, append=True)

    def _put(self, path: str, content: bytes, user: str, *, append: bool) -> None:
        handle = self.open_write(path, user, append=append)
        try:
            handle.write(content)
        finally:
            handle.close()

    def mkdir(self, path: str, user: str = SYSTEM) -> None:
        """Create one folder; exactly one of two racing calls succeeds. Raises FileError (183) when it exists."""
        with self._lock:
            folder, name = self._place(path)
            if name.lower() in folder.children:
                raise FileError(errors.ALREADY_EXISTS, path)
            self._need(folder, user, rights.ADD_FOLDER, path)
            owner = self._owner_of(user)
            security = rights.child_security(folder.security, owner, is_dir=True)
            folder.children[name.lower()] = Folder(name, security, self._now(), self._now())
            folder.modified = self._now()

    def makedirs(self, path: str, user: str = SYSTEM) -> None:
        """Create a folder with its parents; what is there already stays."""
        missing: list[str] = []
        with self._lock:
            while not self.is_dir(path):
                missing.append(path)
                path = paths.parent(path)
            for folder in reversed(missing):
                self.mkdir(folder, user)

    def junction(self, link: str, target: str, user: str = SYSTEM) -> None:
        """Create a junction; its target need not exist."""
        with self._lock:
            self.mkdir(link, user)
            item = self._find(link, follow=False)
            if isinstance(item, Folder):
                item.target = target

    # moving and removing

    def rename(self, old: str, new: str, user: str = SYSTEM, *, overwrite: bool = False) -> None:
        """Rename or move within a drive, atomically. Raises FileError (183) when `new` is there."""
        with self._lock:
            source, name = self._place(old)
            item = source.children.get(name.lower())
            if item is None:
                raise FileError(errors.FILE_NOT_FOUND, old)
            target, new_name = self._place(new)
            if old[:2].upper() != new[:2].upper() and isinstance(item, Folder):
                raise FileError(errors.ACCESS_DENIED, old)
            self._may_delete(source, item, user, old)
            there = target.children.get(new_name.lower())
            if there is not None and there is not item:
                if not overwrite or isinstance(there, Folder):
                    raise FileError(errors.ALREADY_EXISTS, new)
                self._may_delete(target, there, user, new)
            wanted = rights.ADD_FOLDER if isinstance(item, Folder) else rights.ADD_FILE
            self._need(target, user, wanted, new)
            self._move(item, source, target, new_name)

    def _move(self, item: Item, source: Folder, target: Folder, new_name: str) -> None:
        del source.children[item.name.lower()]
        item.name = new_name
        target.children[new_name.lower()] = item
        source.modified = target.modified = self._now()

    def _may_delete(self, folder: Folder, item: Item, user: str, path: str) -> None:
        sids = self._sids_of(user)
        if not rights.granted(item.security, sids, rights.DELETE) and not rights.granted(
            folder.security, sids, rights.DELETE_CHILD
        ):
            raise FileError(errors.ACCESS_DENIED, path)
        if isinstance(item, File) and item.writers:
            raise FileError(errors.SHARING_VIOLATION, path)
        if isinstance(item, Folder) and item.holders:
            raise FileError(errors.SHARING_VIOLATION, path)
        if in_use(item):
            raise FileError(errors.ACCESS_DENIED, path)

    def delete(self, path: str, user: str = SYSTEM) -> None:
        """Delete a file; a read-only one is refused."""
        with self._lock:
            folder, name = self._place(path)
            item = folder.children.get(name.lower())
            if item is None:
                raise FileError(errors.FILE_NOT_FOUND, path)
            if isinstance(item, Folder) or "R" in item.attributes:
                raise FileError(errors.ACCESS_DENIED, path)
            self._may_delete(folder, item, user, path)
            del folder.children[name.lower()]
            folder.modified = self._now()

    def rmdir(self, path: str, user: str = SYSTEM) -> None:
        """Remove an empty folder, or a junction without its target."""
        with self._lock:
            folder, name = self._place(path)
            item = folder.children.get(name.lower())
            if item is None:
                raise FileError(errors.FILE_NOT_FOUND, path)
            if isinstance(item, File):
                raise FileError(errors.DIRECTORY, path)
            if item.children and not item.target:
                raise FileError(errors.DIR_NOT_EMPTY, path)
            self._may_delete(folder, item, user, path)
            del folder.children[name.lower()]
            folder.modified = self._now()

    # rights, attributes and handles

    def set_security(self, path: str, security: Security) -> None:
        """Set owner and entries, and renew what everything below inherits; the caller has checked the right."""
        with self._lock:
            item = self._find(path, follow=False)
            item.security = security
            _pass_on(item)

    def renew_inheritance(self, path: str) -> None:
        """Take the entries of the parent folder again, unless the item is protected."""
        with self._lock:
            item = self._find(path, follow=False)
            parent = self._folder(paths.parent(path))
            item.security = rights.reinherit(item.security, parent.security, is_dir=isinstance(item, Folder))
            _pass_on(item)

    def set_attributes(self, path: str, add: set[str], remove: set[str], user: str = SYSTEM) -> None:
        """Change the attributes R, A, S and H."""
        with self._lock:
            item = self._find(path, follow=False)
            self._need(item, user, rights.WRITE_ATTRIBUTES, path)
            item.attributes = (item.attributes | add) - remove

    def touch(self, path: str, modified: datetime) -> None:
        """Set the time of the last change, as a copy does."""
        with self._lock:
            self._find(path).modified = modified

    def hold(self, path: str) -> Callable[[], None]:
        """Keep a folder from being renamed or removed while a process stands in it; call the result to let go."""
        with self._lock:
            folder = self._folder(path)
            folder.holders += 1
        released = threading.Event()

        def release() -> None:
            with self._lock:
                if not released.is_set():
                    released.set()
                    folder.holders -= 1

        return release


def _pass_on(item: Item) -> None:
    if isinstance(item, File):
        return
    for child in item.children.values():
        if not child.security.protected:
            child.security = rights.reinherit(child.security, item.security, is_dir=isinstance(child, Folder))
            _pass_on(child)
