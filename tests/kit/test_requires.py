"""A missing program skips a test, or fails it where everything is required."""

from __future__ import annotations

import pytest

from tests.requires import REQUIRE, needs


def test_a_missing_program_skips_and_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(REQUIRE, raising=False)
    with pytest.raises(pytest.skip.Exception, match="needs no-such-program: apt install it"):
        needs("no-such-program", "apt install it")


def test_a_missing_program_fails_where_all_are_required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(REQUIRE, "all")
    with pytest.raises(pytest.fail.Exception, match="apt install it"):
        needs("no-such-program", "apt install it")


def test_a_program_that_is_there_is_named_with_its_path() -> None:
    assert needs("sh", "comes with every system").endswith("sh")
