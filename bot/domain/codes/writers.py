"""VSS writers by id and name: whose service they are, and what is safe to do when one fails."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.vss import CSV_WRITER, HYPERV_WRITER


@dataclass(frozen=True)
class Writer:
    """A VSS writer as Windows installs it; instance ids change with each start and are never a key."""

    id: str
    name: str
    service: str  # the Windows service that hosts it
    restart: str  # "drain": after draining the node, "free": at any time no backup runs, "never"


WRITERS = (
    Writer(HYPERV_WRITER, "Microsoft Hyper-V VSS Writer", "vmms", "drain"),
    Writer(CSV_WRITER, "Cluster Shared Volume VSS Writer", "clussvc", "never"),
    Writer("41e12264-35d8-479b-8e5c-9b23d1dad37e", "Cluster Database", "clussvc", "never"),
    Writer("e8132975-6f93-4464-a53e-1050253ae220", "System Writer", "CryptSvc", "free"),
    Writer("be000cbe-11fe-4426-9c58-531aa6355fc4", "ASR Writer", "VSS", "free"),
    Writer("afbab4a2-367d-4d15-a586-71dbb18f8485", "Registry Writer", "VSS", "free"),
    Writer("542da469-d3e1-473c-9f4f-7847f01fc64f", "COM+ REGDB Writer", "VSS", "free"),
    Writer("a6ad56c2-b509-4e6c-bb19-49d8f43532f0", "WMI Writer", "winmgmt", "drain"),
    Writer("4dc3bdd4-ab48-4d07-adb0-3bee2926fd7f", "Shadow Copy Optimization Writer", "VSS", "free"),
    Writer("d61d61c8-d73a-4eee-8cdd-f6f9786b7124", "Task Scheduler Writer", "Schedule", "never"),
    Writer("75dfb225-e2e4-4d39-9ac9-ffaff65ddf06", "VSS Metadata Store Writer", "VSS", "free"),
    Writer("0bada1de-01a9-4625-8278-69e735f39dd2", "Performance Counters Writer", "VSS", "free"),
    Writer("2707761b-2324-473d-88eb-eb007a359533", "DFS Replication service writer", "DFSR", "drain"),
    Writer("41db4dbf-6046-470e-8ad5-d5081dfb1b70", "Dedup Writer", "ddpsvc", "free"),
    Writer("cd3f2362-8bef-46c7-9181-d62844cdc0b2", "MSSearch Service Writer", "WSearch", "free"),
    Writer("4969d978-be47-48b0-b100-f328f07ac1e0", "BITS Writer", "BITS", "free"),
)

GUARDS_VMS = frozenset({HYPERV_WRITER, CSV_WRITER})
"""The writers that quiesce VMs: the local Hyper-V writer and, for VMs of other nodes, the CSV writer."""

STATES: dict[int, tuple[str, str]] = {
    0: ("VSS_WS_UNKNOWN", "did not answer"),
    1: ("VSS_WS_STABLE", "is idle or has finished cleanly"),
    2: ("VSS_WS_WAITING_FOR_FREEZE", "is prepared and waits for the freeze"),
    3: ("VSS_WS_WAITING_FOR_THAW", "is frozen"),
    4: ("VSS_WS_WAITING_FOR_POST_SNAPSHOT", "is thawed and waits for the work after the shadow copy"),
    5: ("VSS_WS_WAITING_FOR_BACKUP_COMPLETE", "waits for the end of the backup; this is normal"),
    6: ("VSS_WS_FAILED_AT_IDENTIFY", "failed while it was asked what it has"),
    7: ("VSS_WS_FAILED_AT_PREPARE_BACKUP", "failed while it prepared the backup"),
    8: ("VSS_WS_FAILED_AT_PREPARE_SNAPSHOT", "failed while it prepared the shadow copy"),
    9: ("VSS_WS_FAILED_AT_FREEZE", "failed at the freeze"),
    10: ("VSS_WS_FAILED_AT_THAW", "failed at the thaw"),
    11: ("VSS_WS_FAILED_AT_POST_SNAPSHOT", "failed in its work after the shadow copy"),
    12: ("VSS_WS_FAILED_AT_BACKUP_COMPLETE", "failed when the backup was declared complete"),
    13: ("VSS_WS_FAILED_AT_PRE_RESTORE", "failed before a restore"),
    14: ("VSS_WS_FAILED_AT_POST_RESTORE", "failed after a restore"),
    15: ("VSS_WS_FAILED_AT_BACKUPSHUTDOWN", "failed when the backup was closed"),
}


def find(text: str) -> Writer | None:
    """Return a writer by its id (braces or not) or its name, without regard to case."""
    wanted = text.strip().strip("{}").lower()
    return next((w for w in WRITERS if wanted in (w.id, w.name.lower())), None)


def restart_advice(writer: Writer, node: str) -> str:
    """Return what to do about a writer that fails, in an order that is safe for the VMs."""
    if writer.restart == "drain":
        return f"Drain {node}, then restart the service {writer.service}."
    if writer.restart == "never":
        return (
            f"Do not restart the service {writer.service}: that would hurt the node."
            f" Look at the events; if it stays, drain {node} and restart the node."
        )
    return f"When no backup runs on {node}, restart the service {writer.service}."
