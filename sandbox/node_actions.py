"""What can be done to a node, its cluster and its VMs from outside, as an administrator or as fate."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from sandbox.node.accounts import SYSTEM_NAME
from sandbox.node.cluster import Cluster
from sandbox.node.process import decode
from sandbox.node.vss.timing import Timing
from sandbox.node.windows import Unknowns
from sandbox.wishes import BadRequest, one_of, take


@dataclass(frozen=True)
class _Spec:
    """The keys that an action takes besides `action` and `cluster`; `method` if it is not called like it."""

    required: Mapping[str, type] = field(default_factory=dict)
    optional: Mapping[str, type] = field(default_factory=dict)
    method: Callable[..., Any] | None = None


def _spec(*names: str, **optional: type) -> _Spec:
    return _Spec({name.partition(":")[0]: _TYPES[name.partition(":")[2]] for name in names}, optional)


_TYPES: dict[str, type] = {"": str, "bool": bool, "int": int, "list": list}


def _write_event(
    cluster: Cluster, *, node: str, log: str, source: str, id: int, level: int, data: list[Any]
) -> None:
    texts = [str(part) for part in data]
    cluster.write_event(node, log, source=source, id_=id, level=level, data=texts)


def _set_unknown(cluster: Cluster, *, name: str, value: bool) -> None:
    one_of("unknown", name, asdict(Unknowns()))
    cluster.set_unknown(name, value)


def _set_timing(cluster: Cluster, **lengths: float) -> None:
    cluster.set_timing(Timing(**lengths))


def _run(
    cluster: Cluster, *, node: str, command_line: str, user: str = SYSTEM_NAME, cwd: str | None = None
) -> Any:
    machine = cluster.machine(node)
    code, out, err = machine.run(command_line, user=user, cwd=cwd)
    page = machine.locale.codepage
    return {"exit_code": code, "stdout": decode(out, page), "stderr": decode(err, page)}


ACTIONS: dict[str, _Spec] = {
    "fail_writer": _spec("node", "writer", phase=str, hresult=int),
    "fail_vm": _spec("vm", hresult=int),
    "leave_out_vm": _spec("vm", left_out=bool),
    "set_backup_service": _spec("vm", "enabled:bool"),
    "set_vm_running": _spec("vm", "running:bool"),
    "leave_checkpoint": _spec("vm", left=bool),
    "span_vm": _spec("vm", "csv"),
    "move_vm": _spec("vm", "node"),
    "move_owner": _spec("csv", "node"),
    "set_csv_state": _spec("csv", "state:int", fault_state=int),
    "set_free_space": _spec("csv", "free_mb:int"),
    "attach_clone": _spec("csv", "serial"),
    "pause_csv": _spec("node", "csv", status=str),
    "snapshot_unprepared": _spec("node", "csv"),
    "pause": _spec("node"),
    "drain": _spec("node"),
    "set_drain": _spec("node", "status:int"),
    "resume": _spec("node"),
    "take_down": _spec("node"),
    "reboot": _spec("node"),
    "stop_service": _spec("node", "service"),
    "start_service": _spec("node", "service"),
    "clear_log": _spec("node", "log"),
    "wrap_log": _spec("node", "log", keep=int),
    "remove_log": _spec("node", "log"),
    "write_event": _Spec(
        {"node": str, "log": str, "source": str, "id": int, "level": int, "data": list}, method=_write_event
    ),
    "switch_diag": _spec("node", "on:bool"),
    "switch_csv_writer": _spec("node", "on:bool"),
    "set_noise": _spec("on:bool"),
    "set_unknown": _Spec({"name": str, "value": bool}, method=_set_unknown),
    "set_timing": _Spec(optional=dict.fromkeys(asdict(Timing()), float), method=_set_timing),
    "run": _Spec({"node": str, "command_line": str}, {"user": str, "cwd": str}, _run),
}


def act(clusters: Mapping[str, Cluster], body: Mapping[str, Any]) -> Any:
    """Do what `body` asks for: its `action`, on `cluster` or on that of its `node`. Raises BadRequest."""
    if not isinstance(body.get("action"), str):
        raise BadRequest(f"key 'action' is missing; known: {', '.join(sorted(ACTIONS))}")
    spec: _Spec = one_of("action", body["action"], ACTIONS)
    cluster = _cluster(clusters, body)
    rest = {key: value for key, value in body.items() if key not in ("action", "cluster")}
    # Every action may say on which node's cluster it is meant, even if it needs no node.
    optional = {**spec.optional, **({} if "node" in spec.required else {"node": str})}
    given = take(rest, spec.required, optional)
    _check_names(cluster, given)
    if "node" not in spec.required:
        given.pop("node", None)
    if spec.method is not None:
        return spec.method(cluster, **given) or {"ok": True}
    try:
        getattr(cluster, body["action"])(**given)
    except (LookupError, StopIteration) as err:
        raise BadRequest(f"there is no such thing on {cluster.name}: {err}") from err
    return {"ok": True}


def _cluster(clusters: Mapping[str, Cluster], body: Mapping[str, Any]) -> Cluster:
    named = body.get("cluster")
    if named is not None:
        return one_of("cluster", str(named), clusters)
    node = body.get("node")
    if node is None and len(clusters) == 1:
        return next(iter(clusters.values()))
    if node is None:
        raise BadRequest("name a 'cluster' or a 'node'")
    homes = {name: cluster for cluster in clusters.values() for name in cluster.machines}
    return one_of("node", str(node).lower(), homes)


def _check_names(cluster: Cluster, given: Mapping[str, Any]) -> None:
    known: dict[str, Mapping[str, object]] = {
        "node": cluster.machines,
        "vm": {name.lower(): name for name in cluster.topology.vms},
        "csv": {name.lower(): name for name in cluster.topology.csvs},
    }
    for kind, names in known.items():
        if kind in given:
            one_of(kind, given[kind].lower(), names)
