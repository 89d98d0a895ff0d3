"""The line: it comes up when Slack does, brings commands, lets in our workspace alone and closes on our word."""

import threading

import pytest

from integrations.slack.client import web_client, who
from integrations.slack.connection import Connection
from integrations.slack.errors import Kind, SlackFailure
from tests.unit.slack.fake_line import FakeLine

COMMAND = {
    "command": "/vss",
    "text": "help",
    "team_id": "T0",
    "user_id": "U1",
    "channel_id": "C1",
    "trigger_id": "1.2.3",
}


@pytest.fixture
def slack():
    line = FakeLine()
    yield line
    line.close()


@pytest.fixture
def connection(slack):
    def listen(app):
        @app.command("/vss")
        def vss(ack, command):
            ack(text=f"heard {command['text']}", response_type="ephemeral")

    client = web_client("xoxb-secret", slack.api_url, timeout_s=2)
    connection = Connection(client, "xapp-secret", listen, first_wait_s=0.02)
    yield connection
    connection.close()


def test_commands_come_in_acks_go_back_other_workspaces_stay_out_and_closing_hangs_up(slack, connection):
    connection.start()
    socket = slack.sockets.get(timeout=5)
    said = slack.send(socket, COMMAND)
    assert said == {"envelope_id": "e1", "payload": {"text": "heard help", "response_type": "ephemeral"}}
    assert connection.is_connected()
    assert connection.problem() == ""

    refused = slack.send(socket, COMMAND | {"team_id": "T9"})
    assert "another workspace" in refused["payload"]["text"]
    assert slack.calls.count("auth.test") == 1  # a command costs no call

    connection.close()
    assert not connection.is_connected()
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("slack-")] == []


def test_slack_being_down_at_the_start_is_outlasted(slack, connection):
    slack.down = True
    connection.start()
    while slack.calls.count("auth.test") < 3:
        connection._stopping.wait(0.01)
    assert not connection.is_connected()
    assert connection.problem() != ""
    slack.down = False
    slack.sockets.get(timeout=5)


def test_who_we_are_and_what_we_may_is_what_slack_says(slack):
    us = who(web_client("xoxb-secret", slack.api_url))
    assert (us.workspace, us.bot_user, us.scopes) == ("T0", "UBOT", ("commands", "chat:write"))


def test_a_slack_that_is_down_is_one_failure_without_a_token(slack):
    slack.down = True
    with pytest.raises(SlackFailure) as raised:
        who(web_client("xoxb-secret", slack.api_url))
    assert raised.value.kind is Kind.LOST
    assert "xoxb" not in str(raised.value)


@pytest.mark.parametrize(
    "url", ["http://slack.com/api/", "ftp://slack.com/", "http://127.0.0.1.evil.example/"]
)
def test_plain_http_to_another_machine_is_refused(url):
    with pytest.raises(ValueError, match="https"):
        web_client("xoxb-secret", url)
