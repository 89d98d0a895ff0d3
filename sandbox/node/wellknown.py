"""Names of well-known accounts and groups, which Windows translates: only their SIDs are the same everywhere."""

from __future__ import annotations

from sandbox.node import rights

GROUPS = {
    "Administrators": rights.ADMINISTRATORS,
    "Users": rights.USERS,
    "Guests": "S-1-5-32-546",
    "Backup Operators": "S-1-5-32-551",
    "Remote Desktop Users": "S-1-5-32-555",
    "Performance Monitor Users": "S-1-5-32-558",
    "Event Log Readers": "S-1-5-32-573",
    "Hyper-V Administrators": "S-1-5-32-578",
    "Remote Management Users": "S-1-5-32-580",
}
ENGLISH = {
    rights.SYSTEM: "NT AUTHORITY\\SYSTEM",
    rights.EVERYONE: "Everyone",
    rights.CREATOR_OWNER: "CREATOR OWNER",
    rights.AUTHENTICATED: "NT AUTHORITY\\Authenticated Users",
    "S-1-5-19": "NT AUTHORITY\\LOCAL SERVICE",
    "S-1-5-20": "NT AUTHORITY\\NETWORK SERVICE",
    "S-1-5-2": "NT AUTHORITY\\NETWORK",
    "S-1-5-4": "NT AUTHORITY\\INTERACTIVE",
    rights.TRUSTED_INSTALLER: "NT SERVICE\\TrustedInstaller",
    **{sid: f"BUILTIN\\{name}" for name, sid in GROUPS.items()},
}
GERMAN = {
    rights.SYSTEM: "NT-AUTORITÄT\\SYSTEM",
    rights.EVERYONE: "Jeder",
    rights.CREATOR_OWNER: "ERSTELLER-BESITZER",
    rights.AUTHENTICATED: "NT-AUTORITÄT\\Authentifizierte Benutzer",
    "S-1-5-19": "NT-AUTORITÄT\\LOKALER DIENST",
    "S-1-5-20": "NT-AUTORITÄT\\NETZWERKDIENST",
    "S-1-5-2": "NT-AUTORITÄT\\NETZWERK",
    "S-1-5-4": "NT-AUTORITÄT\\INTERAKTIV",
    rights.TRUSTED_INSTALLER: "NT SERVICE\\TrustedInstaller",
    rights.ADMINISTRATORS: "VORDEFINIERT\\Administratoren",
    rights.USERS: "VORDEFINIERT\\Benutzer",
    "S-1-5-32-546": "VORDEFINIERT\\Gäste",
    "S-1-5-32-551": "VORDEFINIERT\\Sicherungs-Operatoren",
    "S-1-5-32-555": "VORDEFINIERT\\Remotedesktopbenutzer",
    "S-1-5-32-558": "VORDEFINIERT\\Leistungsüberwachungsbenutzer",
    "S-1-5-32-573": "VORDEFINIERT\\Ereignisprotokollleser",
    "S-1-5-32-578": "VORDEFINIERT\\Hyper-V-Administratoren",
    "S-1-5-32-580": "VORDEFINIERT\\Remoteverwaltungsbenutzer",
}
NAMES = {"en-US": ENGLISH, "de-DE": GERMAN}
