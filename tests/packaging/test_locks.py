"""The locks: hashed, free of addresses, and in step with what the projects ask for."""

from __future__ import annotations

import re
import tomllib
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.lock", "requirements-runtime.lock")


def plain(name: str) -> str:
    """Return a distribution's name as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(name: str) -> dict[str, str]:
    """Return distribution -> version of a lock."""
    text = (ROOT / name).read_text("utf-8")
    found = re.findall(r"^([A-Za-z0-9][\w.-]*)==(\S+)", text, re.MULTILINE)
    return {plain(distribution): version for distribution, version in found}


def project(folder: str) -> dict[str, Any]:
    """Return a project's table."""
    table: dict[str, Any] = tomllib.loads((ROOT / folder / "pyproject.toml").read_text("utf-8"))["project"]
    return table


def names(requirements: list[str]) -> set[str]:
    """Return the distributions that requirements name."""
    return {plain(re.split(r"[\[<>=; ]", requirement, maxsplit=1)[0]) for requirement in requirements}


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_by_hash_and_names_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    entries = [part for part in re.split(r"\n(?=\S)", text) if "==" in part.split("\n", 1)[0]]
    assert len(entries) > 20
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []
    assert re.findall(r"https?://|file:|--index|--find-links|@ ", text) == []


def test_everything_the_projects_ask_for_is_locked() -> None:
    bot, sandbox = project("."), project("sandbox")
    wanted = chain(bot["dependencies"], bot["optional-dependencies"]["dev"], sandbox["dependencies"])
    assert names(list(wanted)) - set(locked("requirements.lock")) == set()


def test_an_installed_bot_gets_what_was_tested_and_no_more() -> None:
    runtime, whole = locked("requirements-runtime.lock"), locked("requirements.lock")
    assert runtime.items() <= whole.items()
    assert names(project(".")["dependencies"]) - set(runtime) == set()
    assert {"pytest", "mypy", "starlette", "uvicorn", "hypothesis"} & set(runtime) == set()


def test_every_dependency_has_its_line_of_why() -> None:
    text = (ROOT / "docs" / "decisions" / "0001-dependencies.md").read_text("utf-8").lower()
    bot, sandbox = project("."), project("sandbox")
    wanted = names([*bot["dependencies"], *bot["optional-dependencies"]["dev"], *sandbox["dependencies"]])
    assert {name for name in wanted if f"`{name}`" not in re.sub(r"(?<=\w)[_.](?=\w)", "-", text)} == set()
