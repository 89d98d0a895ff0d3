"""Security descriptors as text: the access list of an SDDL string (MS-DTYP 2.5.1)."""

from __future__ import annotations

import re

from sandbox.node import rights
from sandbox.node.rights import Entry

ALIASES = {
    "SY": rights.SYSTEM,
    "BA": rights.ADMINISTRATORS,
    "BU": rights.USERS,
    "AU": rights.AUTHENTICATED,
    "WD": rights.EVERYONE,
    "CO": rights.CREATOR_OWNER,
    "IU": "S-1-5-4",
    "NU": "S-1-5-2",
    "LS": "S-1-5-19",
    "NS": "S-1-5-20",
    "RM": "S-1-5-32-580",
    "BO": "S-1-5-32-551",
}
RIGHTS = {
    "GA": rights.FULL,
    "FA": rights.FULL,
    "GR": rights.READ,
    "FR": rights.READ,
    "GW": rights.WRITE,
    "FW": rights.WRITE,
    "GX": 0x1200A0,
    "FX": 0x1200A0,
    "RC": rights.READ_CONTROL,
    "SD": rights.DELETE,
    "WD": rights.WRITE_DAC,
    "WO": rights.WRITE_OWNER,
}


def parse_access_list(text: str) -> list[Entry]:
    """Return the entries of the D: part. Raises ValueError for what is no SDDL."""
    found = re.search(r"D:[A-Z]*((?:\([^()]*\))*)", text)
    if found is None:
        raise ValueError(f"no access list in {text!r}")
    return [_entry(part) for part in re.findall(r"\(([^()]*)\)", found.group(1))]


def _entry(text: str) -> Entry:
    fields = text.split(";")
    if len(fields) != 6 or fields[0] not in {"A", "D"}:
        raise ValueError(f"no access control entry: {text!r}")
    sid = ALIASES.get(fields[5], fields[5])
    if not sid.startswith("S-1-"):
        raise ValueError(f"no security identifier: {fields[5]!r}")
    return Entry(sid, _mask(fields[2]), allow=fields[0] == "A")


def _mask(text: str) -> int:
    if text.lower().startswith("0x"):
        return int(text, 16)
    mask = 0
    for index in range(0, len(text), 2):
        name = text[index : index + 2]
        if name not in RIGHTS:
            raise ValueError(f"no right: {name!r}")
        mask |= RIGHTS[name]
    return mask
