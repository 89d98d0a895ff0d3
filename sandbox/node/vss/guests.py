"""What a session does to virtual machines: recovery checkpoints while it runs, merges when it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.node.vss import events, writers

if TYPE_CHECKING:
    from sandbox.node.topology import Vm
    from sandbox.node.vss.faults import Plan
    from sandbox.node.vss.selection import Verdict
    from sandbox.node.vss.service import VssService
    from sandbox.node.windows import Windows


# Two backups of one VM collide; the number that Hyper-V then reports is not recorded.
BUSY = 0x80070020


class Guests:
    """The VMs of one session."""

    def __init__(self, service: VssService) -> None:
        self._service = service
        self._in_backup: list[Vm] = []
        self.failed: list[Vm] = []

    def prepare(self, verdicts: list[Verdict], plan: Plan) -> None:
        """Make the recovery checkpoint of every VM taken in; one that fails leaves events on its node."""
        topology = self._service.win.topology
        wanted = {
            path.lstrip("\\")
            for verdict in verdicts
            if verdict.writer.kind.guid in (writers.HYPER_V, writers.CSV)
            for path in verdict.included
        }
        for vm in [vm for vm in topology.vms.values() if vm.id in wanted]:
            failure = vm.fails_with or plan.vm_failure(vm.name) or (BUSY if vm.backing_up else 0)
            if failure:
                self.failed.append(vm)
                events.backup_checkpoint_failed(self._windows_of(vm), vm, failure)
            else:
                vm.backing_up = vm.recovery_checkpoint = True
                self._in_backup.append(vm)

    def release(self, *, merged: bool) -> None:
        """Let the VMs go; `merged` tells whether the merges show up in the logs."""
        for vm in self._in_backup:
            vm.backing_up = vm.recovery_checkpoint = False
            if merged:
                for disk in vm.disks:
                    events.merge_finished(self._windows_of(vm), vm, disk)
        self._in_backup = []

    def _windows_of(self, vm: Vm) -> Windows:
        return self._service.peers.get(vm.node.upper(), self._service).win
