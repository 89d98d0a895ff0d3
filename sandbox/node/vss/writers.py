"""The writers of a node, with the components each of them offers."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from sandbox.node.vss import codes

SYSTEM_DRIVE = "C:\\"
HYPER_V = "{66841cd4-6ded-4f4b-8f17-fd23f8ddc3de}"
CSV = "{1072ae1c-e5a7-4ea1-9e4a-6f7964656570}"
CLUSTER_DATABASE = "{41e12264-35d8-479b-8e5c-9b23d1dad37e}"


@dataclass(frozen=True)
class Component:
    """Something a writer can back up, and the volumes that must be in the set for it."""

    path: str
    volumes: tuple[str, ...] = (SYSTEM_DRIVE,)
    selectable: bool = False


@dataclass(frozen=True)
class WriterKind:
    """A writer as installed: its class id, the service it lives in (by its process), its components."""

    name: str
    guid: str
    service: str
    command_line: str
    components: tuple[Component, ...] = ()
    slow: bool = False


@dataclass
class Writer:
    """A writer of one node with its state; `instance` changes whenever its service starts."""

    kind: WriterKind
    state: int = codes.STABLE
    failure: int = codes.S_OK
    instance: str = field(default_factory=lambda: f"{{{uuid.uuid4()}}}")

    @property
    def failed(self) -> bool:
        """Tell whether the last session left the writer failed."""
        return self.failure != codes.S_OK


_SVCHOST = r"C:\Windows\system32\svchost.exe -k netsvcs -p"
_VSSVC = r"C:\Windows\system32\vssvc.exe"
_CLUSSVC = r"C:\Windows\Cluster\clussvc.exe -s"


def standard_writers() -> list[WriterKind]:
    """Return the writers of a Hyper-V cluster node; VMs are added to the last two by the session.

    What the ASR writer asks for is an empty volume name in two recorded runs, so it is here.
    """
    c = Component
    return [
        WriterKind("Shadow Copy Optimization Writer", "{4dc3bdd4-ab48-4d07-adb0-3bee2926fd7f}", "VSS", _VSSVC),
        WriterKind("ASR Writer", "{be000cbe-11fe-4426-9c58-531aa6355fc4}", "VSS", _VSSVC, (c("\\BCD\\BCD", ("",)), c("\\ASR\\ASR", ()))),
        WriterKind("Task Scheduler Writer", "{d61d61c8-d73a-4eee-8cdd-f6f9786b7124}", "Schedule", _SVCHOST, (c("\\TasksStore"),)),
        WriterKind("VSS Metadata Store Writer", "{75dfb225-e2e4-4d39-9ac9-ffaff65ddf06}", "VSS", _VSSVC, (c("\\WriterMetadataStore"),)),
        WriterKind("Performance Counters Writer", "{0bada1de-01a9-4625-8278-69e735f39dd2}", "VSS", _VSSVC, (c("\\PerformanceCounters"),)),
        WriterKind("System Writer", "{e8132975-6f93-4464-a53e-1050253ae220}", "CryptSvc", _SVCHOST, (c("\\System Files"), c("\\Win32 Services Files"))),
        WriterKind("WMI Writer", "{a6ad56c2-b509-4e6c-bb19-49d8f43532f0}", "Winmgmt", _SVCHOST, (c("\\WMI"),)),
        WriterKind("COM+ REGDB Writer", "{542da469-d3e1-473c-9f4f-7847f01fc64f}", "VSS", _VSSVC, (c("\\COM+ REGDB"),)),
        WriterKind("Registry Writer", "{afbab4a2-367d-4d15-a586-71dbb18f8485}", "VSS", _VSSVC, (c("\\Registry"),)),
        WriterKind("Cluster Database", CLUSTER_DATABASE, "ClusSvc", _CLUSSVC, (c("\\Cluster Database", selectable=True),)),
        WriterKind("Microsoft Hyper-V VSS Writer", HYPER_V, "vmms", r"C:\Windows\system32\vmms.exe", slow=True),
        WriterKind("Cluster Shared Volume VSS Writer", CSV, "ClusSvc", _CLUSSVC, slow=True),
    ]  # fmt: skip
