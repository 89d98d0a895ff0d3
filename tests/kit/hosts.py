"""Two places where the kit's files run: Wine's cmd.exe, and the sandbox's."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import setuptools

from integrations.hyperv import kit
from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.node.machine import Machine
from sandbox.node.process import Call, Program
from tests.kit import stubs

VOLUMES = {"volume1": "C:\\ClusterStorage\\Volume1", "volume2": "C:\\ClusterStorage\\Volume2"}
LIMIT_S = 60.0

Tree = dict[str, bytes | None]
"""Everything below a folder: path with backslashes -> content, None for a folder."""


@dataclass(frozen=True)
class Ended:
    """How a command ended and what it printed."""

    code: int
    printed: bytes


class Host(Protocol):
    """A place with a drive C:; paths are given without the drive."""

    def clear(self, folder: str) -> None:
        """Remove a folder below C:\\ with all it holds."""

    def put(self, path: str, content: bytes | None) -> None:
        """Make a file with its folders, or a folder when `content` is None."""

    def tree(self, folder: str) -> Tree:
        """Return what is below a folder."""

    def elsewhere(self) -> frozenset[str]:
        """Return the path of everything outside C:\\vssbot."""

    def run(self, command: str) -> Ended:
        """Run a command as the kit's task does."""


class WineHost:
    """A Wine prefix of its own; programs are setuptools' launcher, which runs a batch file of ours."""

    def __init__(self, prefix: Path, wine: str) -> None:
        self._wine = wine
        self._drive = prefix / "drive_c"
        self._environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(prefix.parent),
            "LC_ALL": "C.UTF-8",
            "WINEPREFIX": str(prefix),
            "WINEDEBUG": "-all",
            # No offers to install .NET or a browser; our own programs before Wine's of the same name.
            "WINEDLLOVERRIDES": "mscoree,mshtml=;"
            + ",".join(f"{name}.exe" for name in stubs.PROGRAMS)
            + "=n",
        }
        self._wine_run(["cmd", "/c", "exit"], prefix.parent)
        # Wine starts its services anew, which takes seconds, unless something of the prefix is alive.
        self._alive = subprocess.Popen(
            [wine, "cmd"],
            cwd=self._drive,
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        launcher = (Path(setuptools.__file__).parent / "cli-64.exe").read_bytes()
        for name, folder in stubs.PROGRAMS.items():
            self.put(f"{folder[3:]}\\{name}.exe", launcher)
            line = f"#!{stubs.FOLDER}\\{name}.cmd\r\n"
            self.put(f"{folder[3:]}\\{name}-script.py", line.encode("ascii"))

    def _wine_run(self, arguments: list[str], folder: Path) -> Ended:
        # Into a file: what Wine starts in the background keeps a pipe open after the command has ended.
        with tempfile.TemporaryFile() as printed:
            done = subprocess.run(
                [self._wine, *arguments],
                cwd=folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=subprocess.DEVNULL,  # Debian's wine says there what else one could install
                timeout=LIMIT_S,
                check=False,
            )
            printed.seek(0)
            return Ended(done.returncode, printed.read())

    def stop(self) -> None:
        """End what Wine keeps running for this prefix."""
        self._alive.communicate(timeout=LIMIT_S)
        self._wine_run(["wineboot", "--kill"], self._drive)

    def _at(self, path: str) -> Path:
        return self._drive.joinpath(*path.split("\\"))

    def clear(self, folder: str) -> None:
        """Remove a folder below C:\\ with all it holds."""
        top = self._at(folder)
        for here, folders, files in os.walk(top, topdown=False):
            for name in files:
                (Path(here) / name).unlink()
            for name in folders:
                (Path(here) / name).rmdir()
        if top.is_dir():
            top.rmdir()

    def put(self, path: str, content: bytes | None) -> None:
        """Make a file with its folders, or a folder when `content` is None."""
        place = self._at(path)
        if content is None:
            place.mkdir(parents=True, exist_ok=True)
            return
        place.parent.mkdir(parents=True, exist_ok=True)
        place.unlink(missing_ok=True)
        place.write_bytes(content)

    def tree(self, folder: str) -> Tree:
        """Return what is below a folder."""
        top = self._at(folder)
        return {
            str(item.relative_to(top)).replace("/", "\\"): None if item.is_dir() else item.read_bytes()
            for item in top.rglob("*")
        }

    def elsewhere(self) -> frozenset[str]:
        """Return the path of everything outside C:\\vssbot."""
        found = set()
        for here, folders, files in os.walk(self._drive):
            if Path(here) == self._drive:
                folders.remove("vssbot")
            found |= {f"{here}/{name}" for name in [*folders, *files]}
        return frozenset(found)

    def run(self, command: str) -> Ended:
        """Run a command as the kit's task does."""
        return self._wine_run(["cmd", "/d", "/c", command], self._at("vssbot"))


class SandboxHost:
    """A simulated node with the same programs."""

    def __init__(self) -> None:
        self.machine = Machine("HV-01", Clock(1000.0), Faults(), start_cost_s=0.0)
        for name, folder in stubs.PROGRAMS.items():
            self.machine.programs[f"{folder}\\{name}.exe"] = _launcher(name)

    def clear(self, folder: str) -> None:
        """Remove a folder below C:\\ with all it holds."""
        files, top = self.machine.files, f"C:\\{folder}"
        if not files.is_dir(top):
            return
        for path, stat in sorted(files.walk(top), reverse=True, key=lambda entry: entry[0].count("\\")):
            if stat.is_dir:
                files.rmdir(path)
            else:
                files.delete(path)
        files.rmdir(top)

    def put(self, path: str, content: bytes | None) -> None:
        """Make a file with its folders, or a folder when `content` is None."""
        full = f"C:\\{path}"
        if content is None:
            self.machine.files.makedirs(full)
            return
        self.machine.files.makedirs(full.rpartition("\\")[0])
        self.machine.files.write(full, content)

    def tree(self, folder: str) -> Tree:
        """Return what is below a folder."""
        files, top = self.machine.files, f"C:\\{folder}"
        return {
            path[len(top) + 1 :]: None if stat.is_dir else files.read(path) for path, stat in files.walk(top)
        }

    def elsewhere(self) -> frozenset[str]:
        """Return the path of everything outside C:\\vssbot."""
        found = (path for path, _ in self.machine.files.walk("C:\\"))
        return frozenset(path for path in found if not path.startswith("C:\\vssbot"))

    def run(self, command: str) -> Ended:
        """Run a command as the kit's task does."""
        code, stdout, stderr = self.machine.run(command, cwd="C:\\vssbot")
        return Ended(code, stdout + stderr)


def _launcher(name: str) -> Program:
    def body(call: Call) -> int:
        arguments = " ".join(f'"{word}"' for word in call.argv)
        return call.spawn(f'{stubs.FOLDER}\\{name}.cmd "launcher" {arguments}')

    return body


@contextmanager
def wine_host(wine: str) -> Iterator[WineHost]:
    """Yield a host in a new prefix (some 700 MB, 15 s), which is removed at the end."""
    with tempfile.TemporaryDirectory(prefix="vssbot-wine-", ignore_cleanup_errors=True) as folder:
        host = WineHost(Path(folder) / "prefix", wine)
        try:
            yield host
        finally:
            host.stop()


def lay_out(host: Host, content: Mapping[str, bytes | None], switches: frozenset[str]) -> None:
    """Make C:\\vssbot as the installer leaves it, add `content`, and set the switches of the stand-ins."""
    for folder in ("vssbot", "stub"):
        host.clear(folder)
    for name in stubs.PROGRAMS:
        host.put(f"stub\\{name}.cmd", stubs.batch(name))
    for name in switches:
        host.put(f"stub\\{name}", b"")
    for name, data in kit.scripts().items():
        host.put(f"vssbot\\kit\\{name}", data)
    for name, data in kit.volume_files(VOLUMES).items():
        host.put(f"vssbot\\kit\\volumes\\{name}", data)
    for folder in ("requests", "runs"):
        host.put(f"vssbot\\{folder}", None)
    for path, piece in content.items():
        host.put(f"vssbot\\{path}", piece)
