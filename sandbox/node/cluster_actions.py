"""What tests and the control page can do to a simulated cluster."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sandbox.node.eventlog import ERROR, NewEvent
from sandbox.node.topology import (
    DRAIN_DONE,
    DRAIN_NONE,
    NODE_DOWN,
    NODE_PAUSED,
    NODE_UP,
    Csv,
    NodeState,
    Topology,
    Vm,
)
from sandbox.node.vss import codes, diag, events
from sandbox.node.vss.faults import ELEMENT_NOT_FOUND
from sandbox.node.vss.service import CSV_SWITCH, VssService, WriterFailure
from sandbox.node.windows import Windows, windows_of

if TYPE_CHECKING:
    from sandbox.node.machine import Machine
    from sandbox.node.vss.timing import Timing


class Cluster:
    """A cluster: shared state in `topology`, a machine per node; names are found in any case."""

    def __init__(self, topology: Topology, machines: dict[str, Machine]) -> None:
        self.name = topology.name
        self.topology = topology
        self.machines = machines

    def machine(self, node: str) -> Machine:
        """Return a node's machine; raises KeyError."""
        return self.machines[node.lower()]

    def windows(self, node: str) -> Windows:
        """Return the Windows side of a node; raises KeyError."""
        return windows_of(self.machine(node))

    def vss(self, node: str) -> VssService:
        """Return the VSS service of a node; raises KeyError."""
        return self.windows(node).vss

    def max_concurrent_creates(self) -> dict[str, int]:
        """Return, per node, how many CREATEs were under way at once at most."""
        return {
            name: windows_of(machine).vss.max_concurrent_creates for name, machine in self.machines.items()
        }

    # writers, virtual machines

    def fail_writer(
        self, node: str, writer: str, phase: str = "PREPARESNAPSHOT", hresult: int = codes.WRITER_RETRYABLE
    ) -> None:
        """Let a writer of a node fail once in a phase."""
        service = self.vss(node)
        service.failures.append(WriterFailure(service.writer(writer).kind.name, phase.upper(), hresult))

    def fail_vm(self, vm: str, hresult: int = ELEMENT_NOT_FOUND) -> None:
        """Let the backup checkpoint of a VM fail from now on; 0 heals it."""
        self._vm(vm).fails_with = hresult

    def leave_out_vm(self, vm: str, *, left_out: bool = True) -> None:
        """Let the writers leave a VM out of backups, or take it in again."""
        self._vm(vm).left_out = left_out

    def set_backup_service(self, vm: str, *, enabled: bool) -> None:
        """Switch a VM's backup integration service on or off."""
        self._vm(vm).backup_service = enabled

    def set_vm_running(self, vm: str, *, running: bool) -> None:
        """Turn a VM on or off."""
        self._vm(vm).running = running

    def leave_checkpoint(self, vm: str, *, left: bool = True) -> None:
        """Leave a VM in "Backing up" with a recovery checkpoint, as after a backup that was not completed."""
        found = self._vm(vm)
        found.backing_up = found.recovery_checkpoint = left

    def span_vm(self, vm: str, csv: str) -> None:
        """Give a VM a second disk on another CSV."""
        found = self._vm(vm)
        found.disks.append(f"{self._csv(csv).path}\\vm\\{found.name}\\second.vhdx")

    def move_vm(self, vm: str, node: str) -> None:
        """Move a VM to another node."""
        self._vm(vm).node = self._node(node).name

    # CSVs

    def move_owner(self, csv: str, node: str) -> None:
        """Make another node the owner of a CSV."""
        self._csv(csv).owner = self._node(node).name

    def set_csv_state(self, csv: str, state: int, fault_state: int = 0) -> None:
        """Set a CSV's resource state (2 online, 3 offline, 4 failed) and fault state (0, 1 redirected, 2)."""
        found = self._csv(csv)
        found.state, found.fault_state = state, fault_state

    def set_free_space(self, csv: str, free_mb: int) -> None:
        """Set what is free on a CSV, in MB."""
        self._csv(csv).free_mb = free_mb

    def attach_clone(self, csv: str, serial: str) -> None:
        """Attach a copy of a CSV's disk: another serial with the same disk GUID."""
        self._csv(csv).clones.append(serial)

    def pause_csv(
        self, node: str, csv: str, status: str = "STATUS_CONNECTION_DISCONNECTED(c000020c)"
    ) -> None:
        """Record event 5120 on a node: the CSV was paused there."""
        found = self._csv(csv)
        events.clustering(self.windows(node), 5120, ERROR, found.name, found.resource, status)

    def snapshot_unprepared(self, node: str, csv: str) -> None:
        """Record event 1584 on a node: a CSV was snapped without being prepared."""
        found = self._csv(csv)
        events.clustering(self.windows(node), 1584, ERROR, found.name, found.resource, found.name)

    # nodes

    def pause(self, node: str) -> None:
        """Pause a node without draining it."""
        self._node(node).state = NODE_PAUSED

    def drain(self, node: str) -> None:
        """Pause a node and move what it owns to the others."""
        found = self._node(node)
        found.state, found.drain = NODE_PAUSED, DRAIN_DONE
        self._empty(found)

    def set_drain(self, node: str, status: int) -> None:
        """Set a node's drain status: 0 none, 1 in progress, 2 done, 3 failed."""
        self._node(node).drain = status

    def resume(self, node: str) -> None:
        """Let a paused or down node take part again."""
        found = self._node(node)
        found.state, found.drain = NODE_UP, DRAIN_NONE
        self.windows(node).services.start("ClusSvc")

    def take_down(self, node: str) -> None:
        """Take a node out of the cluster: its cluster service stops, the others take over."""
        found = self._node(node)
        found.state = NODE_DOWN
        self.windows(node).services.stop("ClusSvc")
        self._empty(found)

    def reboot(self, node: str) -> None:
        """Restart a node: its processes die, its writers start anew, it stays in the cluster."""
        self.machine(node).reboot()

    def stop_service(self, node: str, service: str) -> None:
        """Stop a service; stopping ClusSvc takes the node out of the cluster."""
        if service.lower() == "clussvc":
            self.take_down(node)
        else:
            self.windows(node).services.stop(service)

    def start_service(self, node: str, service: str) -> None:
        """Start a service; its writers begin with new instance ids and no failure."""
        self.windows(node).services.start(service)
        self.vss(node).restart_writers_of(service)
        if service.lower() == "clussvc":
            self.resume(node)

    # logs, diagnostics, switches

    def clear_log(self, node: str, log: str) -> None:
        """Clear an event log of a node."""
        self.windows(node).logs.clear(log)

    def wrap_log(self, node: str, log: str, keep: int = 0) -> None:
        """Drop all but the newest `keep` records of a log."""
        self.windows(node).logs.wrap(log, keep)

    def remove_log(self, node: str, log: str) -> None:
        """Take a channel away from a node."""
        self.windows(node).logs.remove(log)

    def write_event(
        self, node: str, log: str, *, source: str, id_: int, level: int, data: Sequence[str]
    ) -> None:
        """Record any event in a log of a node."""
        self.windows(node).logs.write(log, NewEvent(source=source, id=id_, level=level, data=tuple(data)))

    def switch_diag(self, node: str, *, on: bool) -> None:
        """Switch the writers' diagnostics in the registry on or off."""
        if on:
            self.windows(node).registry.set(diag.DIAG_KEY, "", "REG_SZ", "")
        else:
            diag.switch_off(self.windows(node).registry)

    def switch_csv_writer(self, node: str, *, on: bool) -> None:
        """Switch a node's CSV writer on or off in the registry."""
        self.windows(node).registry.set(*CSV_SWITCH, "REG_DWORD", int(on))

    def set_noise(self, *, on: bool) -> None:
        """Switch the chronic events 8193, 8194 and 8224 of every session on or off."""
        for node in self.machines:
            self.vss(node).noise = on

    def set_unknown(self, name: str, value: Any) -> None:
        """Set one of the switches of Unknowns on every node; raises AttributeError for another name."""
        for node in self.machines:
            unknowns = self.windows(node).unknowns
            getattr(unknowns, name)
            setattr(unknowns, name, value)

    def set_timing(self, timing: Timing) -> None:
        """Set how long the steps of VSS take on every node."""
        for node in self.machines:
            self.vss(node).timing = timing

    def _vm(self, name: str) -> Vm:
        return next(
            vm for vm in self.topology.vms.values() if name.lower() in (vm.name.lower(), vm.id.lower())
        )

    def _csv(self, name: str) -> Csv:
        return next(csv for csv in self.topology.csvs.values() if csv.name.lower() == name.lower())

    def _node(self, name: str) -> NodeState:
        return self.topology.nodes[name.upper()]

    def _empty(self, node: NodeState) -> None:
        others = [other.name for other in self.topology.nodes.values() if other.state == NODE_UP]
        if not others:
            return
        with self.topology.lock:
            for csv in self.topology.csvs.values():
                csv.owner = others[0] if csv.owner == node.name else csv.owner
            for vm in self.topology.vms_on(node.name):
                vm.node = others[0]
