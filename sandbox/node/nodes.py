"""What a file system is made of: files, folders and junctions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sandbox.node.rights import Security


@dataclass(eq=False)
class File:
    """A file; `writers` counts the handles that are open for writing."""

    name: str
    security: Security
    created: datetime
    modified: datetime
    content: bytes = b""
    attributes: set[str] = field(default_factory=lambda: {"A"})
    writers: int = 0


@dataclass(eq=False)
class Folder:
    """A folder, or a junction when `target` is set; `holders` counts the processes that stand in it."""

    name: str
    security: Security
    created: datetime
    modified: datetime
    children: dict[str, File | Folder] = field(default_factory=dict)
    attributes: set[str] = field(default_factory=set)
    target: str = ""
    holders: int = 0


Item = File | Folder


@dataclass(frozen=True)
class Stat:
    """What one asks about a file or folder: times are UTC, `owner` is a SID, `reparse` a junction's target."""

    name: str
    size: int
    created: datetime
    modified: datetime
    owner: str
    is_dir: bool
    reparse: str
    attributes: frozenset[str]


def in_use(item: Item) -> bool:
    """Return whether a handle on the item or on anything below it is open."""
    if isinstance(item, File):
        return item.writers > 0
    return item.holders > 0 or any(in_use(child) for child in item.children.values())


def stat_of(item: Item) -> Stat:
    """Return the item's facts."""
    is_dir = isinstance(item, Folder)
    return Stat(
        name=item.name,
        size=0 if isinstance(item, Folder) else len(item.content),
        created=item.created,
        modified=item.modified,
        owner=item.security.owner,
        is_dir=is_dir,
        reparse=item.target if isinstance(item, Folder) else "",
        attributes=frozenset(item.attributes),
    )
