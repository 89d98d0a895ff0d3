from __future__ import annotations

import threading
from typing import Any

from slack_bolt import Ack, App, Respond
from slack_sdk import WebClient

from sandbox.slack.channels import OPS_BACKUP, RANDOM, TEAM_STORAGE
from sandbox.slack.model import Workspace
from sandbox.slack.people import BOT_USER, MEMBER, ONCALL, OUTSIDER, SLACKBOT
from sandbox.slack.server import SlackServer
from tests.sandbox.slack.conftest import Connected, Eventually


def button(action_id: str, **more: Any) -> dict[str, Any]:
    text = {"type": "plain_text", "text": action_id}
    return {"type": "button", "action_id": action_id, "text": text, "value": "run 7", **more}


def test_a_command_is_acked_and_answered_with_a_message_that_is_edited(
    app: App, slack: SlackServer, connected: Connected, eventually: Eventually
) -> None:
    seen: list[dict[str, Any]] = []

    @app.command("/vss")
    def vss(ack: Ack, command: dict[str, Any], client: WebClient) -> None:
        seen.append(command)
        ack(text="working on it")
        posted = client.chat_postMessage(channel=command["channel_id"], text="queued")
        client.chat_update(channel=posted["channel"], ts=posted["ts"], text="done")

    with connected(app):
        assert slack.command("nadia", "#ops-backup", "/vss backup  cluster1 <volume1>") == {"ok": True}
        eventually(lambda: any(message["text"] == "done" for message in slack.messages()))
    [command] = seen
    assert (command["user_id"], command["channel_id"], command["command"]) == (ONCALL, OPS_BACKUP, "/vss")
    assert command["text"] == "backup  cluster1 &lt;volume1&gt;"
    assert (command["channel_name"], command["is_enterprise_install"]) == ("ops-backup", "false")
    by_text = {message["text"]: message for message in slack.messages()}
    assert by_text["working on it"]["ephemeral_to"] == ONCALL
    assert [was["text"] for was in by_text["done"]["revisions"]] == ["queued", "done"]


def test_an_ack_can_answer_in_the_channel(app: App, slack: SlackServer, connected: Connected) -> None:
    @app.command("/vss")
    def vss(ack: Ack) -> None:
        ack(text="for all", response_type="in_channel")

    with connected(app):
        slack.command(ONCALL, RANDOM, "/vss help")
    assert [(message["text"], message["ephemeral_to"]) for message in slack.messages()] == [("for all", None)]


def test_an_ack_with_bad_blocks_is_an_error_for_the_user(
    app: App, slack: SlackServer, connected: Connected
) -> None:
    @app.command("/vss")
    def vss(ack: Ack) -> None:
        ack(text="x", blocks=[{"type": "nonsense"}])

    with connected(app):
        assert slack.command(ONCALL, OPS_BACKUP, "/vss")["error"] == "invalid_command_response"


def test_without_a_connection_the_user_sees_dispatch_failed(slack: SlackServer) -> None:
    assert slack.command(ONCALL, OPS_BACKUP, "/vss help") == {"ok": False, "error": "dispatch_failed"}
    [message] = slack.messages()
    assert message["text"] == '/vss failed with the error "dispatch_failed"'
    assert (message["user"], message["ephemeral_to"]) == (SLACKBOT, ONCALL)


def test_a_late_ack_is_a_timeout_and_the_command_comes_once(
    app: App, slack: SlackServer, connected: Connected
) -> None:
    release, calls = threading.Event(), []

    @app.command("/vss")
    def vss(ack: Ack) -> None:
        calls.append(1)
        release.wait(5)
        ack("too late")

    with connected(app):
        assert slack.command(ONCALL, OPS_BACKUP, "/vss help")["error"] == "operation_timeout"
        release.set()
    assert calls == [1]
    assert [message["text"] for message in slack.messages()] == [
        '/vss failed with the error "operation_timeout"'
    ]


def test_only_who_is_in_a_channel_can_speak_there(slack: SlackServer) -> None:
    assert slack.command(OUTSIDER, TEAM_STORAGE, "/vss help")["error"] == "channel_not_found"
    assert slack.command("nobody", OPS_BACKUP, "/vss help")["error"] == "user_not_found"
    assert slack.command(BOT_USER, OPS_BACKUP, "hello")["error"] == "user_not_found"
    assert slack.command(ONCALL, OPS_BACKUP, "/nope")["error"] == "unknown_command"
    assert slack.command(MEMBER, OPS_BACKUP, "hello <!channel>")["ok"]
    assert slack.messages()[-1]["text"] == "hello &lt;!channel&gt;"


def test_a_click_carries_the_action_and_can_replace_the_message(
    app: App, web: WebClient, slack: SlackServer, connected: Connected, eventually: Eventually
) -> None:
    bodies: list[dict[str, Any]] = []

    @app.action("cancel")
    def cancel(ack: Ack, body: dict[str, Any], respond: Respond) -> None:
        ack()
        bodies.append(body)
        respond(text="cancelled", blocks=[], replace_original=True)

    ts = web.chat_postMessage(
        channel=OPS_BACKUP,
        text="running",
        blocks=[{"type": "actions", "elements": [button("log"), button("cancel")]}],
    )["ts"]
    with connected(app):
        assert slack.click(MEMBER, OPS_BACKUP, ts, "cancel") == {"ok": True}
        eventually(lambda: slack.messages()[0]["text"] == "cancelled")
        assert slack.click(MEMBER, OPS_BACKUP, ts, "cancel")["error"] == "action_not_found"
        assert slack.click(MEMBER, OPS_BACKUP, "1.2", "cancel")["error"] == "message_not_found"
    [body] = bodies
    assert (body["type"], body["user"]["id"], body["user"]["team_id"]) == (
        "block_actions",
        MEMBER,
        "T0SANDBOX",
    )
    assert body["container"] == {
        "type": "message",
        "message_ts": ts,
        "channel_id": OPS_BACKUP,
        "is_ephemeral": False,
    }
    [action] = body["actions"]
    assert (action["action_id"], action["value"], action["type"]) == ("cancel", "run 7", "button")


def test_a_private_message_is_clicked_by_its_reader_only(
    app: App, web: WebClient, slack: SlackServer, connected: Connected, eventually: Eventually
) -> None:
    @app.action("dismiss")
    def dismiss(ack: Ack, body: dict[str, Any], respond: Respond) -> None:
        ack()
        assert "message" not in body
        respond(delete_original=True)

    accessory = {"type": "section", "text": {"type": "mrkdwn", "text": "x"}, "accessory": button("dismiss")}
    web.chat_postEphemeral(channel=OPS_BACKUP, user=ONCALL, text="psst", blocks=[accessory])
    ts = slack.messages()[0]["ts"]
    with connected(app):
        assert slack.click(MEMBER, OPS_BACKUP, ts, "dismiss")["error"] == "message_not_found"
        assert slack.click(ONCALL, OPS_BACKUP, ts, "dismiss")["ok"]
        eventually(lambda: slack.messages() == [])


def test_a_trigger_opens_a_view_while_the_command_runs(
    app: App, slack: SlackServer, workspace: Workspace, connected: Connected
) -> None:
    opened = threading.Event()
    modal = {
        "type": "modal",
        "title": {"type": "plain_text", "text": "Backup"},
        "blocks": [{"type": "section", "text": {"type": "plain_text", "text": "Loading"}}],
    }

    @app.command("/vss")
    def vss(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=modal)
        opened.set()

    with connected(app):
        slack.command(ONCALL, OPS_BACKUP, "/vss backup")
        assert opened.wait(5)
    assert [view["user"] for view in workspace.views.values()] == [ONCALL]
