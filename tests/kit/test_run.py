"""run.cmd does the same under Wine's cmd.exe and under the sandbox's, and just what it should."""

from __future__ import annotations

import pytest

from tests.kit.cases import CASES, ONLY_SANDBOX, RAW, Case
from tests.kit.conftest import Left, play
from tests.kit.hosts import SandboxHost, Tree, WineHost


def _expected(case: Case, left: Left) -> Tree:
    wanted = {**left.before, **case.after}
    for path in case.gone:
        wanted.pop(path, None)
    return {path: left.after.get(path, RAW) if data == RAW else data for path, data in wanted.items()}


def _judge(case: Case, left: Left) -> None:
    assert left.after == _expected(case, left)
    assert left.strays == frozenset()
    assert [ended.code for ended in left.ended] == [0] * case.starts
    assert [ended.printed for ended in left.ended] == [b""] * case.starts


@pytest.mark.parametrize("case", [*CASES, *ONLY_SANDBOX], ids=lambda case: case.name)
def test_the_sandbox_leaves_what_is_expected(sandbox_host: SandboxHost, case: Case) -> None:
    _judge(case, play(sandbox_host, case))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_wine_leaves_what_is_expected_and_the_same_as_the_sandbox(
    sandbox_host: SandboxHost, wine: WineHost, case: Case
) -> None:
    left = play(wine, case)

    _judge(case, left)
    assert left.after == play(sandbox_host, case).after


def test_names_of_cases_are_unique() -> None:
    assert len({case.name for case in CASES}) == len(CASES)
