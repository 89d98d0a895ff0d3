from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from slack_bolt import Ack, App
from slack_sdk import WebClient
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from sandbox.faults import Fault, Faults
from sandbox.slack.channels import OPS_BACKUP
from sandbox.slack.people import ONCALL
from sandbox.slack.server import SlackServer
from tests.sandbox.slack.conftest import Connected, Eventually


def acking(app: App) -> list[dict[str, Any]]:
    """Let the app ack commands and mentions, and return what it got."""
    got: list[dict[str, Any]] = []

    @app.command("/vss")
    def vss(ack: Ack, body: dict[str, Any]) -> None:
        got.append(body)
        ack()

    return got


@pytest.fixture
def raw(slack: SlackServer) -> Iterator[ClientConnection]:
    """A websocket that does nothing by itself."""
    app = WebClient(slack.app_token, base_url=slack.api_url)
    url = app.apps_connections_open(app_token=slack.app_token)["url"]
    with connect(url) as socket:
        assert json.loads(socket.recv(5))["type"] == "hello"
        yield socket


def test_a_ticket_is_good_once(slack: SlackServer, web: WebClient) -> None:
    url = web.apps_connections_open(app_token=slack.app_token)["url"]
    with connect(url) as socket:
        hello = json.loads(socket.recv(5))
    assert (hello["type"], hello["connection_info"]) == ("hello", {"app_id": "A0VSSBOT001"})
    with pytest.raises(InvalidStatus):
        connect(url)


def test_an_envelope_has_the_form_that_slack_sends(slack: SlackServer, raw: ClientConnection) -> None:
    typed = threading.Thread(target=slack.command, args=(ONCALL, OPS_BACKUP, "/vss help"))
    typed.start()
    envelope = json.loads(raw.recv(5))
    raw.send(json.dumps({"envelope_id": envelope["envelope_id"], "payload": {"text": "hi"}}))
    typed.join()
    assert set(envelope) == {"envelope_id", "type", "accepts_response_payload", "payload"}
    assert (envelope["type"], envelope["accepts_response_payload"]) == ("slash_commands", True)
    assert [message["text"] for message in slack.messages()] == ["hi"]


def test_a_websocket_that_says_nonsense_stays_connected(slack: SlackServer, raw: ClientConnection) -> None:
    for nonsense in ("", "{", "[]", '{"envelope_id": 7}', '{"envelope_id": []}'):
        raw.send(nonsense)
    test_an_envelope_has_the_form_that_slack_sends(slack, raw)


def test_pings_go_both_ways(slack: SlackServer, raw: ClientConnection) -> None:
    assert raw.ping().wait(5)
    assert slack.connections == 1


def test_each_envelope_goes_to_one_of_several_connections(
    app: App, web: WebClient, slack: SlackServer, connected: Connected
) -> None:
    other = App(client=web)
    one, two = acking(app), acking(other)
    with connected(app), connected(other):
        for _ in range(6):
            assert slack.command(ONCALL, OPS_BACKUP, "/vss help")["ok"]
    assert (len(one), len(two)) == (3, 3)


def test_an_asked_for_reconnect_loses_no_command(
    app: App, slack: SlackServer, faults: Faults, connected: Connected, eventually: Eventually
) -> None:
    got = acking(app)
    with connected(app) as handler:
        before = handler.client.session_id()
        faults.add(Fault("slack.socket", "disconnect"))
        eventually(lambda: handler.client.session_id() != before)
        eventually(lambda: slack.connections == 1)
        assert slack.command(ONCALL, OPS_BACKUP, "/vss help")["ok"]
    assert len(got) == 1


def test_a_cut_connection_is_opened_again(
    app: App, slack: SlackServer, faults: Faults, connected: Connected, eventually: Eventually
) -> None:
    acking(app)
    with connected(app) as handler:
        before = handler.client.session_id()
        faults.add(Fault("slack.socket", "cut"))
        eventually(lambda: handler.client.session_id() != before and slack.connections == 1)
        assert slack.command(ONCALL, OPS_BACKUP, "/vss help")["ok"]


def test_a_dead_connection_swallows_commands_until_the_client_notices(
    app: App, slack: SlackServer, faults: Faults, connected: Connected, eventually: Eventually
) -> None:
    got = acking(app)
    with connected(app) as handler:
        before = handler.client.session_id()
        faults.add(Fault("slack.socket", "dead"))
        eventually(lambda: slack.connections == 0)
        assert slack.command(ONCALL, OPS_BACKUP, "/vss help")["error"] == "operation_timeout"
        assert got == []
        eventually(lambda: handler.client.session_id() != before and slack.connections == 1)
        assert slack.command(ONCALL, OPS_BACKUP, "/vss help")["ok"]


def test_a_redelivered_envelope_comes_twice_with_one_trigger(
    app: App, slack: SlackServer, faults: Faults, connected: Connected, eventually: Eventually
) -> None:
    got = acking(app)
    faults.add(Fault("slack.socket", "redeliver"))
    with connected(app):
        assert slack.command(ONCALL, OPS_BACKUP, "/vss help")["ok"]
        eventually(lambda: len(got) == 2)
    assert got[0]["trigger_id"] == got[1]["trigger_id"]


def test_an_unacked_event_comes_again_with_its_count(
    app: App, slack: SlackServer, connected: Connected, eventually: Eventually
) -> None:
    slack.workspace.app.events = {"app_mention"}
    retries: list[str] = []

    @app.middleware
    def count(req: Any, next: Any) -> None:
        retries.append(req.headers.get("x-slack-retry-num", ["-"])[0])
        if len(retries) > 2:
            next()

    @app.event("app_mention")
    def mentioned() -> None:
        pass

    with connected(app):
        slack.command(ONCALL, OPS_BACKUP, "@vssbot hello")
        eventually(lambda: len(retries) == 3)
    assert retries == ["0", "1", "2"]


def test_an_event_that_nobody_subscribed_to_is_not_sent(slack: SlackServer, raw: ClientConnection) -> None:
    slack.command(ONCALL, OPS_BACKUP, "@vssbot hello")
    with pytest.raises(TimeoutError):
        raw.recv(0.2)
