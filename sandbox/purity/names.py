"""Purity's rules for names: what a volume, a group and a suffix may be called, and how they are joined."""

from __future__ import annotations

import re

from sandbox.purity.refusals import Refused

_PART = re.compile(r"^(?=.*[A-Za-z])[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?$")
# The suffix rule as the vendor's Ansible collection states it, with 63 characters at most.
_SUFFIX = re.compile(r"^(?=.*[a-zA-Z-])[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$")


def check_name(name: str, what: str = "Volume") -> str:
    """Return `name`, or raise Refused if one of its parts (pod, volume group, own name) is not allowed."""
    parts = re.split(r"::|/", name)
    if len(parts) > 3 or not all(_PART.match(part) for part in parts):
        raise Refused(
            name,
            f"{what} name must be between 1 and 63 characters (alphanumeric, '_' and '-') in length"
            " and begin and end with a letter or number.",
        )
    return name


def check_suffix(suffix: str, source: str) -> str:
    """Return `suffix`, or raise Refused; a client may not choose the array's own plain numbers."""
    if not _SUFFIX.match(suffix):
        raise Refused(
            source,
            "Snapshot suffix must be between 1 and 63 characters (alphanumeric and '-') in length,"
            " begin and end with a letter or number, and include at least one letter or '-'.",
        )
    return suffix


def member_snapshot(group: str, suffix: str, volume: str) -> str:
    """Return the name of a volume's snapshot inside a group snapshot; in a pod the volume drops the pod."""
    own = volume.rpartition("::")[2] if "::" in group else volume
    return f"{group}.{suffix}.{own}"
