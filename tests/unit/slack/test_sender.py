"""The one sender: each message once, edited in place, within Slack's limits, the last word never lost."""

import http.client
import itertools
from urllib.error import URLError

import pytest

from bot.ports import StoreUnavailable
from integrations.slack.sender import Sender
from tests.fakes.store import FakeOutbox
from tests.unit.slack.workspace import Lost, Time, Workspace, message, refusal


class World:
    """An outbox, a sender and a workspace on one clock; time moves only by what the sender asks to wait."""

    def __init__(self, fallback=lambda key: None):
        self.time = Time()
        self.slack = Workspace(self.time)
        self.outbox = FakeOutbox(now=self.time.now)
        self.counted = []
        self.fallback = fallback
        self.restart()

    def restart(self):
        self.sender = Sender(
            self.outbox,
            self.slack,
            self._fallback,
            now=self.time.now,
            monotonic=self.time.monotonic,
            count=self.counted.append,
        )

    def _fallback(self, key):
        return self.fallback(key)

    def run(self, seconds=0.0):
        """Let the sender work for so many seconds (0: until it has to wait)."""
        until = self.time.seconds + seconds
        while True:
            wait = self.sender.step()
            if wait > 0 and self.time.seconds + wait > until:
                self.time.seconds = until
                return
            self.time.seconds += wait

    def card(self, text, key="card", channel="C1", **kind):
        self.outbox.put(key, channel, message(text), **kind)

    def texts(self, channel="C1"):
        return self.slack.texts(channel)


@pytest.fixture
def world():
    return World()


def test_a_message_is_posted_once_and_then_edited_in_place(world):
    for text in ("one", "two", "three"):
        world.card(text)
        world.run(5)
    assert world.texts() == [["one", "two", "three"]]
    assert world.counted == ["posted", "edited", "edited"]


def test_changes_that_come_faster_than_they_are_sent_become_one_edit(world):
    world.card("one")
    world.run()
    for text in ("two", "three", "four"):
        world.card(text)
    world.run(5)
    assert world.texts() == [["one", "four"]]


def test_one_message_is_edited_at_most_every_1_2_seconds(world):
    world.card("0")
    for n in range(1, 40):
        world.card(str(n))
        world.run(0.1)
    world.run(5)
    times = [at for at, *_ in world.slack.calls]
    assert min(later - earlier for earlier, later in itertools.pairwise(times)) >= 1.2 - 1e-6
    assert world.texts()[0][-1] == "39"


def test_final_messages_go_first_then_notices_then_the_longest_waiting(world):
    for key in ("a", "b", "c"):
        world.card("start", key)
        world.run(2)
    world.card("b goes on", "b")
    world.run()
    world.time.seconds += 10
    world.card("a goes on", "a")
    world.time.seconds += 1
    world.card("b goes on more", "b")
    world.card("notice", "n", "C2", urgent=True)
    world.card("c is over", "c", final=True)
    del world.slack.calls[:]
    world.run(3)
    assert [text for *_, text in world.slack.calls] == ["c is over", "notice", "a goes on", "b goes on more"]


def test_fifty_busy_cards_stay_within_the_budget_and_finals_get_through(world):
    for n in range(50):
        world.card("0", f"card{n}", f"C{n}")
        world.slack.channels.add(f"C{n}")
    world.run(5)
    start = world.time.seconds
    for second in range(60):
        for n in range(50):
            world.card(f"{second}", f"card{n}", f"C{n}")
        if second == 30:
            world.card("over", "card49", "C49", final=True)
        world.run(1)
    edits = [(at, text) for at, method, _, text in world.slack.calls if method == "edit" and at >= start]
    assert 40 <= len(edits) <= 53
    [over] = [at for at, text in edits if text == "over"]
    assert over - start <= 31
    edited = {channel for _, method, channel, _ in world.slack.calls if method == "edit"}
    assert len(edited) >= 40  # the budget is shared, no card takes it all


def test_eight_runs_at_once_are_all_shown_at_once(world):
    for n in range(8):
        world.slack.channels.add(f"D{n}")
        world.card("0", f"card{n}", f"D{n}")
    world.run(15)
    for n in range(8):
        world.card("next phase", f"card{n}", f"D{n}")
    started = world.time.seconds
    world.run(2)
    assert len([1 for at, _, _, text in world.slack.calls if text == "next phase" and at - started <= 2]) == 8


def test_retry_after_is_obeyed_and_nothing_is_lost(world):
    world.card("one")
    world.run(5)
    world.slack.faults = [refusal("ratelimited", 429, {"Retry-After": "17"})]
    world.card("two")
    world.run(1)
    world.card("over", final=True)
    world.card("notice", "n", "C2", urgent=True)
    world.run(40)
    limited, *later = [(at, method) for at, method, *_ in world.slack.calls[1:]]
    assert next(at for at, method in later if method == "edit") >= limited[0] + 17
    assert next(at for at, method in later if method == "post") < limited[0] + 17  # another method may go on
    assert world.texts() == [["one", "over"]]


def test_nothing_comes_after_the_final_revision(world):
    world.card("one")
    world.run(5)
    world.card("over", final=True)
    world.card("late progress")
    world.run(5)
    world.card("later progress")
    world.run(30)
    assert world.texts() == [["one", "over"]]


@pytest.mark.parametrize("code", ["not_in_channel", "channel_not_found", "is_archived"])
def test_a_closed_channel_leads_to_the_fallback_channel_and_edits_stay_there(code):
    world = World(fallback=lambda key: "C2")
    world.slack.faults = [refusal(code)]
    world.slack.channels = {"C2"}
    world.card("one")
    world.run(5)
    world.card("two")
    world.run(5)
    assert world.texts("C2") == [["one", "two"]]


def test_after_a_restart_a_card_that_moved_is_found_again(world):
    world.fallback = lambda key: "C2"
    world.slack.channels = {"C2"}
    world.card("one")
    world.run(5)
    world.restart()
    world.card("over", final=True)
    world.run(5)
    assert world.texts("C2") == [["one", "over"]]


def test_without_a_fallback_a_closed_channel_is_tried_again_and_given_up_in_the_end(world):
    world.slack.channels = set()
    world.card("one")
    world.run(5)
    assert world.outbox.errors["card"] == "not_in_channel"
    world.run(3_600)
    assert world.counted.count("given-up") == 1
    assert len(world.slack.calls) == 12


def test_a_channel_that_opens_later_gets_its_message(world):
    world.slack.channels = set()
    world.card("one")
    world.run(30)
    world.slack.channels = {"C1"}
    world.run(60)
    assert world.texts() == [["one"]]


def test_a_card_that_somebody_deleted_is_posted_anew(world):
    world.card("one")
    world.run(5)
    world.slack.messages.clear()
    world.card("two")
    world.run(5)
    world.card("three")
    world.run(5)
    assert world.texts() == [["two", "three"]]
    assert len(set(world.slack.hints)) == 2  # Slack must not take the new one for a repeat


LOST = [Lost(TimeoutError("timed out")), Lost(http.client.RemoteDisconnected("gone"))]


@pytest.mark.parametrize("fault", LOST, ids=["timeout", "closed"])
def test_a_card_whose_post_got_no_reply_is_not_posted_twice_until_its_last_word(world, fault):
    world.slack.faults = [fault]
    world.card("one")
    world.run(60)
    world.card("two")
    world.run(120)
    assert world.texts() == [["one"]]
    world.card("over", final=True)
    world.run(120)
    assert world.texts() == [["one"], ["over"]]


@pytest.mark.parametrize("fault", LOST, ids=["timeout", "closed"])
def test_a_notice_whose_post_got_no_reply_is_posted_again_with_the_same_hint(world, fault):
    world.slack.faults = [fault]
    world.card("notice", urgent=True)
    world.run(60)
    assert world.texts() == [["notice"], ["notice"]]
    assert len(set(world.slack.hints)) == 1


def test_a_notice_that_slack_knows_already_is_not_repeated(world):
    world.slack.faults = [Lost(TimeoutError("timed out")), refusal("duplicate_message_not_found")]
    world.card("notice", urgent=True)
    world.run(300)
    assert world.texts() == [["notice"]]


def test_an_edit_without_a_reply_is_sent_again(world):
    world.card("one")
    world.run(5)
    world.slack.faults = [Lost(TimeoutError("timed out"))]
    world.card("over", final=True)
    world.run(60)
    assert world.texts() == [["one", "over", "over"]]


def test_an_hour_of_outage_loses_nothing_and_does_not_hammer(world):
    world.card("one")
    world.run(5)
    world.slack.faults = [URLError(ConnectionRefusedError("refused"))] * 1_000
    world.card("over", final=True)
    world.card("notice", "n", "C2", urgent=True)
    world.run(3_600)
    assert 100 <= len(world.slack.calls) <= 140
    assert "cannot be reached" in world.sender.trouble()
    world.slack.faults = []
    world.run(60)
    assert world.texts() == [["one", "over"]]
    assert world.texts("C2") == [["notice"]]
    assert world.sender.trouble() == ""


@pytest.mark.parametrize("code", ["invalid_auth", "token_revoked", "missing_scope"])
def test_a_token_that_is_refused_is_tried_once_a_minute(world, code):
    world.slack.faults = [refusal(code)] * 10
    world.card("one")
    world.run(599)
    assert len(world.slack.calls) == 10
    assert code in world.sender.trouble()
    world.run(60)
    assert world.texts() == [["one"]]


def test_blocks_that_slack_does_not_take_become_plain_text(world):
    world.slack.bad_blocks = True
    world.card("one")
    world.run(5)
    world.card("over", final=True)
    world.run(5)
    assert world.texts() == [["one", "over"]]


def test_a_message_that_slack_chokes_on_does_not_hold_up_the_others(world):
    world.slack.faults = [refusal("internal_error", 500)]
    world.card("bad", "a", urgent=True)
    world.card("good", "b", "C2", urgent=True)
    world.run(1.5)
    assert world.texts("C2") == [["good"]]


def test_a_store_that_fails_after_the_post_does_not_make_a_second_one(world):
    keep, world.outbox.sent = world.outbox.sent, _unavailable
    world.card("one")
    for _ in range(3):
        with pytest.raises(StoreUnavailable):
            world.sender.step()
    world.outbox.sent = keep
    world.card("two")
    world.run(5)
    assert world.texts() == [["one", "two"]]


def _unavailable(key, revision, ts):
    raise StoreUnavailable("locked")


def test_the_thread_sends_when_woken_and_stops_when_told():
    world = World()
    world.sender = Sender(world.outbox, world.slack, lambda key: None)
    world.outbox._wake = world.sender.wake
    world.sender.start()
    try:
        world.card("one")
        deadline = 200
        while not world.texts() and deadline:
            world.sender._stopping.wait(0.01)
            deadline -= 1
        assert world.texts() == [["one"]]
    finally:
        world.sender.close()
    assert world.sender._thread is not None
    assert not world.sender._thread.is_alive()
