"""Every snippet does in the sandbox's cmd.exe what it does in the real one."""

from __future__ import annotations

import pytest

from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.node.machine import Machine
from tests.sandbox.node_core.snippets import SNIPPETS, WINE_8_DIFFERS, Snippet

FOLDER = "C:\\work dir"


@pytest.fixture(scope="module")
def machine() -> Machine:
    return Machine("HV-01", Clock(1000.0), Faults(), start_cost_s=0.0)


def _expected(text: str) -> str:
    return text.replace("{cwd}", FOLDER).replace("{drive}", "C:").replace("\n", "\r\n")


@pytest.mark.parametrize("snippet", SNIPPETS, ids=lambda snippet: snippet.name)
def test_a_snippet_prints_what_windows_prints(machine: Machine, snippet: Snippet) -> None:
    if machine.files.exists(FOLDER):
        machine.run(f'rd /s /q "{FOLDER}"', cwd="C:\\")
    machine.files.mkdir(FOLDER)
    for name, content in snippet.before.items():
        path = f"{FOLDER}\\{name}"
        machine.files.makedirs(path.rpartition("\\")[0])
        machine.files.write(path, content.encode())
    script = "@echo off\n" + snippet.script + "\n"
    machine.files.write(f"{FOLDER}\\x.cmd", script.replace("\n", "\r\n").encode())

    code, stdout, stderr = machine.run(f"x.cmd {snippet.arguments}".rstrip(), cwd=FOLDER)

    assert stderr.decode("cp437") == _expected(snippet.stderr)
    assert stdout.decode("cp437") == _expected(snippet.stdout)
    if snippet.code is not None:
        assert code == snippet.code
    for name, content in snippet.after.items():
        assert machine.files.read(f"{FOLDER}\\{name}").decode() == content


def test_names_of_snippets_are_unique() -> None:
    names = {snippet.name for snippet in SNIPPETS}

    assert len(names) == len(SNIPPETS)
    assert names >= WINE_8_DIFFERS
