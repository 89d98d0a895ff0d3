"""Accounts of a node: names, SIDs, passwords and groups."""

from __future__ import annotations

from dataclasses import dataclass, field

from sandbox.node import rights
from sandbox.node.wellknown import GROUPS, NAMES

SYSTEM_NAME = "NT AUTHORITY\\SYSTEM"
WINRM_GROUPS = {"administrators", "remote management users"}


@dataclass(frozen=True)
class Account:
    """An ordinary account; `groups` are the English names of local groups, also where Windows shows others."""

    name: str
    password: str
    groups: tuple[str, ...] = ("Users",)
    sid: str = ""


@dataclass
class Accounts:
    """The accounts of one node; `domain` is what stands before the names ("CORP"), the node's own name else."""

    machine_name: str
    domain: str = ""
    locale: str = "en-US"
    known: dict[str, Account] = field(default_factory=dict)

    def add(self, account: Account) -> Account:
        """Add or replace an account and return it with its SID."""
        sid = account.sid or f"S-1-5-21-1004336348-1177238915-682003330-{1000 + len(self.known)}"
        kept = Account(account.name, account.password, account.groups, sid)
        self.known[account.name.lower()] = kept
        return kept

    def find(self, user: str) -> Account | None:
        """Return the account of "name", "DOMAIN\\name", ".\\name" or "name@domain"."""
        name = user.strip()
        if "\\" in name:
            prefix, _, name = name.partition("\\")
            if prefix.lower() not in {".", self.machine_name.lower(), self.domain.lower()}:
                return None
        elif "@" in name:
            name, _, suffix = name.partition("@")
            if suffix.lower().partition(".")[0] not in {self.machine_name.lower(), self.domain.lower()}:
                return None
        return self.known.get(name.lower())

    def is_system(self, user: str) -> bool:
        """Return whether the name means the local system account."""
        return user.lower() in {"system", SYSTEM_NAME.lower(), rights.SYSTEM.lower()}

    def password_of(self, user: str) -> str | None:
        """Return the password, None when there is no such account or it may not use WinRM."""
        account = self.find(user)
        if account is None or not WINRM_GROUPS & {group.lower() for group in account.groups}:
            return None
        return account.password

    def full_name(self, user: str) -> str:
        """Return the name processes carry, "DOMAIN\\name"; for SYSTEM the English one in every language."""
        if self.is_system(user):
            return SYSTEM_NAME
        account = self.find(user)
        return f"{self.domain or self.machine_name}\\{account.name if account else user}"

    def is_admin(self, user: str) -> bool:
        """Return whether the user is a member of Administrators."""
        return rights.ADMINISTRATORS in self.sids_of(user)

    def sid_of(self, user: str) -> str:
        """Return the user's own SID; an unknown name gets the SID of nobody."""
        if self.is_system(user):
            return rights.SYSTEM
        account = self.find(user)
        return account.sid if account is not None else "S-1-0-0"

    def sids_of(self, user: str) -> frozenset[str]:
        """Return the SIDs of the user's token."""
        if self.is_system(user):
            return frozenset({rights.SYSTEM, rights.ADMINISTRATORS, rights.AUTHENTICATED, rights.EVERYONE})
        account = self.find(user)
        if account is None:
            return frozenset({"S-1-0-0"})
        groups = {_group_sid(group) for group in account.groups}
        return frozenset({account.sid, rights.AUTHENTICATED, rights.EVERYONE, rights.USERS, *groups})

    def lookup(self, name: str) -> str | None:
        """Return the SID of an account, group or well-known name, or of "*S-1-…"; None when there is none."""
        if name.startswith("*S-") or name.upper().startswith("S-1-"):
            return name.lstrip("*").upper()
        bare = name.lower()
        for sid, known in NAMES[self.locale].items():
            if bare in {known.lower(), known.rpartition("\\")[2].lower()}:
                return sid
        account = self.find(name)
        return account.sid if account is not None else None

    def name_of(self, sid: str) -> str:
        """Return the name that icacls and dir /q show for a SID, the SID itself when it has none."""
        if sid in NAMES[self.locale]:
            return NAMES[self.locale][sid]
        for account in self.known.values():
            if account.sid == sid:
                return self.full_name(account.name)
        return sid


def _group_sid(group: str) -> str:
    for name, sid in GROUPS.items():
        if name.lower() == group.lower():
            return sid
    return group
