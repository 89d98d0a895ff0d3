"""What an installation holds: the two wheels, built from a copy of this tree."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LEFT_OUT = shutil.ignore_patterns("__pycache__", "node_modules", "*.egg-info", "build")
PRODUCT, SANDBOX = ("bot", "handlers", "integrations"), ("sandbox",)


def build(project: str, packages: tuple[str, ...], folder: Path) -> frozenset[str]:
    """Build the wheel of a project as pip does and return the names of its files."""
    source = folder / "source"
    for name in packages:
        shutil.copytree(ROOT / name, source / name, ignore=LEFT_OUT)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--no-build-isolation", "--no-index"]
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        *options,
        "--wheel-dir",
        str(folder),
        str(source / project),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        return frozenset(wheel.namelist())


def files_of(*packages: str) -> set[str]:
    """Return the modules of these packages in the tree."""
    found = (path for name in packages for path in (ROOT / name).rglob("*.py"))
    return {path.relative_to(ROOT).as_posix() for path in found if "node_modules" not in path.parts}


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> frozenset[str]:
    return build(".", (*PRODUCT, *SANDBOX), tmp_path_factory.mktemp("product"))


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> frozenset[str]:
    return build("sandbox", SANDBOX, tmp_path_factory.mktemp("sandbox"))


def test_the_bot_brings_all_its_modules_and_no_sandbox(product: frozenset[str]) -> None:
    assert {name for name in product if name.endswith(".py")} == files_of(*PRODUCT)


def test_the_bot_brings_the_kit_and_the_migrations(product: frozenset[str]) -> None:
    kit = ROOT / "integrations" / "hyperv" / "kit" / "files"
    wanted = {path.relative_to(ROOT).as_posix() for path in kit.rglob("*") if path.is_file()}
    assert len(wanted) > 10
    assert wanted | {"integrations/store/migrations/script.py.mako"} <= product


def test_the_sandbox_brings_all_its_modules_and_none_of_the_bot(sandbox: frozenset[str]) -> None:
    assert {name for name in sandbox if name.endswith(".py")} == files_of(*SANDBOX)


def test_the_sandbox_brings_what_its_programs_read(sandbox: frozenset[str]) -> None:
    page = {f"sandbox/slack/page/dist/{name}" for name in ("app.css", "app.js", "index.html", "licenses.txt")}
    lists = {path.relative_to(ROOT).as_posix() for path in (ROOT / "sandbox").rglob("supported.md")}
    assert len(lists) > 2
    assert (
        page | lists | {"sandbox/slack/block-kit.schema.json", "sandbox/node/programs/cim/classes.txt"}
        <= sandbox
    )


def test_the_two_have_one_version() -> None:
    bot = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    other = tomllib.loads((ROOT / "sandbox" / "pyproject.toml").read_text("utf-8"))["project"]
    assert bot["version"] == other["version"]
    assert bot["optional-dependencies"]["sandbox"] == [f"vssbot-sandbox=={other['version']}"]
    assert bot["requires-python"] == other["requires-python"]
