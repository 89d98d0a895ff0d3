"""A sandbox and a bot as two real programs, and what a person or an administrator does with them."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar

import requests

T = TypeVar("T")

NADIA, TOM, MARA, IVO = "U0ONCALL001", "U0MEMBER001", "U0MANAGER01", "U0OUTSIDER1"
OPS, TEAM, RANDOM = "C0OPSBACKUP", "C0STORAGE01", "C0RANDOM001"
SPEED = 60
STOP_S = 15
OUTCOMES = ("verified", "unverified", "incomplete", "failed", "cancelled")


def until(look: Callable[[], T | None], what: str, deadline_s: float = 90.0) -> T:
    """Look again and again until there is something; after the deadline say what was missing."""
    end = time.monotonic() + deadline_s
    pause = threading.Event()
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < end, f"not within {deadline_s:.0f} s: {what}"
        pause.wait(0.1)


class Town:
    """A sandbox with clusters, and the bot beside it; `close` ends both whatever happened."""

    def __init__(self, folder: Path, *, clusters: int = 1, speed: float = SPEED, seed: int = 1) -> None:
        self.folder = folder
        self.http = requests.Session()
        self.http.trust_env = False
        self._free = [f"cluster{number}" for number in range(clusters - 1, 0, -1)]
        self._unused = f"cluster{clusters}"
        self._bot_lives = 0
        self.bot: subprocess.Popen[bytes] | None = None
        command = [sys.executable, "-m", "sandbox", "serve", "--dir", str(folder)]
        command += ["--speed", str(speed), "--seed", str(seed), "--clusters", str(clusters)]
        with (folder / "sandbox.log").open("wb") as log:
            self.sandbox = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log)
        try:
            assert self.sandbox.stdout is not None
            line = self.sandbox.stdout.readline()
            assert line, self.logs()
            self.ready: dict[str, Any] = json.loads(line)
        except BaseException:
            self.close()
            raise
        self.secrets = _secrets(folder / "vssbot.env")

    # --- the programs ---

    def start_bot(self, *, wait: bool = True, **changed: str) -> Town:
        """Run `vssbot serve`, with other secrets where given, until it is connected."""
        self._bot_lives += 1
        with (self.folder / f"bot-{self._bot_lives}.log").open("wb") as log:
            self.bot = subprocess.Popen(
                self.command("serve"), env=self.environment(**changed), stdout=log, stderr=subprocess.STDOUT
            )
        if wait:
            until(self.is_well, "vssbot serve is connected", 60.0)
        return self

    def is_well(self) -> bool:
        """Ask the bot's health service."""
        assert self.bot is not None
        assert self.bot.poll() is None, f"vssbot serve ended with {self.bot.returncode}:\n{self.logs()}"
        address = self.folder / "vssbot.health"
        try:
            url = address.read_text("utf-8").strip()
            return bool(url) and self.http.get(f"{url}/healthz", timeout=3).ok
        except (FileNotFoundError, requests.ConnectionError):
            return False

    def kill_bot(self) -> None:
        """End the bot as a power cut would; the health file of the dead stays, as it would."""
        assert self.bot is not None
        self.bot.send_signal(signal.SIGKILL)
        self.bot.wait(STOP_S)
        (self.folder / "vssbot.health").unlink(missing_ok=True)

    def stop_bot(self) -> float:
        """Send SIGTERM and return how many seconds it took to end."""
        assert self.bot is not None
        began = time.monotonic()
        self.bot.send_signal(signal.SIGTERM)
        assert self.bot.wait(STOP_S) == 0, self.logs()
        return time.monotonic() - began

    def vssbot(self, *words: str, **changed: str) -> subprocess.CompletedProcess[str]:
        """Run another command of the bot to its end."""
        return self.vssbot_with(str(self.folder / "vssbot.toml"), *words, **changed)

    def vssbot_with(self, config: str, *words: str, **changed: str) -> subprocess.CompletedProcess[str]:
        """Run a command with another configuration file."""
        return subprocess.run(
            [sys.executable, "-m", "bot", words[0], "-c", config, *words[1:]],
            env=self.environment(**changed) | {"COLUMNS": "250"},
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )

    def command(self, *words: str) -> list[str]:
        """Return a command line of the bot with this world's configuration."""
        return [sys.executable, "-m", "bot", words[0], "-c", str(self.folder / "vssbot.toml"), *words[1:]]

    def environment(self, **changed: str) -> dict[str, str]:
        """Return the environment with this world's secrets; an empty value takes one away."""
        wanted = {**os.environ, **self.secrets, **changed}
        return {name: value for name, value in wanted.items() if value}

    def logs(self) -> str:
        """Return the end of every log."""
        texts = [
            (path.name, path.read_text("utf-8", "replace")) for path in sorted(self.folder.glob("*.log"))
        ]
        if (self.folder / "vssbot.db").exists():
            query = "select id, stage, node, set_id, cancel_by, verdict from runs order by requested_at"
            texts.append(("runs", "\n".join(str(list(row.values())) for row in self.rows(query))))
        return "\n".join(f"--- {name}\n{text[-6000:]}" for name, text in texts)

    def close(self) -> None:
        """End both programs."""
        for process in (self.bot, self.sandbox):
            if process is not None and process.poll() is None:
                process.kill()
                process.wait(STOP_S)
        if self.sandbox.stdout is not None:
            self.sandbox.stdout.close()
        self.http.close()

    # --- the sandbox ---

    def cluster(self) -> str:
        """Return a cluster that nobody has used yet; never the last one."""
        return self._free.pop()

    def unused(self) -> str:
        """Return the cluster on which nothing may ever happen."""
        return self._unused

    def post(self, path: str, **body: Any) -> Any:
        """Call the control API."""
        reply = self.http.post(f"{self.ready['control']}/_sandbox/{path}", json=body, timeout=60)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def get(self, path: str) -> Any:
        """Read from the control API."""
        return self.http.get(f"{self.ready['control']}/_sandbox/{path}", timeout=60).json()

    def state(self) -> Any:
        """Return the world's truth."""
        return self.get("state")

    def break_(self, at: str, kind: str, **more: Any) -> None:
        """Let a fault wait at a point."""
        self.post("faults", at=at, kind=kind, **more)

    def mend(self) -> None:
        """Forget every fault."""
        self.http.delete(f"{self.ready['control']}/_sandbox/faults", timeout=30)

    def waiting(self, at: str) -> bool:
        """Tell whether a fault still waits at a point."""
        return any(fault["at"] == at for fault in self.get("faults")["waiting"])

    def nodes(self, cluster: str) -> list[Any]:
        """Return the state of a cluster's nodes."""
        names = (first(cluster), second(cluster))
        return [node for node in self.state()["nodes"] if node["name"] in names]

    def sets(self, cluster: str) -> list[Any]:
        """Return every shadow copy set that was begun on a cluster's nodes."""
        return [one for node in self.nodes(cluster) for one in node["shadow_copy_sets"]]

    def snapshots(self, cluster: str) -> list[str]:
        """Return the names of the array snapshots that hold a cluster's volumes, as the array has them."""
        found = [one["name"] for array in self.state()["arrays"] for one in array["snapshots"]]
        return [name for name in found if f"{cluster}-csv" in name]

    # --- people ---

    def type(self, text: str, *, user: str = NADIA, channel: str = OPS) -> Any:
        """Type a text into Slack as one of the people."""
        return self.post("slack/command", user=user, channel=channel, text=text)

    def answer(self, text: str, *, user: str = NADIA, channel: str = OPS) -> str:
        """Type a command and return what only this person sees then."""
        before = len(self.private(user))
        assert self.type(text, user=user, channel=channel) == {"ok": True}
        [answer] = self.private(user)[before:]
        return text_of(answer)

    def backup(self, cluster: str, *volumes: str, user: str = NADIA, channel: str = OPS) -> str:
        """Type the command for a backup and return the id of its run."""
        before = {row["id"] for row in self.runs(cluster)}
        text = f"/vss backup {cluster} {' '.join(volumes or ('volume1',))}"
        assert self.type(text, user=user, channel=channel) == {"ok": True}
        new = [row["id"] for row in self.runs(cluster) if row["id"] not in before]
        assert len(new) == 1, (new, self.logs())
        return str(new[0])

    def messages(self, channel: str | None = None) -> list[Any]:
        """Return Slack's messages, oldest first."""
        found = self.state()["slack"]["messages"]
        return sorted((m for m in found if channel in (None, m["channel"])), key=lambda m: float(m["ts"]))

    def card(self, run: str, channel: str = OPS) -> Any:
        """Return a run's one card in a channel; none, or a second one, is a fault."""
        cards = [m for m in self.messages(channel) if f"Run: `{run}`" in text_of(m) and not m["ephemeral_to"]]
        assert len(cards) == 1, ([card["text"] for card in cards], self.logs())
        return cards[0]

    def private(self, user: str) -> list[Any]:
        """Return what only this person saw."""
        return [m for m in self.messages() if m["ephemeral_to"] == user]

    def notices(self, run: str) -> list[Any]:
        """Return the notices about a run: the new messages in the team's channel."""
        row = self.rows("select cluster, volumes from runs where id = ?", run)[0]
        target = f"backup of {row['cluster']} {' '.join(json.loads(row['volumes']))}"
        return [m for m in self.messages(TEAM) if target in m["text"]]

    # --- the bot's own store, read only ---

    def rows(self, query: str, *values: str) -> list[dict[str, Any]]:
        """Read from the bot's store."""
        path = self.folder / "vssbot.db"
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(query, values)]

    def runs(self, cluster: str) -> list[dict[str, Any]]:
        """Return a cluster's runs, oldest first."""
        return self.rows("select * from runs where cluster = ? order by requested_at", cluster)

    def stage(self, run: str) -> str:
        """Return where a run stands."""
        return str(self.rows("select stage from runs where id = ?", run)[0]["stage"])

    def phase(self, run: str) -> str:
        """Return the latest phase of a run that is known."""
        found = self.rows("select phase from phases where run_id = ? order by started desc, rowid desc", run)
        return str(found[0]["phase"]) if found else ""

    def comes_to(self, run: str, *stages: str, deadline_s: float = 120.0) -> str:
        """Wait until a run has come to one of these stages, return which."""
        return until(
            lambda: self.stage(run) if self.stage(run) in stages else None,
            f"{run} is {' or '.join(stages)} (it is {self.stage(run)})",
            deadline_s,
        )

    def in_phase(self, run: str, phase: str, deadline_s: float = 90.0) -> None:
        """Wait until a run is in a phase."""
        until(lambda: self.phase(run) == phase, f"{run} is in phase {phase}", deadline_s)

    def ends(self, run: str, deadline_s: float = 120.0) -> str:
        """Wait until a run is over and Slack has been told all of it; return the outcome."""
        stage = self.comes_to(run, *OUTCOMES, deadline_s=deadline_s)
        keys = (f"card:{run}", f"notice:{run}:{stage}")

        def told() -> bool:
            rows = self.rows("select state from outbox where key in (?, ?)", *keys)
            return len(rows) == 2 and all(row["state"] == "sent" for row in rows)

        until(told, f"Slack was told about {run}", 60.0)
        return stage

    def verdict(self, run: str) -> Any:
        """Return the code and the four sentences of a run's outcome."""
        return json.loads(self.rows("select verdict from runs where id = ?", run)[0]["verdict"])

    def audit(self) -> list[dict[str, Any]]:
        """Return the whole audit."""
        return self.rows("select * from audit order by n")


def text_of(message: Any) -> str:
    """Return everything that a message shows, as one text."""
    return f"{message['text']}\n{json.dumps(message['blocks'], ensure_ascii=False)}"


def first(cluster: str) -> str:
    """Return a cluster's first node, which owns its volume1."""
    return f"hv-{2 * int(cluster.removeprefix('cluster')) - 1:02d}"


def second(cluster: str) -> str:
    """Return a cluster's second node."""
    return f"hv-{2 * int(cluster.removeprefix('cluster')):02d}"


def _secrets(path: Path) -> dict[str, str]:
    lines = path.read_text("utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)
