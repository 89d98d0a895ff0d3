from __future__ import annotations

from typing import Any

import pytest
from slack_bolt import Ack, App
from slack_sdk.webhook import WebhookClient

from sandbox.faults import Fault, Faults
from sandbox.slack.channels import RANDOM
from sandbox.slack.errors import SlackError
from sandbox.slack.hooks import Hooks
from sandbox.slack.model import Workspace
from sandbox.slack.people import ONCALL
from sandbox.slack.server import SlackServer
from tests.sandbox.slack.conftest import Connected


@pytest.fixture
def hook(app: App, slack: SlackServer, connected: Connected) -> WebhookClient:
    """The response URL of a command typed in a channel without the bot."""
    urls: list[str] = []

    @app.command("/vss")
    def vss(ack: Ack, command: dict[str, Any]) -> None:
        urls.append(command["response_url"])
        ack()

    with connected(app):
        slack.command(ONCALL, RANDOM, "/vss help")
    return WebhookClient(urls[0], retry_handlers=[])


def test_an_answer_reaches_the_user_alone_where_the_bot_is_no_member(
    hook: WebhookClient, slack: SlackServer
) -> None:
    assert hook.send(text="only you").status_code == 200
    assert hook.send(text="all of you", response_type="in_channel").status_code == 200
    assert [
        (message["channel"], message["text"], message["ephemeral_to"]) for message in slack.messages()
    ] == [
        (RANDOM, "only you", ONCALL),
        (RANDOM, "all of you", None),
    ]


def test_the_sixth_answer_is_refused(hook: WebhookClient, slack: SlackServer) -> None:
    answers = [hook.send(text=str(number)) for number in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [404]
    assert answers[5].body == "used_url"
    assert len(slack.messages()) == 5


def test_bad_answers_are_refused_and_cost_nothing(hook: WebhookClient, slack: SlackServer) -> None:
    for body in ({"text": ""}, {"text": "x", "blocks": [{"type": "nonsense"}]}):
        assert hook.send_dict(body).status_code == 400
    for number in range(5):
        assert hook.send(text=str(number)).status_code == 200


def test_an_answer_after_half_an_hour_is_refused(workspace: Workspace) -> None:
    now = [0.0]
    hooks = Hooks(workspace, now=lambda: now[0])
    secret = hooks.issue("commands", ONCALL, RANDOM).rsplit("/", 1)[1]
    now[0] = 1799
    hooks.use(secret, {"text": "in time"})
    now[0] = 1801
    with pytest.raises(SlackError, match="expired_url"):
        hooks.use(secret, {"text": "too late"})
    with pytest.raises(SlackError, match="no_such_url"):
        hooks.use("guessed", {"text": "x"})


def test_a_response_url_can_fail(hook: WebhookClient, slack: SlackServer, faults: Faults) -> None:
    faults.add(Fault("slack.response_url", "500"))
    assert hook.send(text="never").status_code == 500
    assert slack.messages() == []
