"""`vssbot-sandbox serve` as a process: it says where everything is, and stops when told to."""

from __future__ import annotations

import json
import os
import re
import signal
import stat
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from sandbox.__main__ import main


def command(folder: Path, *more: str) -> list[str]:
    return [sys.executable, "-m", "sandbox", "serve", "--dir", str(folder), *more]


@contextmanager
def running(folder: Path, *more: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, object]]]:
    with subprocess.Popen(command(folder, *more), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process, json.loads(process.stdout.readline())
        finally:
            process.kill()


def test_it_says_one_line_leaves_the_configuration_and_stops_on_sigterm(tmp_path: Path) -> None:
    with running(tmp_path, "--parts", "array,slack", "--seed", "7") as (process, ready):
        assert ready["ready"] is True
        assert set(ready) == {"ready", "page", "control", "slack_api", "nodes", "arrays"}
        assert requests.get(f"{ready['control']}/_sandbox/state", timeout=5).json()["nodes"] == []
        assert requests.get(str(ready["page"]), timeout=5).status_code == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0
        assert process.stdout is not None
        assert process.stdout.read() == ""
    config = tomllib.loads((tmp_path / "vssbot.toml").read_text("utf-8"))
    secrets = dict(line.split("=", 1) for line in (tmp_path / "vssbot.env").read_text().splitlines())
    assert f"https://{config['arrays']['fa1']['address']}" == ready["arrays"]["fa1"]  # type: ignore[index]
    assert (tmp_path / config["arrays"]["fa1"]["ca_file"]).is_file()
    assert config["slack"]["workspace"] == "T0SANDBOX"
    assert secrets["VSSBOT_SLACK_API_URL"] == ready["slack_api"]
    assert re.fullmatch(r"[0-9a-f-]{36}", secrets["VSSBOT_ARRAY_FA1_TOKEN"])
    assert stat.S_IMODE((tmp_path / "vssbot.env").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("more", "named"),
    [
        (["--parts", "array,moon"], "cluster, array, slack, not moon"),
        (["--parts", ""], "not nothing"),
        (["--parts", "cluster"], "needs the part 'array'"),
        (["--clusters", "0"], "clusters must be at least 1"),
        (["--speed", "0"], "speed must be greater than 0"),
    ],
)
def test_a_wrong_option_is_named_and_nothing_starts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], more: list[str], named: str
) -> None:
    assert main(["serve", "--dir", str(tmp_path / "world"), *more]) == 1
    assert named in capsys.readouterr().err
    assert not (tmp_path / "world").exists()


def kit(folder: Path, installer: str) -> str:
    path = folder / "a-kit.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("install.cmd", installer)
    return str(path)


def test_a_whole_world_starts_with_a_kit_on_its_nodes_and_stops_on_sigint(tmp_path: Path) -> None:
    more = ["--kit", kit(tmp_path, "@echo %1>C:\\installed.txt\r\n"), "--speed", "100", "--clusters", "2"]
    with running(tmp_path / "world", *more) as (process, ready):
        state = requests.get(f"{ready['control']}/_sandbox/state", timeout=5).json()
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=10) == 0
    assert [node["name"] for node in state["nodes"]] == ["hv-01", "hv-02", "hv-03", "hv-04"]
    assert all("C:\\installed.txt" in node["files"] for node in state["nodes"])
    config = tomllib.loads((tmp_path / "world" / "vssbot.toml").read_text("utf-8"))
    assert config["clusters"]["cluster2"]["volumes"]["volume3"] == "C:\\ClusterStorage\\Volume3"
    assert config["clusters"]["cluster1"]["nodes"]["hv-01"]["url"] == ready["nodes"]["hv-01"]  # type: ignore[index]


def test_a_kit_that_cannot_be_installed_stops_the_start(tmp_path: Path) -> None:
    more = ["--parts", "array,cluster", "--kit", kit(tmp_path, "@echo no room\r\n@exit /b 5\r\n")]
    done = subprocess.run(command(tmp_path, *more), capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 1
    assert "ended with 5: no room" in done.stderr
    assert done.stdout == ""


def start_beside(folder: Path, product: dict[str, str]) -> tuple[int | None, str]:
    """Start a world beside a product made of these files; return its exit code (None: it runs) and stderr."""
    for name, text in product.items():
        path = folder / "bot" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    here = str(Path(__file__).resolve().parents[3])
    # With -m, Python looks into the current folder first: this `bot` hides the real one.
    with subprocess.Popen(
        command(folder / "world", "--parts", "array,cluster"),
        cwd=folder,
        env={**os.environ, "PYTHONPATH": here},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        started = process.stdout.readline() != ""
        process.terminate()
        process.wait(timeout=10)
        return (None if started else process.returncode), process.stderr.read()


def test_without_a_product_the_nodes_have_no_kit_and_that_is_said(tmp_path: Path) -> None:
    # What Python says when it finds no such package.
    product = {"__init__.py": "", "__main__.py": "raise SystemExit('python: No module named bot')"}
    code, said = start_beside(tmp_path, product)
    assert (code, said) == (None, "vssbot-sandbox: no command that makes a kit; the nodes have none\n")


def test_a_product_that_makes_a_bad_kit_stops_the_start(tmp_path: Path) -> None:
    code, said = start_beside(tmp_path, {"__init__.py": "", "__main__.py": "raise SystemExit('no volumes')"})
    assert code == 1
    assert "the kit could not be made: no volumes" in said


def test_the_products_command_is_told_where_the_configuration_is(tmp_path: Path) -> None:
    product = """
import os, sys, tomllib, zipfile
_, kit, _, config, _, output = sys.argv
with open(config, "rb") as file:
    names = list(tomllib.load(file)["clusters"])
assert kit == "kit" and names == ["cluster1"] and os.environ["VSSBOT_NODE_USER"]
with zipfile.ZipFile(output, "w") as archive:
    archive.writestr("install.cmd", "@exit /b 0")
"""
    code, said = start_beside(tmp_path, {"__init__.py": "", "__main__.py": product})
    assert (code, said) == (None, "")
