"""Installs a node kit as an administrator does: unpack the zip on the node, run its install.cmd there."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.config_files import CONFIG_NAME

if TYPE_CHECKING:
    from sandbox.node.machine import Machine
    from sandbox.world import World

FOLDER = "C:\\Install"
_KIT_NAME = "kit.zip"
_LIMIT_S = 60
_AT_ONCE = 8


class KitFailed(Exception):
    """A kit could not be made or installed; the text holds what was printed."""


def install_everywhere(world: World, kit: Path | None) -> None:
    """Install `kit`, or one that the product's own command makes, on every node. Raises KitFailed."""
    clusters = world.clusters
    if clusters is None:
        return
    kit = kit or _make_kit(world)
    if kit is None:
        return
    files = _unpacked(kit)
    machines = list(clusters.machines.values())
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        list(
            pool.map(lambda machine: install(machine, files, clusters.admin, clusters.service_user), machines)
        )


def install(machine: Machine, files: dict[str, bytes], admin: str, service_user: str) -> None:
    """Put the kit's files below C:\\Install as `admin` and run its install.cmd. Raises KitFailed."""
    for name, content in files.items():
        path = f"{FOLDER}\\{name}"
        machine.files.makedirs(path.rpartition("\\")[0], admin)
        machine.files.write(path, content, admin)
    installer = next(name for name in files if name.lower().endswith("install.cmd"))
    folder = f"{FOLDER}\\{installer}".rpartition("\\")[0]
    code, out, err = machine.run(f"install.cmd {service_user}", user=admin, cwd=folder)
    if code != 0:
        printed = (out + err).decode("ascii", "replace").strip()
        raise KitFailed(f"install.cmd on {machine.name} ended with {code}: {printed}")


def _unpacked(kit: Path) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(kit) as archive:
            members = [info for info in archive.infolist() if not info.is_dir()]
            files = {info.filename.replace("/", "\\"): archive.read(info) for info in members}
    except (OSError, zipfile.BadZipFile) as err:
        raise KitFailed(f"{kit} cannot be read: {err}") from err
    if not any(name.lower().rpartition("\\")[2] == "install.cmd" for name in files):
        raise KitFailed(f"{kit} holds no install.cmd")
    return files


def _make_kit(world: World) -> Path | None:
    """Let the product make its kit; a subprocess, because neither side imports the other."""
    folder = world.options.folder
    kit = folder / _KIT_NAME
    arguments = ["kit", "--config", str(folder / CONFIG_NAME), "--output", str(kit)]
    kit.unlink(missing_ok=True)
    environment = {**os.environ, **world.entries().secrets}
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "bot", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=_LIMIT_S,
        check=False,
    )
    if done.returncode != 0 and "No module named bot" in done.stderr:
        print("vssbot-sandbox: no command that makes a kit; the nodes have none", file=sys.stderr)  # noqa: T201
        return None
    if done.returncode != 0 or not kit.is_file():
        raise KitFailed(f"the kit could not be made: {(done.stdout + done.stderr).strip()}")
    return kit
