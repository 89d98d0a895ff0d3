"""The Dockerfile, as far as that can be told without Docker."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def lines() -> list[str]:
    """Return the Dockerfile's lines."""
    return (ROOT / "Dockerfile").read_text("utf-8").splitlines()


def test_it_is_short_and_ends_as_a_user_without_rights() -> None:
    assert len(lines()) < 30
    assert [line for line in lines() if line.startswith("USER")] == ["USER vssbot"]


def test_it_asks_the_bot_how_it_is() -> None:
    assert any(line.startswith("HEALTHCHECK") and '"vssbot", "health"' in line for line in lines())


def test_what_it_copies_exists_and_reaches_the_builder() -> None:
    let_in = re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text("utf-8"), re.MULTILINE)
    copied = [
        word
        for line in lines()
        if line.startswith("COPY ") and "--from" not in line
        for word in line.split()[1:-1]
    ]
    assert sorted(copied) == sorted(let_in)
    assert all((ROOT / name).exists() for name in copied)
