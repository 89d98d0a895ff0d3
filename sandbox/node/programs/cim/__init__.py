"""The CIM classes a node serves: their properties (classes.txt) and their instances from the node's state."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from sandbox.node.programs.cim import cluster, hyperv, storage, system
from sandbox.node.programs.cim.schema import Failure, Instance, known_classes
from sandbox.node.windows import may_administrate, windows_of

if TYPE_CHECKING:
    from sandbox.node.process import Call

Server = Callable[["Call"], Iterable[Instance]]

_SERVERS: dict[str, Server] = {**cluster.SERVERS, **storage.SERVERS, **hyperv.SERVERS, **system.SERVERS}
_NEEDS = {"root/mscluster": "ClusSvc", "root/virtualization/v2": "vmms"}
_FOR_ALL = {"root/cimv2"}


def instances(call: Call, namespace: str, class_name: str) -> tuple[tuple[str, ...], list[Instance]]:
    """Return a class's property names and its instances; raises Failure as CIM answers."""
    space = namespace.replace("\\", "/").strip("/").lower()
    classes = known_classes()
    if space not in {known for known, _ in classes}:
        raise Failure("Invalid namespace", "ObjectNotFound", "0x8004100e")
    found = classes.get((space, class_name.lower()))
    if found is None:
        raise Failure("Invalid class", "MetadataError", "0x80041010")
    win = windows_of(call.machine)
    if space not in _FOR_ALL and not may_administrate(call):
        raise Failure("Access denied", "PermissionDenied", "0x80041003")
    if space in _NEEDS and not win.services.running(_NEEDS[space]):
        raise Failure("Generic failure", "NotSpecified", "0x80041001")
    return found.properties, list(_SERVERS[found.name](call))
