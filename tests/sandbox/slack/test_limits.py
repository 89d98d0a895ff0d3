from __future__ import annotations

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sandbox.slack.channels import OPS_BACKUP, TEAM_STORAGE
from sandbox.slack.errors import SlackError
from sandbox.slack.limits import Limits
from sandbox.slack.server import SlackServer


class HandClock:
    """A monotonic clock that is moved by hand."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def hand() -> HandClock:
    return HandClock()


def test_a_tier_is_full_until_its_oldest_call_is_a_minute_old(hand: HandClock) -> None:
    limits = Limits(now=hand)
    for _ in range(50):
        limits.spend("chat.update", 50)
        hand.now_s += 0.5
    with pytest.raises(SlackError) as caught:
        limits.spend("chat.update", 50)
    assert (caught.value.status, caught.value.headers) == (429, {"Retry-After": "35"})
    limits.spend("chat.delete", 50)
    hand.now_s += 35
    limits.spend("chat.update", 50)


def test_posts_into_a_channel_come_one_a_second_after_a_burst(hand: HandClock) -> None:
    limits = Limits(now=hand)
    for _ in range(5):
        limits.spend_post(OPS_BACKUP)
    with pytest.raises(SlackError, match="ratelimited"):
        limits.spend_post(OPS_BACKUP)
    limits.spend_post(TEAM_STORAGE)
    hand.now_s += 1
    limits.spend_post(OPS_BACKUP)


def test_the_whole_workspace_has_a_limit_too(hand: HandClock) -> None:
    limits = Limits(now=hand)
    for number in range(300):
        limits.spend_post(f"C{number}")
    with pytest.raises(SlackError, match="ratelimited"):
        limits.spend_post("C300")


def test_the_client_sees_429_with_retry_after(web: WebClient, slack: SlackServer) -> None:
    for _ in range(5):
        web.chat_postMessage(channel=OPS_BACKUP, text="x")
    with pytest.raises(SlackApiError) as caught:
        web.chat_postMessage(channel=OPS_BACKUP, text="x")
    answer = caught.value.response
    assert (answer.status_code, answer["error"], answer.headers["Retry-After"]) == (429, "ratelimited", "1")
    assert len(slack.messages()) == 5


def test_a_refused_message_costs_no_post(web: WebClient) -> None:
    for _ in range(6):
        with pytest.raises(SlackApiError, match="invalid_blocks"):
            web.chat_postMessage(channel=OPS_BACKUP, text="x", blocks=[{"type": "no"}])
    web.chat_postMessage(channel=OPS_BACKUP, text="x")


def test_updates_are_limited_to_fifty_a_minute(web: WebClient) -> None:
    ts = web.chat_postMessage(channel=OPS_BACKUP, text="x")["ts"]
    for number in range(50):
        web.chat_update(channel=OPS_BACKUP, ts=ts, text=str(number))
    with pytest.raises(SlackApiError, match="ratelimited"):
        web.chat_update(channel=OPS_BACKUP, ts=ts, text="one too many")
