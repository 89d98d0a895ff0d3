"""Access rights of files and folders: entries, inheritance and the access check (MS-DTYP 2.4 and 2.5.3)."""

from __future__ import annotations

from dataclasses import dataclass, replace

READ_DATA = LIST = 0x1
WRITE_DATA = ADD_FILE = 0x2
APPEND_DATA = ADD_FOLDER = 0x4
READ_EA, WRITE_EA, EXECUTE, DELETE_CHILD = 0x8, 0x10, 0x20, 0x40
READ_ATTRIBUTES, WRITE_ATTRIBUTES = 0x80, 0x100
DELETE, READ_CONTROL, WRITE_DAC, WRITE_OWNER, SYNCHRONIZE = 0x10000, 0x20000, 0x40000, 0x80000, 0x100000

FULL = 0x1F01FF
MODIFY = 0x1301BF
READ_EXECUTE = 0x1200A9
READ = 0x120089
WRITE = 0x100116

SYSTEM = "S-1-5-18"
ADMINISTRATORS = "S-1-5-32-544"
USERS = "S-1-5-32-545"
AUTHENTICATED = "S-1-5-11"
EVERYONE = "S-1-1-0"
CREATOR_OWNER = "S-1-3-0"
TRUSTED_INSTALLER = "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464"


@dataclass(frozen=True)
class Entry:
    """One access control entry; `objects`, `containers` and `only` are the (OI), (CI) and (IO) flags."""

    sid: str
    mask: int
    allow: bool = True
    objects: bool = False
    containers: bool = False
    only: bool = False
    inherited: bool = False


@dataclass(frozen=True)
class Security:
    """Owner, entries, and whether the entries of the parent stop here."""

    owner: str
    entries: tuple[Entry, ...] = ()
    protected: bool = False

    def with_entries(self, entries: list[Entry]) -> Security:
        """Return a copy with these entries in canonical order: explicit before inherited, deny before allow."""
        ordered = sorted(entries, key=lambda entry: (entry.inherited, entry.allow))
        return replace(self, entries=tuple(ordered))

    def explicit(self) -> list[Entry]:
        """Return the entries that were set here."""
        return [entry for entry in self.entries if not entry.inherited]


def inherited_entries(parent: Security, owner: str, *, is_dir: bool) -> list[Entry]:
    """Return what a child of `parent` inherits; CREATOR OWNER becomes the child's owner."""
    found: list[Entry] = []
    for entry in parent.entries:
        if is_dir and entry.containers:
            if entry.sid == CREATOR_OWNER:
                found.append(Entry(owner, entry.mask, entry.allow, inherited=True))
                found.append(replace(entry, only=True, inherited=True))
            else:
                found.append(replace(entry, only=False, inherited=True))
        elif is_dir and entry.objects:
            found.append(replace(entry, only=True, inherited=True))
        elif not is_dir and entry.objects:
            sid = owner if entry.sid == CREATOR_OWNER else entry.sid
            found.append(Entry(sid, entry.mask, entry.allow, inherited=True))
    return found


def child_security(parent: Security, owner: str, *, is_dir: bool) -> Security:
    """Return the security of a new child of `parent`."""
    return Security(owner).with_entries(inherited_entries(parent, owner, is_dir=is_dir))


def reinherit(own: Security, parent: Security, *, is_dir: bool) -> Security:
    """Return `own` with its inherited entries renewed from `parent`, unless it is protected."""
    if own.protected:
        return own
    return own.with_entries([*own.explicit(), *inherited_entries(parent, own.owner, is_dir=is_dir)])


def granted(security: Security, sids: frozenset[str], wanted: int) -> bool:
    """Return whether a token with these SIDs gets every wanted right."""
    remaining = wanted
    if security.owner in sids:
        remaining &= ~(READ_CONTROL | WRITE_DAC)
    for entry in security.entries:
        if entry.only or entry.sid not in sids:
            continue
        if entry.allow:
            remaining &= ~entry.mask
        elif remaining & entry.mask:
            return False
        if not remaining:
            return True
    return not remaining
