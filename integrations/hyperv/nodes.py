"""The kit on the nodes over WinRM: leaves requests, starts the task, reads what the kit wrote."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Lock

from bot.domain.backup import NAME, RUN_ID
from bot.domain.inventory import NodeProbe
from bot.domain.vss import DiagReading, Event
from bot.ports import KitState, Refused, RunFolder, RunRecord
from integrations.hyperv import diag, diskshadow, events, inventory, kit
from integrations.hyperv.shell import Endpoint, NodeShell, Output, ShellLedger

LOOK_TIMEOUT_S = 30.0
ASK_TIMEOUT_S = 30.0
READ_TIMEOUT_S = 120.0
DIAG_KEY = r"HKLM\SYSTEM\CurrentControlSet\Services\VSS\Diag"


class WinrmNodes:
    """Implements bot.ports.Nodes with a small pool of kept shells per node."""

    def __init__(
        self,
        endpoints: Mapping[tuple[str, str], Endpoint],
        volumes: Mapping[str, Mapping[str, str]],
        ledger: ShellLedger,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._endpoints = endpoints
        self._volumes = volumes
        self._ledger = ledger
        self._now = now
        self._idle: dict[tuple[str, str], list[NodeShell]] = {}
        self._lock = Lock()
        self._diag = _DiagCache()

    # --- the port ---

    def ask(self, cluster: str, node: str, request_id: str, wanted: Sequence[str]) -> None:
        """Leave a request under its id, at most once, and start the kit's task."""
        _must_match(RUN_ID, request_id)
        for name in wanted:
            _must_match(NAME, name)
        files = " & ".join(f"type nul >{request_id}.new\\want\\{name}" for name in wanted)
        # The folder is filled under a name the kit does not look at and renamed last: it is there
        # whole or not at all, and a second rename of the same id fails.
        line = (
            f"if not exist {kit.ROOT}\\kit\\version.txt (echo :nokit) else cd /d {kit.ROOT}\\requests && "
            f"(if not exist {request_id}\\ (md {request_id}.new\\want 2>nul & {files} & "
            f"type nul >{request_id}.new\\armed & ren {request_id}.new {request_id})) & "
            f"if exist {kit.ROOT}\\requests\\{request_id}\\ echo :there"
        )
        output = self._run(cluster, node, line, ASK_TIMEOUT_S)
        if b":nokit" in output.stdout:
            raise Refused(
                node,
                "the vssbot kit is not installed",
                code="kit-missing",
                next_step="Install it once as an administrator: `vssbot kit`, then install.cmd on the node.",
            )
        if b":there" not in output.stdout:
            raise Refused(
                node,
                f"the request could not be left: {_text(output.stderr)}",
                code="request-refused",
                next_step=f"Look at the rights and the free space of {kit.ROOT}\\requests on the node.",
            )
        self.nudge(cluster, node)

    def nudge(self, cluster: str, node: str) -> None:
        """Start the kit's task; the scheduler ignores it while the task runs."""
        output = self._run(cluster, node, f"schtasks /run /tn {kit.TASK}", ASK_TIMEOUT_S)
        if output.exit_code != 0:
            raise Refused(
                node,
                f"the task {kit.TASK} could not be started: {_text(output.stderr or output.stdout)}",
                code="task-refused",
                next_step=f"Check on the node that the task {kit.TASK} is there and enabled; install.cmd makes it.",
            )

    def look(self, cluster: str, node: str, request_id: str) -> RunFolder:
        """Return what the node shows of a request, in one command."""
        _must_match(RUN_ID, request_id)
        request, run = f"requests\\{request_id}", f"runs\\{request_id}"
        line = (
            f"cd /d {kit.ROOT} & echo :request & dir /b {request} 2>nul & echo :run & dir /b {run} 2>nul & "
            f"echo :created & type {run}\\created.txt 2>nul & echo :exit & type {run}\\exit.txt 2>nul & "
            f"(if exist {run}\\ echo :claimed) & echo :diag & "
            f"if exist {run}\\started if not exist {run}\\done reg query {DIAG_KEY} /s 2>nul"
        )
        output = self._run(cluster, node, line, LOOK_TIMEOUT_S)
        return self._folder(output.stdout, (cluster, node))

    def diagnostics(self, cluster: str, node: str) -> DiagReading:
        """Return VSS's diagnostics as they stand."""
        output = self._run(cluster, node, f"reg query {DIAG_KEY} /s", LOOK_TIMEOUT_S)
        return diag.parse(output.stdout)

    def cancel(self, cluster: str, node: str, request_id: str) -> bool:
        """Race the gate: one rename wins. Asked again after a cut it still tells who won."""
        _must_match(RUN_ID, request_id)
        folder = f"{kit.ROOT}\\requests\\{request_id}"
        line = f"ren {folder}\\armed cancelled 2>nul & if exist {folder}\\cancelled echo :cancelled"
        return b":cancelled" in self._run(cluster, node, line, ASK_TIMEOUT_S).stdout

    def record(self, cluster: str, node: str, request_id: str) -> RunRecord:
        """Return the record of a request that is done."""
        files = self._files(cluster, node, request_id)
        raw = files.get("out.log", b"")
        aliases = diskshadow.aliases(files.get("script.dsh", b""))
        found: list[Event] = []
        # A request for events alone has no DiskShadow and no look at the logs before it.
        expected = ["logs-after.txt", *(["out.log", "logs-before.txt"] if "script.dsh" in files else [])]
        unreadable = [name for name in expected if name not in files]
        for name, content in files.items():
            if name.startswith("events-") and name.endswith(".xml"):
                log = name.removeprefix("events-").removesuffix(".xml")
                reading = events.read(content, log)
                found += reading.events
                if reading.unreadable or files.get(f"events-{log}.err", b"").strip():
                    unreadable.append(name)
        return RunRecord(
            output=diskshadow.parse(raw, aliases),
            raw_output=raw,
            events=tuple(found),
            logs_before=events.parse_logs(files.get("logs-before.txt", b"")),
            logs_after=events.parse_logs(files.get("logs-after.txt", b"")),
            unreadable=tuple(unreadable),
        )

    def probe(self, cluster: str, node: str, request_id: str) -> NodeProbe:
        """Return what a finished request for `probe` found."""
        return inventory.probe(self._files(cluster, node, request_id), node)

    def kit(self, cluster: str, node: str) -> KitState:
        """Return the installed kit's version, and which of its files differ from ours."""
        line = f"cd /d {kit.ROOT}\\kit && for %F in (*.* volumes\\*.dsh) do @"
        files = self._read(cluster, node, line)
        if "version.txt" not in files:
            return KitState(installed=False)
        wanted = kit.hashes(self._volumes[cluster])
        found = {name.replace("\\", "/"): hashlib.sha256(data).hexdigest() for name, data in files.items()}
        differ = sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))
        names = [
            name.removeprefix("volumes/").removesuffix(".dsh")
            for name in found
            if name.startswith("volumes/")
        ]
        return KitState(
            installed=True,
            version=files["version.txt"].decode("ascii", "replace").strip(),
            changed_files=tuple(differ),
            volumes=tuple(sorted(names)),
        )

    def forget(self, cluster: str, node: str) -> None:
        """Delete the idle shells on a node."""
        with self._lock:
            shells = self._idle.pop((cluster, node), [])
        for shell in shells:
            shell.close()

    def close(self) -> None:
        """Delete every idle shell."""
        for cluster, node in list(self._idle):
            self.forget(cluster, node)

    def delete_orphan(self, node: str, shell_id: str) -> None:
        """Delete a shell that an earlier process left open. Raises Unreachable or Refused."""
        key = next((key for key in self._endpoints if key[1] == node), None)
        if key is None:
            self._ledger.closed(node, shell_id)
            return
        with self._shell(key) as shell:
            shell.delete(shell_id)

    # --- wires ---

    @contextmanager
    def _shell(self, key: tuple[str, str]) -> Iterator[NodeShell]:
        with self._lock:
            idle = self._idle.setdefault(key, [])
            shell = idle.pop() if idle else NodeShell(self._endpoints[key], self._ledger)
        try:
            yield shell
        finally:
            with self._lock:
                self._idle.setdefault(key, []).append(shell)

    def _run(self, cluster: str, node: str, line: str, timeout_s: float) -> Output:
        with self._shell((cluster, node)) as shell:
            return shell.run(line, timeout_s=timeout_s)

    def _files(self, cluster: str, node: str, request_id: str) -> dict[str, bytes]:
        _must_match(RUN_ID, request_id)
        patterns = "*.csv *.txt *.xml *.err *.log *.dsh"
        return self._read(
            cluster, node, f"cd /d {kit.ROOT}\\runs\\{request_id} && for %F in ({patterns}) do @"
        )

    def _read(self, cluster: str, node: str, loop: str) -> dict[str, bytes]:
        # What separates the files must not stand in any of them, so it is new each time.
        mark = secrets.token_hex(12)
        output = self._run(cluster, node, f"{loop}(echo :{mark} %F& type %F & echo.)", READ_TIMEOUT_S)
        files: dict[str, bytes] = {}
        for part in output.stdout.split(f":{mark} ".encode("ascii"))[1:]:
            name, _, content = part.partition(b"\r\n")
            files[name.decode("ascii", "replace").strip()] = content.removesuffix(b"\r\n")
        return files

    def _folder(self, stdout: bytes, key: tuple[str, str]) -> RunFolder:
        parts = _sections(stdout)
        request, run = _names(parts[":request"]), _names(parts[":run"])
        ids = diskshadow.created(parts[":created"])
        return RunFolder(
            claimed=":claimed" in parts,
            seen_at=self._now(),
            armed="armed" in request,
            committed="committed" in request,
            cancelled="cancelled" in request,
            started="started" in run,
            created="created.txt" in run,
            set_id=ids.set_id,
            shadow_ids=ids.shadow_ids,
            ended="ended" in run,
            exit_code=diskshadow.exit_code(parts[":exit"]),
            done="done" in run,
            gone="gone" in run,
            diag=self._diag.parse(parts[":diag"], key),
        )


class _DiagCache:
    """Parses a node's diagnostics only when their bytes changed: they are read every two seconds."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, str], tuple[bytes, DiagReading]] = {}

    def parse(self, raw: bytes, key: tuple[str, str]) -> DiagReading:
        last = self._last.get(key)
        if last is not None and last[0] == raw:
            return last[1]
        reading = diag.parse(raw)
        self._last[key] = (raw, reading)
        return reading


_MARKS = (":request", ":run", ":created", ":exit", ":claimed", ":diag")


def _sections(stdout: bytes) -> dict[str, bytes]:
    found: dict[str, bytes] = {mark: b"" for mark in _MARKS if mark != ":claimed"}
    mark = ""
    for line in stdout.splitlines(keepends=True):
        word = line.strip().decode("ascii", "replace")
        if word in _MARKS:
            mark = word
            found.setdefault(mark, b"")
        elif mark:
            found[mark] += line
    return found


def _names(raw: bytes) -> set[str]:
    return {line.strip().decode("ascii", "replace").lower() for line in raw.splitlines() if line.strip()}


def _text(raw: bytes) -> str:
    return " ".join(raw.decode("utf-8", "replace").split())[:200]


def _must_match(pattern: re.Pattern[str], text: str) -> None:
    # The last line of defence: nothing else may stand in a command line (DESIGN: names, never contents).
    if not pattern.fullmatch(text):
        raise ValueError(f"not a name that may reach a node: {text!r}")
