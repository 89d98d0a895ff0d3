"""The fault points of VSS: what tests and the control page can break in the next session."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sandbox.node.vss import codes
from sandbox.node.vss.codes import VssError

if TYPE_CHECKING:
    from sandbox.faults import Fault, Faults
    from sandbox.node.vss.service import VssService, WriterFailure

ELEMENT_NOT_FOUND = 0x80070490


def publish(faults: Faults) -> None:
    """Publish the points; each fault is taken by the next session that is to make a set, on whichever node."""
    faults.publish(
        "vss.writer",
        fail="a writer fails with VSS_E_WRITERERROR_RETRYABLE; detail: 'writer name/PHASE[/HRESULT in hex]'",
        timeout="the same with VSS_E_WRITERERROR_TIMEOUT",
        slow="a phase takes delay_s longer (the CSV writer may legally take 1800 s); detail: 'PHASE'",
    )
    faults.publish(
        "vss.provider",
        veto="the hardware provider refuses to commit: VSS_E_PROVIDER_VETO, events 12289 and 12293",
        slow="the provider needs delay_s longer to commit; beyond 10 s VSS_E_HOLD_WRITES_TIMEOUT",
    )
    faults.publish(
        "vss.vm",
        fail="the VMs in detail (names, comma between) fail at PrepareForSnapshot: VMMS events on their node",
        left_out="the VMs in detail are left out of the backup by their writer",
    )
    faults.publish(
        "vss.create",
        in_progress="CREATE fails with VSS_E_SNAPSHOT_SET_IN_PROGRESS (another requester is at it)",
        hold_writes_timeout="CREATE fails with VSS_E_HOLD_WRITES_TIMEOUT after the array snapshot was made",
        flush_timeout="CREATE fails with VSS_E_FLUSH_WRITES_TIMEOUT before the array snapshot",
        partial_failure="CREATE fails with VSS_E_WRITERERROR_PARTIAL_FAILURE after the array snapshot",
    )


@dataclass
class Plan:
    """What is to go wrong in one session."""

    writers: list[WriterFailure] = field(default_factory=list)
    slow_phase: str = ""
    slow_phase_s: float = 0.0
    create: str = ""
    veto: bool = False
    slow_s: float = 0.0
    failing_vms: frozenset[str] = frozenset()
    left_out_vms: frozenset[str] = frozenset()

    def refuse_set(self) -> None:
        """Raise VssError when another set is to be in progress."""
        if self.create == "in_progress":
            raise VssError(codes.SNAPSHOT_SET_IN_PROGRESS)

    def fail_flush(self) -> None:
        """Raise VssError when flushing is to time out."""
        if self.create == "flush_timeout":
            raise VssError(codes.FLUSH_WRITES_TIMEOUT)

    def fail_after_commit(self) -> None:
        """Raise VssError for the failures that come after the array snapshot."""
        if self.create == "hold_writes_timeout":
            raise VssError(codes.HOLD_WRITES_TIMEOUT)
        if self.create == "partial_failure":
            raise VssError(codes.PARTIAL_FAILURE)

    def delay_of(self, phase: str) -> float:
        """Return by how many seconds a phase is to take longer."""
        return self.slow_phase_s if phase == self.slow_phase else 0.0

    def vm_failure(self, name: str) -> int:
        """Return the HRESULT a VM is to fail with, 0 for none."""
        return ELEMENT_NOT_FOUND if name.lower() in self.failing_vms else 0


def take(service: VssService) -> Plan:
    """Take the faults that wait for the next session."""
    plan = Plan()
    faults = service.faults
    if (fault := faults.take("vss.writer")) is not None:
        if fault.kind == "slow":
            plan.slow_phase, plan.slow_phase_s = fault.detail.upper() or "PREPARESNAPSHOT", fault.delay_s
        else:
            plan.writers.append(_writer_failure(fault))
    if (fault := faults.take("vss.provider")) is not None:
        plan.veto = fault.kind == "veto"
        plan.slow_s = fault.delay_s if fault.kind == "slow" else 0.0
    if (fault := faults.take("vss.create")) is not None:
        plan.create = fault.kind
    if (fault := faults.take("vss.vm")) is not None:
        names = frozenset(name.strip().lower() for name in fault.detail.split(","))
        if fault.kind == "fail":
            plan.failing_vms = names
        else:
            plan.left_out_vms = names
    return plan


def _writer_failure(fault: Fault) -> WriterFailure:
    from sandbox.node.vss.service import WriterFailure

    name, _, rest = fault.detail.partition("/")
    phase, _, number = rest.partition("/")
    usual = codes.WRITER_TIMEOUT if fault.kind == "timeout" else codes.WRITER_RETRYABLE
    hresult = int(number, 16) if number else usual
    return WriterFailure(name or "Microsoft Hyper-V VSS Writer", phase.upper() or "PREPARESNAPSHOT", hresult)
