"""The folders a fresh Windows Server has, and the environment a new process gets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.node import rights
from sandbox.node.environment import EnvBlock
from sandbox.node.rights import Entry, Security

if TYPE_CHECKING:
    from sandbox.node.machine import Machine

SYSTEM32 = "C:\\Windows\\System32"
FOLDERS = (
    SYSTEM32,
    SYSTEM32 + "\\config\\systemprofile\\AppData\\Local",
    SYSTEM32 + "\\wbem",
    SYSTEM32 + "\\WindowsPowerShell\\v1.0",
    "C:\\Windows\\Temp",
    "C:\\Program Files\\Common Files",
    "C:\\Program Files (x86)",
    "C:\\ProgramData",
    "C:\\Users\\Public",
)
PATHEXT = ".COM;.EXE;.BAT;.CMD;.VBS;.VBE;.JS;.JSE;.WSF;.WSH;.MSC"
PATH = "C:\\Windows\\system32;C:\\Windows;C:\\Windows\\System32\\Wbem;C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\"


def _both(sid: str, mask: int, *, only: bool = False) -> Entry:
    return Entry(sid, mask, objects=True, containers=True, only=only)


GUARDED = [
    _both(rights.TRUSTED_INSTALLER, rights.FULL),
    _both(rights.SYSTEM, rights.FULL),
    _both(rights.ADMINISTRATORS, rights.FULL),
    _both(rights.USERS, rights.READ_EXECUTE),
]
OPEN_FOR_NEW = [
    _both(rights.SYSTEM, rights.FULL),
    _both(rights.ADMINISTRATORS, rights.FULL),
    _both(rights.CREATOR_OWNER, rights.FULL, only=True),
    _both(rights.USERS, rights.READ_EXECUTE),
    Entry(rights.USERS, rights.WRITE, containers=True),
]


def build_folders(machine: Machine) -> None:
    """Create the folders with the rights Windows gives them (icacls on a fresh server)."""
    files = machine.files
    for folder in FOLDERS:
        files.makedirs(folder)
    for folder in ("C:\\Windows", "C:\\Program Files", "C:\\Program Files (x86)"):
        files.set_security(folder, Security(rights.TRUSTED_INSTALLER, protected=True).with_entries(GUARDED))
    for folder in ("C:\\ProgramData", "C:\\Windows\\Temp"):
        files.set_security(folder, Security(rights.SYSTEM, protected=True).with_entries(OPEN_FOR_NEW))
    users = [*GUARDED[1:], _both(rights.EVERYONE, rights.READ_EXECUTE)]
    files.set_security("C:\\Users", Security(rights.SYSTEM, protected=True).with_entries(users))


def build_profile(machine: Machine, name: str, sid: str) -> str:
    """Create a user's profile folder, his alone beside the system and the administrators; return its path."""
    folder = f"C:\\Users\\{name}"
    if not machine.files.is_dir(folder):
        machine.files.makedirs(folder + "\\AppData\\Local\\Temp")
        entries = [*GUARDED[1:3], _both(sid, rights.FULL)]
        machine.files.set_security(folder, Security(sid, protected=True).with_entries(entries))
    return folder


def base_environment(machine: Machine, user: str) -> EnvBlock:
    """Return the environment of a new logon of `user`."""
    system = machine.accounts.is_system(user)
    full = machine.accounts.full_name(user)
    domain, _, name = full.partition("\\")
    profile = (
        SYSTEM32.replace("System32", "system32") + "\\config\\systemprofile"
        if system
        else f"C:\\Users\\{name}"
    )
    temp = "C:\\Windows\\TEMP" if system else profile + "\\AppData\\Local\\Temp"
    return EnvBlock(
        {
            "ALLUSERSPROFILE": "C:\\ProgramData",
            "APPDATA": profile + "\\AppData\\Roaming",
            "CommonProgramFiles": "C:\\Program Files\\Common Files",
            "COMPUTERNAME": machine.name.upper(),
            "ComSpec": machine.comspec,
            "LOCALAPPDATA": profile + "\\AppData\\Local",
            "NUMBER_OF_PROCESSORS": "16",
            "OS": "Windows_NT",
            "Path": PATH,
            "PATHEXT": PATHEXT,
            "PROCESSOR_ARCHITECTURE": "AMD64",
            "ProgramData": "C:\\ProgramData",
            "ProgramFiles": "C:\\Program Files",
            "ProgramFiles(x86)": "C:\\Program Files (x86)",
            "ProgramW6432": "C:\\Program Files",
            "PUBLIC": "C:\\Users\\Public",
            "SystemDrive": "C:",
            "SystemRoot": "C:\\Windows",
            "TEMP": temp,
            "TMP": temp,
            "USERDOMAIN": domain if not system else machine.accounts.domain or "WORKGROUP",
            "USERNAME": name if not system else machine.name.upper() + "$",
            "USERPROFILE": profile,
            "windir": "C:\\Windows",
        }
    )
