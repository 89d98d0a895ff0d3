from __future__ import annotations

import urllib.error
from http.client import RemoteDisconnected

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sandbox.faults import Fault, Faults
from sandbox.slack.channels import OPS_BACKUP
from sandbox.slack.server import SlackServer


def test_the_points_are_published(slack: SlackServer, faults: Faults) -> None:
    assert {"slack.chat.postMessage", "slack.chat.update", "slack.any", "slack.socket"} <= set(faults.points)
    assert {"ratelimited", "500", "503", "lost_reply", "drop", "slow"} <= set(
        faults.points["slack.any"].kinds
    )
    assert {"disconnect", "dead", "redeliver"} <= set(faults.points["slack.socket"].kinds)


def test_a_lost_reply_means_done_but_not_known(web: WebClient, slack: SlackServer, faults: Faults) -> None:
    faults.add(Fault("slack.chat.postMessage", "lost_reply"))
    with pytest.raises((RemoteDisconnected, urllib.error.URLError, ConnectionResetError)):
        web.chat_postMessage(channel=OPS_BACKUP, text="done")
    assert [message["text"] for message in slack.messages()] == ["done"]


def test_the_default_client_posts_twice_after_a_lost_reply(slack: SlackServer, faults: Faults) -> None:
    faults.add(Fault("slack.chat.postMessage", "lost_reply"))
    WebClient(slack.bot_token, base_url=slack.api_url).chat_postMessage(channel=OPS_BACKUP, text="done")
    assert len(slack.messages()) == 2


def test_a_dropped_call_does_nothing(web: WebClient, slack: SlackServer, faults: Faults) -> None:
    faults.add(Fault("slack.chat.postMessage", "drop"))
    with pytest.raises((RemoteDisconnected, urllib.error.URLError, ConnectionResetError)):
        web.chat_postMessage(channel=OPS_BACKUP, text="never")
    assert slack.messages() == []


@pytest.mark.parametrize("status", [500, 503])
def test_a_server_error_does_nothing(web: WebClient, slack: SlackServer, faults: Faults, status: int) -> None:
    faults.add(Fault("slack.any", str(status)))
    with pytest.raises(SlackApiError) as caught:
        web.chat_postMessage(channel=OPS_BACKUP, text="never")
    assert caught.value.response.status_code == status
    assert slack.messages() == []


def test_a_rate_limit_can_be_ordered(web: WebClient, faults: Faults) -> None:
    faults.add(Fault("slack.chat.update", "ratelimited", delay_s=17))
    with pytest.raises(SlackApiError) as caught:
        web.chat_update(channel=OPS_BACKUP, ts="1.2", text="x")
    assert caught.value.response.headers["Retry-After"] == "17"


@pytest.mark.parametrize(
    "code", ["invalid_auth", "channel_not_found", "not_in_channel", "is_archived", "message_not_found"]
)
def test_an_error_answer_can_be_ordered_and_happens_once(web: WebClient, faults: Faults, code: str) -> None:
    faults.add(Fault("slack.chat.postMessage", code))
    with pytest.raises(SlackApiError, match=code):
        web.chat_postMessage(channel=OPS_BACKUP, text="x")
    assert web.chat_postMessage(channel=OPS_BACKUP, text="x")["ok"]


def test_a_slow_call_outlasts_an_impatient_client(slack: SlackServer, faults: Faults) -> None:
    faults.add(Fault("slack.auth.test", "slow", delay_s=5))
    with pytest.raises((TimeoutError, urllib.error.URLError)):
        WebClient(slack.bot_token, base_url=slack.api_url, timeout=1).auth_test()
