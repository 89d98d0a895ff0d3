"""The outbox: one message per key, the last revision wins, nothing after the final one."""

from __future__ import annotations

from datetime import timedelta
from typing import TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.ports import Message
from integrations.store.connection import Database
from integrations.store.outbox import OutboxRow, SqlOutbox
from tests.contracts.store.conftest import TestClock
from tests.fakes.store import FakeOutbox

Box: TypeAlias = SqlOutbox | FakeOutbox


def text(words: str) -> Message:
    return Message(words, [{"type": "section", "text": {"type": "mrkdwn", "text": words}}])


def one(outbox: Box, clock: TestClock) -> OutboxRow:
    rows = outbox.take(10, clock())
    assert len(rows) == 1
    return rows[0]


def test_a_message_waits_until_it_is_sent_and_an_edit_knows_its_ts(outbox: Box, clock: TestClock) -> None:
    outbox.put("card", "C1", text("one"))
    expected = OutboxRow("card", "C1", None, 1, text("one"), final=False, urgent=False, tries=0)
    assert outbox.take(10, clock()) == [expected]
    outbox.sent("card", 1, "1700.1")
    assert outbox.take(10, clock()) == []
    outbox.put("card", "C1", text("two"))
    row = one(outbox, clock)
    assert (row.ts, row.revision, row.message) == ("1700.1", 2, text("two"))


def test_only_the_last_revision_is_sent(outbox: Box, clock: TestClock) -> None:
    for words in ("one", "two", "three"):
        outbox.put("card", "C1", text(words))
    row = one(outbox, clock)
    assert (row.revision, row.message) == (3, text("three"))


def test_a_revision_put_while_an_older_one_is_on_its_way_still_waits(outbox: Box, clock: TestClock) -> None:
    outbox.put("card", "C1", text("one"))
    outbox.put("card", "C1", text("two"))
    outbox.sent("card", 1, "1700.1")
    row = one(outbox, clock)
    assert (row.ts, row.revision) == ("1700.1", 2)
    outbox.sent("card", 1, "1700.9")  # a late answer changes nothing
    assert one(outbox, clock).ts == "1700.1"


def test_a_revision_that_was_never_put_cannot_be_sent(outbox: Box, clock: TestClock) -> None:
    outbox.put("card", "C1", text("one"))
    outbox.sent("card", 7, "1700.1")
    assert one(outbox, clock).ts is None
    outbox.sent("nobody", 1, "1700.1")


def test_an_edit_that_changes_nothing_is_not_sent(outbox: Box, clock: TestClock) -> None:
    outbox.put("card", "C1", text("one"))
    outbox.sent("card", 1, "1700.1")
    outbox.put("card", "C1", text("one"))
    assert outbox.take(10, clock()) == []


def test_nothing_changes_after_the_final_revision(outbox: Box, clock: TestClock) -> None:
    outbox.put("card", "C1", text("one"))
    outbox.put("card", "C1", text("verified"), final=True)
    outbox.put("card", "C1", text("late"))
    assert one(outbox, clock).message == text("verified")
    outbox.sent("card", 2, "1700.1")
    outbox.put("card", "C1", text("later still"), final=True)
    assert outbox.take(10, clock()) == []


def test_a_final_revision_with_the_words_of_the_last_one_still_ends_the_message(
    outbox: Box, clock: TestClock
) -> None:
    outbox.put("card", "C1", text("verified"))
    outbox.put("card", "C1", text("verified"), final=True)
    outbox.put("card", "C1", text("late"))
    row = one(outbox, clock)
    assert (row.message, row.final) == (text("verified"), True)


def test_a_notice_is_sent_once_however_often_it_is_put(outbox: Box, clock: TestClock) -> None:
    outbox.put("notice", "C1", text("over"), urgent=True)
    outbox.put("notice", "C1", text("over again"), urgent=True)
    assert one(outbox, clock).message == text("over")
    outbox.sent("notice", 1, "1700.1")
    outbox.put("notice", "C1", text("over again"), urgent=True)
    assert outbox.take(10, clock()) == []


def test_final_and_urgent_messages_go_first_then_the_longest_waiting(outbox: Box, clock: TestClock) -> None:
    outbox.put("card1", "C1", text("x"))
    clock.move(1)
    outbox.put("card2", "C1", text("x"))
    clock.move(1)
    outbox.put("notice", "C1", text("x"), urgent=True)
    clock.move(1)
    outbox.put("card3", "C1", text("x"), final=True)
    outbox.put("card1", "C1", text("changed often, keeps its place"))
    assert [row.key for row in outbox.take(10, clock())] == ["notice", "card3", "card1", "card2"]
    assert [row.key for row in outbox.take(2, clock())] == ["notice", "card3"]


def test_a_sent_card_goes_to_the_end_of_the_queue(outbox: Box, clock: TestClock) -> None:
    outbox.put("card1", "C1", text("one"))
    clock.move(1)
    outbox.put("card2", "C1", text("one"))
    clock.move(1)
    outbox.put("card1", "C1", text("two"))
    outbox.sent("card1", 1, "1700.1")
    assert [row.key for row in outbox.take(10, clock())] == ["card2", "card1"]


def test_a_failed_message_waits_its_time_and_counts_its_tries(outbox: Box, clock: TestClock) -> None:
    outbox.put("card", "C1", text("one"))
    outbox.failed("card", 1, "ratelimited", clock() + timedelta(seconds=60))
    assert outbox.take(10, clock()) == []
    outbox.put("card", "C1", text("two"))
    assert outbox.take(10, clock()) == []
    clock.move(60)
    row = one(outbox, clock)
    assert (row.revision, row.tries) == (2, 1)
    outbox.sent("card", 2, "1700.1")
    outbox.put("card", "C1", text("three"))
    assert one(outbox, clock).tries == 0


def test_a_given_up_message_is_never_sent_again(outbox: Box, clock: TestClock) -> None:
    outbox.put("card", "C1", text("one"))
    outbox.give_up("card", "channel_not_found")
    outbox.put("card", "C1", text("two"), final=True)
    assert outbox.take(10, clock()) == []
    assert outbox.lag(clock()) == 0.0


def test_the_lag_is_the_age_of_the_longest_waiting_message(outbox: Box, clock: TestClock) -> None:
    assert outbox.lag(clock()) == 0.0
    outbox.put("card1", "C1", text("one"))
    clock.move(5)
    outbox.put("card2", "C1", text("one"))
    outbox.put("card1", "C1", text("two"))
    assert outbox.lag(clock()) == 5.0
    outbox.sent("card1", 2, "1700.1")
    assert outbox.lag(clock.move(2)) == 2.0
    outbox.sent("card2", 1, "1700.2")
    assert outbox.lag(clock()) == 0.0


ACTIONS = st.one_of(
    st.tuples(st.just("put"), st.sampled_from("abc"), st.booleans()),
    st.tuples(st.just("send"), st.sampled_from("abc"), st.booleans()),
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(actions=st.lists(ACTIONS, max_size=20))
def test_what_was_shown_last_is_the_last_revision_up_to_the_final_one(
    outbox: Box, clock: TestClock, actions: list[tuple[str, str, bool]]
) -> None:
    prefix = f"{clock.move(1).timestamp()}-"
    wanted: dict[str, str] = {}
    ended: set[str] = set()
    shown: dict[str, str] = {}
    for number, (verb, key, final) in enumerate(actions):
        if verb == "put":
            outbox.put(prefix + key, "C1", text(str(number)), final=final)
            if key not in ended:
                wanted[key] = str(number)
            ended |= {key} if final else set()
        else:
            _send(outbox, clock, prefix, shown)
    _send(outbox, clock, prefix, shown)
    assert shown == wanted


def _send(outbox: Box, clock: TestClock, prefix: str, shown: dict[str, str]) -> None:
    for row in outbox.take(100, clock()):
        shown[row.key.removeprefix(prefix)] = row.message.text
        outbox.sent(row.key, row.revision, "1700.1")


@pytest.mark.parametrize("changes", [1, 3])
def test_the_sender_is_woken_when_something_was_put(maybe_database: Database | None, changes: int) -> None:
    woken: list[None] = []

    def wake() -> None:
        woken.append(None)

    outbox = SqlOutbox(maybe_database, wake=wake) if maybe_database else FakeOutbox(wake=wake)
    for number in range(changes):
        outbox.put("card", "C1", text(str(number)))
    assert len(woken) == changes
