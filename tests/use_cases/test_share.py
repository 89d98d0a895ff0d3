"""Looks and edits are shared among the runs that are followed."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest

from bot.use_cases.share import Share

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("runs", "seconds"), [(1, 2.0), (8, 2.0), (24, 2.0), (60, 5.0), (120, 10.0), (300, 10.0)]
)
def test_many_runs_are_looked_at_less_often_each(runs: int, seconds: float) -> None:
    share = Share()
    with ExitStack() as followed:
        for _ in range(runs):
            followed.enter_context(share.taken())
        assert share.look_s() == seconds
    assert share.look_s() == 2.0


@pytest.mark.parametrize(("runs", "seconds"), [(1, 10.0), (8, 32.0), (50, 200.0)])
def test_refreshes_of_all_cards_leave_edits_for_phases(runs: int, seconds: float) -> None:
    share = Share()
    with ExitStack() as followed:
        for _ in range(runs):
            followed.enter_context(share.taken())
        almost = NOW - timedelta(seconds=seconds - 0.1)
        assert not share.may_refresh(almost, NOW, step=False)
        assert share.may_refresh(NOW - timedelta(seconds=seconds), NOW, step=False)


def test_a_writers_step_is_shown_at_once_only_while_few_runs_are_followed() -> None:
    share = Share()
    with ExitStack() as followed:
        followed.enter_context(share.taken())
        assert share.may_refresh(NOW, NOW, step=True)
        for _ in range(7):
            followed.enter_context(share.taken())
        assert not share.may_refresh(NOW, NOW, step=True)


def test_a_card_that_was_never_shown_is_shown() -> None:
    assert Share().may_refresh(None, NOW, step=False)
