"""The rights in the words of icacls: "(OI)(CI)F", "M", "(RX,WD)"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sandbox.node import rights
from sandbox.node.rights import Entry

SIMPLE = {
    "N": 0,
    "F": rights.FULL,
    "M": rights.MODIFY,
    "RX": rights.READ_EXECUTE,
    "R": rights.READ,
    "W": rights.WRITE,
    "D": rights.DELETE | rights.SYNCHRONIZE,
}
SPECIFIC = {
    "DE": rights.DELETE,
    "RC": rights.READ_CONTROL,
    "WDAC": rights.WRITE_DAC,
    "WO": rights.WRITE_OWNER,
    "S": rights.SYNCHRONIZE,
    "GR": rights.READ,
    "GW": rights.WRITE,
    "GE": rights.READ_EXECUTE,
    "GA": rights.FULL,
    "RD": rights.READ_DATA,
    "WD": rights.WRITE_DATA,
    "AD": rights.APPEND_DATA,
    "REA": rights.READ_EA,
    "WEA": rights.WRITE_EA,
    "X": rights.EXECUTE,
    "DC": rights.DELETE_CHILD,
    "RA": rights.READ_ATTRIBUTES,
    "WA": rights.WRITE_ATTRIBUTES,
}
FLAGS = {"OI", "CI", "IO", "NP", "I"}


@dataclass(frozen=True)
class Permission:
    """What stands behind the colon of a grant."""

    mask: int
    objects: bool = False
    containers: bool = False
    only: bool = False

    def entry(self, sid: str, *, allow: bool) -> Entry:
        """Return the access control entry for a SID."""
        return Entry(sid, self.mask, allow, self.objects, self.containers, self.only)


def parse_permission(text: str) -> Permission | None:
    """Parse "(OI)(CI)F", "(RX)", "(RD,WD)" or "RX,W"; None for what icacls refuses."""
    flags: set[str] = set()
    rest = text.upper()
    while (match := re.match(r"\(([A-Z]+)\)", rest)) and match.group(1) in FLAGS:
        flags.add(match.group(1))
        rest = rest[match.end() :]
    names = rest.strip("()").split(",")
    mask = 0
    for name in names:
        if name in SIMPLE:
            mask |= SIMPLE[name]
        elif name in SPECIFIC:
            mask |= SPECIFIC[name]
        else:
            return None
    if flags & {"NP", "I"}:
        return None
    return Permission(mask, "OI" in flags, "CI" in flags, "IO" in flags)


def describe(entry: Entry) -> str:
    """Return an entry as icacls prints it."""
    flags = "".join(
        f"({name})"
        for name, present in (
            ("I", entry.inherited),
            ("OI", entry.objects),
            ("CI", entry.containers),
            ("IO", entry.only),
            ("DENY", not entry.allow),
        )
        if present
    )
    return f"{flags}({_mask_text(entry.mask)})"


def _mask_text(mask: int) -> str:
    for name, value in SIMPLE.items():
        if mask == value and value:
            return name
    if not mask:
        return "N"
    names: list[str] = []
    left = mask
    for name in ("RX", "R", "W"):
        if left & SIMPLE[name] == SIMPLE[name]:
            names.append(name)
            left &= ~SIMPLE[name]
    names += [name for name, value in SPECIFIC.items() if name[0] != "G" and left & value]
    return ",".join(names)
