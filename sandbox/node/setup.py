"""Makes a bare machine a Windows cluster node: its registry, logs, services, VSS and programs."""

from __future__ import annotations

import uuid
from datetime import timedelta
from itertools import product
from typing import TYPE_CHECKING

from sandbox.node import programs
from sandbox.node.eventlog import EventLogs
from sandbox.node.registry import Registry
from sandbox.node.services import RUNNING, Services
from sandbox.node.vss import diag, faults
from sandbox.node.vss.provider import HardwareProvider
from sandbox.node.vss.service import CSV_SWITCH, VssService
from sandbox.node.vss.sets import SYSTEM_PROVIDER_ID
from sandbox.node.windows import Culture, Unknowns, Windows

if TYPE_CHECKING:
    from sandbox.node.machine import Machine
    from sandbox.node.topology import Topology

_NT = "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion"
_SERVICES = "HKLM\\SYSTEM\\CurrentControlSet\\Services"


def install_windows(
    machine: Machine,
    topology: Topology,
    *,
    unknowns: Unknowns | None = None,
    ca_file: str | None = None,
) -> Windows:
    """Install Windows' state and programs on a machine and return what they share.

    machine.extras gets: windows, registry, eventlogs, services, vss, cluster (the topology), provider.
    """

    name = machine.name.upper()
    fqdn = f"{name}.{topology.domain}" if topology.domain else name
    win = Windows(
        name=name,
        fqdn=fqdn,
        culture=Culture(machine.locale.name, machine.zone),
        unknowns=unknowns or Unknowns(),
        registry=Registry(),
        logs=EventLogs(fqdn, machine.now),
        services=Services(),
        topology=topology,
        now=machine.now,
    )
    win.provider = HardwareProvider(win.registry, ca_file)
    win.vss = VssService(win, machine.faults)
    faults.publish(machine.faults)
    _fill_registry(win)
    _fill_logs(win)
    machine.extras.update(
        windows=win,
        registry=win.registry,
        eventlogs=win.logs,
        services=win.services,
        vss=win.vss,
        cluster=topology,
        provider=win.provider,
    )
    for program, body in programs.all_programs().items():
        machine.programs[program] = body  # not update(): each gets its file
    machine.on_reboot.append(lambda: _rebooted(win))
    return win


def _rebooted(win: Windows) -> None:
    """Start every service and its writers anew."""
    for service in win.services.values():
        if service.state == RUNNING:
            win.services.stop(service.name)
            win.services.start(service.name)
            win.vss.restart_writers_of(service.name)
    win.provider.restart()


def _fill_registry(win: Windows) -> None:
    registry = win.registry
    registry.set(_NT, "ProductName", "REG_SZ", "Windows Server 2022 Datacenter")
    registry.set(_NT, "CurrentBuild", "REG_SZ", "20348")
    registry.set(_NT, "CurrentBuildNumber", "REG_SZ", "20348")
    registry.set(_NT, "DisplayVersion", "REG_SZ", "21H2")
    registry.add_key(CSV_SWITCH[0])  # EnableCsvVssWriter is there only where somebody wrote it
    registry.set(
        "HKLM\\SYSTEM\\CurrentControlSet\\Control\\ComputerName\\ComputerName",
        "ComputerName",
        "REG_SZ",
        win.name,
    )
    for service in win.services.values():
        key = f"{_SERVICES}\\{service.name}"
        registry.set(key, "DisplayName", "REG_SZ", service.display)
        registry.set(key, "ImagePath", "REG_EXPAND_SZ", service.path)
        registry.set(key, "ObjectName", "REG_SZ", service.account)
        registry.set(key, "Start", "REG_DWORD", {"Auto": 2, "Manual": 3, "Disabled": 4}[service.start_mode])
    registry.set(f"{_SERVICES}\\VSS\\VssAccessControl", "NT Authority\\NetworkService", "REG_DWORD", 1)
    registry.add_key(diag.DIAG_KEY)
    _fill_diagnostics(win)


def _fill_diagnostics(win: Windows) -> None:
    """Leave what earlier sessions left: nothing may take an old record, or another kind of key, for its own.

    Keys of providers, file systems and system restore are known from telemetry; their event numbers are ours.
    """
    for kind in win.vss.kinds:
        win.registry.add_key(f"{diag.DIAG_KEY}\\{kind.name}")
    at = win.now() - timedelta(days=1)
    earlier = str(uuid.uuid4())
    for name in ("System Writer", "Microsoft Hyper-V VSS Writer", "Cluster Shared Volume VSS Writer"):
        for phase, enter in product(("BACKUPCOMPLETE", "BACKUPSHUTDOWN"), (True, False)):
            diag.write(win.registry, name, diag.Record(phase, enter, at, 1468, 1684, 5, 0, earlier))
    volume = win.vss.local_volumes[0].guid_path.strip("\\?")
    for name, phase in (
        (f"SwProvider_{SYSTEM_PROVIDER_ID}", "PROVIDER_POSTFINALCOMMIT"),
        ("Lovelace(C:)", "IOCTL_RELEASE"),
        (f"VolSnap\\{volume}", "IOCTL_COMMIT"),
        ("SystemRestore", "SrCreateRp"),
    ):
        diag.write(win.registry, name, diag.Record(phase, True, at, 3120, 3300, 0, 0, earlier))


def _fill_logs(win: Windows) -> None:
    from sandbox.node.vss import events

    events.idle(win)
    events.clustering(win, 1650, 4, win.name)
