"""The events a session leaves in the logs; texts follow the recorded templates, German ones are synthetic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.node.eventlog import ERROR, INFORMATION, WARNING, NewEvent

if TYPE_CHECKING:
    from sandbox.node.topology import Vm
    from sandbox.node.vss.writers import Writer
    from sandbox.node.windows import Windows

VMMS_ADMIN = "Microsoft-Windows-Hyper-V-VMMS-Admin"
_VMMS_GUID = "{6066F867-7CA1-4418-85FD-36E3F9C0600C}"
_CLUSTERING_GUID = "{BAF908EA-3421-4CA9-9B84-6689B8C6F85F}"
_VML = ("VmlEventLog", "http://www.microsoft.com/Windows/Virtualization/Events")


def vss(win: Windows, id_: int, level: int, text: str) -> None:
    """Record an event of source VSS: its data is one string in the node's language."""
    pid = win.services["VSS"].pid
    win.logs.write("Application", NewEvent(source="VSS", id=id_, level=level, data=(text,), pid=pid))


def clustering(win: Windows, id_: int, level: int, *data: str) -> None:
    """Record an event of the cluster service in the System log."""
    win.logs.write(
        "System",
        NewEvent(
            source="Microsoft-Windows-FailoverClustering",
            id=id_,
            level=level,
            data=data,
            guid=_CLUSTERING_GUID,
        ),
    )


def vmms(win: Windows, id_: int, level: int, *data: str) -> None:
    """Record an event of Hyper-V's management service."""
    event = NewEvent(
        source="Microsoft-Windows-Hyper-V-VMMS", id=id_, level=level, data=data, guid=_VMMS_GUID, user_data=_VML,
        pid=win.services["vmms"].pid,
    )  # fmt: skip
    win.logs.write(VMMS_ADMIN, event)


def session_noise(win: Windows) -> None:
    """Record the chronic 8194 and 8193 that healthy servers show at every session."""
    operation, context = ("Vorgang", "Kontext") if win.culture.german else ("Operation", "Context")
    system = "{e8132975-6f93-4464-a53e-1050253ae220}"
    head = (
        'Volumeschattenkopie-Dienstfehler: Beim Abfragen nach der Schnittstelle "IVssWriterCallback" ist ein '
        "unerwarteter Fehler aufgetreten. hr = 0x80070005, Zugriff verweigert\r\n."
        if win.culture.german
        else "Volume Shadow Copy Service error: Unexpected error querying for the IVssWriterCallback interface.  "
        "hr = 0x80070005, Access is denied.\r\n."
    )
    vss(
        win, 8194, ERROR,
        f"{head}\r\n\r\n{operation}:\r\n   Gathering Writer Data\r\n\r\n{context}:\r\n"
        f"   Writer Class Id: {system}\r\n   Writer Name: System Writer",
    )  # fmt: skip
    vss(
        win, 8193, ERROR,
        "Volume Shadow Copy Service error: Unexpected error calling routine QueryFullProcessImageNameW.  "
        f"hr = 0x80070006, The handle is invalid.\r\n.\r\n\r\n{operation}:\r\n   Executing Asynchronous Operation\r\n\r\n"
        f"{context}:\r\n   Current State: DoSnapshotSet",
    )  # fmt: skip


def idle(win: Windows) -> None:
    """Record 8224: the service goes to sleep after a session."""
    text = (
        "Der VSS-Dienst wird aufgrund eines Leerlaufzeitlimits heruntergefahren."
        if win.culture.german
        else "The VSS service is shutting down due to idle timeout."
    )
    vss(win, 8224, INFORMATION, text)


def writer_rejected(win: Windows, writer: Writer, phase: str) -> None:
    """Record 8229 for a writer that failed, as the recorded Japanese event has it (keys stay English)."""
    head = (
        f"Ein VSS-Schreiber hat ein Ereignis mit dem Fehler 0x{writer.failure:08x} abgelehnt."
        if win.culture.german
        else f"A VSS writer has rejected an event with error 0x{writer.failure:08x}."
    )
    kind = writer.kind
    operation = {
        "PREPARESNAPSHOT": "PrepareForSnapshot Event",
        "FREEZE": "Freeze Event",
        "THAW": "Thaw Event",
    }
    vss(
        win, 8229, WARNING,
        f"{head} Changes that the writer made to the writer components while handling the event will not be "
        "available to the requester.\r\n\r\nOperation:\r\n   "
        f"{operation.get(phase, phase.title() + ' Event')}\r\n\r\nContext:\r\n   Execution Context: Writer\r\n"
        f"   Writer Class Id: {kind.guid}\r\n   Writer Name: {kind.name}\r\n   Writer Instance ID: {writer.instance}\r\n"
        f"   Command Line: {kind.command_line}\r\n   Process ID: {win.services[kind.service].pid}",
    )  # fmt: skip


def provider_failed(win: Windows, id_: int, provider: str, *, hresult: int, why: str) -> None:
    """Record 12289 (the provider reports an error) or 12293 (calling it failed)."""
    head = (
        "Volume Shadow Copy Service error: Error calling a routine on a Shadow Copy Provider "
        f"{provider}. Routine details {why} [hr = 0x{hresult:08x}]."
        if id_ == 12293
        else f"Volume Shadow Copy Service error: Unexpected error {why}.  hr = 0x{hresult:08x}."
    )
    operation = "Committing shadow copies" if id_ == 12293 else "Processing CommitSnapshots"
    vss(
        win, id_, ERROR,
        f"{head}\r\n\r\nOperation:\r\n   {operation}\r\n\r\nContext:\r\n   Execution Context: Provider\r\n"
        f"   Provider Name: Pure Storage VSS Hardware Provider\r\n   Provider ID: {provider}",
    )  # fmt: skip


def backup_checkpoint_failed(win: Windows, vm: Vm, hresult: int) -> None:
    """Record 10150 and 18012: a VM's backup checkpoint could not be made."""
    vmms(win, 10150, ERROR, vm.name, vm.id, f"%%{hresult}", f"0x{hresult:08X}")
    vmms(win, 18012, ERROR, vm.name, vm.id)


def merge_finished(win: Windows, vm: Vm, disk: str) -> None:
    """Record 19070 and 19080: the background merge after a backup started and finished."""
    vmms(win, 19070, INFORMATION, vm.name, vm.id, disk)
    vmms(win, 19080, INFORMATION, vm.name, vm.id, disk)


def backup_aborted(win: Windows) -> None:
    """Record 1544: the cluster's database writer was told to abort."""
    clustering(win, 1544, WARNING)
