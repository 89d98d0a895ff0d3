"""The Windows services of one node: what `sc` and Win32_Service show, started and stopped by tests."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

RUNNING = "Running"
STOPPED = "Stopped"


@dataclass
class Service:
    """One service; `pid` is 0 while it does not run."""

    name: str
    display: str
    path: str
    start_mode: str = "Auto"
    account: str = "LocalSystem"
    state: str = RUNNING
    pid: int = 0

    def __str__(self) -> str:
        return self.state


class NoSuchService(KeyError):
    """The node has no service of this name (Windows error 1060)."""


# Name, display name, image path, start mode, account.
_INSTALLED = [
    ("VSS", "Volume Shadow Copy", r"C:\Windows\system32\vssvc.exe", "Manual", "LocalSystem"),
    ("swprv", "Microsoft Software Shadow Copy Provider", r"C:\Windows\System32\svchost.exe -k swprv", "Manual", "LocalSystem"),
    ("vmms", "Hyper-V Virtual Machine Management", r"C:\Windows\system32\vmms.exe", "Auto", "LocalSystem"),
    ("ClusSvc", "Cluster Service", r"C:\Windows\Cluster\clussvc.exe -s", "Auto", "LocalSystem"),
    ("pureprovider", "Pure Storage VSS Hardware Provider (64-bit)", r"C:\Windows\system32\dllhost.exe /Processid:{F84B9ED2-6A6A-4B1E-9B0A-5A4C0D2F7C11}", "Auto", "LocalSystem"),
    ("EventSystem", "COM+ Event System", r"C:\Windows\system32\svchost.exe -k LocalService -p", "Auto", r"NT AUTHORITY\LocalService"),
    ("COMSysApp", "COM+ System Application", r"C:\Windows\system32\dllhost.exe /Processid:{02D4B3F1-FD88-11D1-960D-00805FC79235}", "Manual", "LocalSystem"),
    ("CryptSvc", "Cryptographic Services", r"C:\Windows\system32\svchost.exe -k NetworkService -p", "Auto", r"NT Authority\NetworkService"),
    ("Winmgmt", "Windows Management Instrumentation", r"C:\Windows\system32\svchost.exe -k netsvcs -p", "Auto", "LocalSystem"),
    ("Schedule", "Task Scheduler", r"C:\Windows\system32\svchost.exe -k netsvcs -p", "Auto", "LocalSystem"),
    ("WinRM", "Windows Remote Management (WS-Management)", r"C:\Windows\System32\svchost.exe -k NetworkService -p", "Auto", r"NT AUTHORITY\NetworkService"),
    ("EventLog", "Windows Event Log", r"C:\Windows\System32\svchost.exe -k LocalServiceNetworkRestricted -p", "Auto", r"NT AUTHORITY\LocalService"),
]  # fmt: skip


class Services(Mapping[str, Service]):
    """The services of one node by name (any case); a missing one raises NoSuchService; thread-safe."""

    def __init__(self, first_pid: int = 1200) -> None:
        self._lock = threading.Lock()
        self._next_pid = first_pid
        self._services: dict[str, Service] = {}
        for name, display, path, mode, account in _INSTALLED:
            idle = name in ("VSS", "swprv")  # both start on demand and stop when they are idle
            self.add(Service(name, display, path, mode, account, STOPPED if idle else RUNNING))

    def __iter__(self) -> Iterator[str]:
        return iter([service.name for service in list(self._services.values())])

    def __len__(self) -> int:
        return len(self._services)

    def __getitem__(self, name: str) -> Service:
        try:
            return self._services[name.lower()]
        except KeyError:
            raise NoSuchService(name) from None

    def add(self, service: Service) -> None:
        """Install a service; a running one gets a process id."""
        if service.state == RUNNING and not service.pid:
            service.pid = self._new_pid()
        self._services[service.name.lower()] = service

    def running(self, name: str) -> bool:
        """Tell whether the service is installed and runs."""
        service = self.get(name)
        return service is not None and service.state == RUNNING

    def stop(self, name: str) -> None:
        """Stop the service; raises NoSuchService."""
        service = self[name]
        service.state, service.pid = STOPPED, 0

    def start(self, name: str) -> None:
        """Start the service under a new process id; raises NoSuchService."""
        service = self[name]
        if service.state != RUNNING:
            service.state, service.pid = RUNNING, self._new_pid()

    def remove(self, name: str) -> None:
        """Uninstall the service; raises NoSuchService."""
        self[name]
        del self._services[name.lower()]

    def _new_pid(self) -> int:
        with self._lock:
            self._next_pid += 4
            return self._next_pid
