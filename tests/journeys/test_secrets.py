"""No secret is found anywhere but in the process that was given it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from tests.journeys.world import Town

SECRET = ("TOKEN", "PASSWORD", "SIGNING_SECRET")


def secrets(town: Town) -> list[str]:
    """Return the secrets of a town's bot; its account's name and Slack's address are none."""
    found = [value for name, value in town.secrets.items() if name.endswith(SECRET)]
    assert len(found) == 5
    return found


def leaks(town: Town, text: str) -> list[str]:
    """Return the secrets that a text holds."""
    return [secret for secret in secrets(town) if secret in text]


def files_of(town: Town) -> Iterator[Path]:
    """Yield every file that the bot wrote: logs, stores, ledgers, the address of its health service."""
    given = {"vssbot.env", "vssbot.toml", "sandbox.log"}
    for path in town.folder.rglob("*"):
        if path.is_file() and path.name not in given and path.suffix not in (".pem", ".key"):
            yield path


def test_no_secret_is_in_a_log_a_store_a_message_a_node_or_a_command_line(village: Town) -> None:
    run = village.backup(village.cluster(), "volume1")
    refused = village.vssbot("check", VSSBOT_ARRAY_FA1_TOKEN="00000000-dead-beef-0000-000000000000")
    assert refused.returncode == 5
    assert village.ends(run) == "verified"
    assert village.bot is not None
    asked = [path.name for path in files_of(village)]
    assert {"bot-1.log", "vssbot.db", "vssbot.engine.db"} <= set(asked)
    for path in files_of(village):
        assert leaks(village, path.read_bytes().decode("latin-1")) == [], path
    assert leaks(village, json.dumps(village.state())) == []
    assert leaks(village, Path(f"/proc/{village.bot.pid}/cmdline").read_text("utf-8")) == []
    assert leaks(village, refused.stdout + refused.stderr) == []
    assert "dead-beef" not in refused.stdout + refused.stderr
    url = (village.folder / "vssbot.health").read_text("utf-8").strip()
    for page in ("healthz", "metrics"):
        assert leaks(village, village.http.get(f"{url}/{page}", timeout=10).text) == []


def test_the_same_search_finds_what_is_really_there(village: Town) -> None:
    assert len(leaks(village, (village.folder / "vssbot.env").read_text("utf-8"))) == 5
