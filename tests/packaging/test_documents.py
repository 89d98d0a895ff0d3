"""The documents say what is true of the code, as far as a program can tell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
import typer
from pydantic import BaseModel

from bot.__main__ import app
from bot.commands.exits import Exit
from bot.config import load_file
from bot.domain.backup import OUTCOMES, PHASES
from bot.settings import FileSettings

ROOT = Path(__file__).parents[2]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
GUIDE = (ROOT / "docs" / "guides" / "operator.md").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")
NAMED = {"arrays": "<name>", "clusters": "<name>", "nodes": "<node>"}


def keys(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    """Return every key of the configuration file, as the guide writes it."""
    for name, field in model.model_fields.items():
        parts = [part for part in _parts(field.annotation) if issubclass(part, BaseModel)]
        place = f"{prefix}{name}"
        if not parts:
            yield place
        for part in parts:
            yield from keys(part, f"{place}.{NAMED[name]}." if name in NAMED else f"{place}.")


def _parts(annotation: object) -> Iterator[type]:
    if isinstance(annotation, type) and not get_args(annotation):
        yield annotation
    for part in get_args(annotation):
        yield from _parts(part)


def variables() -> Iterator[str]:
    """Return every environment variable that the product names in a string of its code."""
    for package in ("bot", "handlers", "integrations"):
        for path in (ROOT / package).rglob("*.py"):
            for name in re.findall(r'"(VSSBOT_[A-Z_{}().a-z]+)"', path.read_text("utf-8")):
                yield re.sub(r"\{_upper\(\w+\)\}", "<NAME>", name)


def test_the_guide_names_every_key_of_the_configuration_and_no_other() -> None:
    in_guide = re.findall(r"^\| `([a-z_.<>]+)` \| (?:yes|no|with)", GUIDE, re.MULTILINE)
    assert sorted(in_guide) == sorted(keys(FileSettings))


def test_the_guide_names_every_variable() -> None:
    found = set(variables())
    assert len(found) > 6
    wanted = {each for name in found for each in _spelled(name)}
    assert {name for name in wanted if f"`{name}`" not in GUIDE} == set()


def _spelled(name: str) -> Iterator[str]:
    if "{what}" in name:
        yield from (name.replace("{what}", what) for what in ("USER", "PASSWORD"))
    else:
        yield name


def test_the_guide_lists_every_exit_code() -> None:
    rows = re.findall(r"^\| (\d+) \| ([A-Z]+) \|", GUIDE, re.MULTILINE)
    assert [(int(code), name) for code, name in rows] == [(each.value, each.name) for each in Exit]


def test_the_example_is_accepted_and_shows_only_what_exists() -> None:
    file = load_file(ROOT / "packaging" / "example.toml")
    assert list(file.clusters) == ["cluster1"]


def test_the_readme_explains_every_outcome() -> None:
    rows = set(re.findall(r"^\| ([A-Z]+) \|", README, re.MULTILINE))
    assert rows == {str(outcome).upper() for outcome in OUTCOMES}


def test_the_glossary_names_every_phase_in_order() -> None:
    glossary = (ROOT / "docs" / "glossary.md").read_text("utf-8")
    assert ", ".join(PHASES) in glossary


def test_every_command_that_a_page_names_exists() -> None:
    names = set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
    said = {word for page in PAGES for word in re.findall(r"`vssbot ([a-z]+)", page.read_text("utf-8"))}
    assert said - names == set()
    assert names - said == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_the_pages_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text("utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def modules(ending: str) -> list[Path]:
    """Return the modules whose path ends with this one."""
    found = [
        path
        for name in ("bot", "handlers", "integrations", "sandbox")
        for path in (ROOT / name).rglob("*.py")
    ]
    return [path for path in found if f"/{path.relative_to(ROOT).as_posix()}".endswith(f"/{ending}")]


def test_the_architecture_names_only_files_that_exist() -> None:
    named = set(re.findall(r"`([a-z_/]+\.py)`", (ROOT / "ARCHITECTURE.md").read_text("utf-8")))
    assert len(named) > 15
    assert {name for name in named if not modules(name)} == set()


def test_the_architecture_names_only_functions_that_exist() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    missing = []
    for file, name in re.findall(r"`([a-z_/]+\.py)` `([A-Za-z_.]+)`", text):
        sources = [path.read_text("utf-8") for path in modules(file)]
        words = [re.compile(rf"(def|class) {word}\b") for word in name.split(".")]
        if not any(all(word.search(source) for word in words) for source in sources):
            missing.append((file, name))
    assert missing == []


def test_no_page_names_a_place_of_one_machine() -> None:
    places = re.compile(r"(?<![\w.])/(root|home|Users)/")
    assert [page.name for page in PAGES if places.search(page.read_text("utf-8"))] == []
