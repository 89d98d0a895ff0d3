"""A plain pywinrm loop that does the same job: a thread per cluster runs DiskShadow and waits for its text.

It is what one writes in an afternoon. It does not survive a cut or its own end, proves nothing on the
array or in the event logs, shows nothing, checks nothing before, and its account must be in Backup Operators.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
import time
import tomllib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psutil
from winrm.exceptions import WinRMOperationTimeoutError
from winrm.protocol import Protocol

from bench import runs
from bench.programs import Programs, World
from bench.usage import Usage, watched

PROVIDER = "{781c006a-5829-4a25-81e3-d5e43bd005ab}"
VOLUME = "volume2"


@dataclass(frozen=True)
class PeerResult:
    """How many jobs ended well, and how long after the start DiskShadow ran on each node."""

    ended: int
    started: list[float]


def run_peer(programs: Programs, cluster: World, count: int, limit_s: float) -> tuple[PeerResult, Usage]:
    """Run the loop as a process of its own over the first clusters of a world."""
    nodes = runs.nodes_of(cluster.ready["nodes"], runs.names(count))
    allow = 'net localgroup "Backup Operators" svc-vssbot /add'
    for both in nodes.values():
        cluster.control.node(action="run", node=both[0], command_line=allow)
    environment = os.environ | dict(
        line.split("=", 1) for line in (cluster.folder / "vssbot.env").read_text("utf-8").splitlines()
    )
    began = time.time()
    command = [sys.executable, "-m", "bench.peer", str(cluster.folder / "vssbot.toml"), str(count)]
    with (cluster.folder / f"peer{count}.json").open("wb") as out:
        child = programs.start(command, env=environment, stdout=out)
        with watched(psutil.Process(child.pid)) as usage:
            until = time.monotonic() + limit_s
            while child.poll() is None and time.monotonic() < until:
                time.sleep(0.1)
        programs.stop(child.pid)
    text = (cluster.folder / f"peer{count}.json").read_text("utf-8")
    codes = json.loads(text) if text else []
    return PeerResult(codes.count(0), _starts(cluster, nodes, began)), usage


def _starts(cluster: World, nodes: dict[str, list[str]], began: float) -> list[float]:
    machines = {node["name"]: node for node in cluster.control.state()["nodes"]}
    return [
        at - began
        for both in nodes.values()
        for process in machines[both[0]]["processes"]
        if process["command_line"].startswith("diskshadow")
        and (at := datetime.fromisoformat(process["started"]).timestamp()) >= began
    ]


def main() -> None:
    """Run the jobs; print the exit codes as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("config", type=Path)
    parser.add_argument("count", type=int)
    given = parser.parse_args()
    clusters = tomllib.loads(given.config.read_text("utf-8"))["clusters"]
    codes: list[int] = []

    def job(name: str) -> None:
        part = clusters[name]
        node = next(iter(part["nodes"].values()))
        codes.append(_diskshadow(node["url"], str(given.config.parent / "ca.pem"), part["volumes"][VOLUME]))

    threads = [threading.Thread(target=job, args=(name,)) for name in runs.names(given.count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps(codes))


def _diskshadow(url: str, ca_file: str, path: str) -> int:
    lines = [
        "set context persistent",
        "set verbose on",
        "begin backup",
        f"add volume {path} alias one provider {PROVIDER}",
        "create",
        "end backup",
        "exit",
    ]
    written = "&".join(f"echo {line}" for line in lines)
    protocol = Protocol(
        endpoint=url,
        transport="ntlm",
        username=os.environ["VSSBOT_NODE_USER"],
        password=os.environ["VSSBOT_NODE_PASSWORD"],
        ca_trust_path=ca_file,
        operation_timeout_sec=20,
        read_timeout_sec=30,
    )
    shell = protocol.open_shell(codepage=65001)
    command = protocol.run_command(shell, f"cd /d %TEMP%&({written})>job.dsh&diskshadow /s job.dsh")
    while True:
        try:
            _, _, code, done = protocol.get_command_output_raw(shell, command)
        except WinRMOperationTimeoutError:
            continue
        if done:
            break
    protocol.cleanup_command(shell, command)
    protocol.close_shell(shell)
    return int(code)


if __name__ == "__main__":
    main()
