from __future__ import annotations

from typing import Any

import pytest
import requests
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sandbox.slack.channels import OPS_BACKUP, RANDOM, STORAGE_ONCALL, TEAM_STORAGE
from sandbox.slack.messages import Content
from sandbox.slack.model import Workspace
from sandbox.slack.people import BOT_USER, MEMBER, ONCALL, OTHER_TEAM, OUTSIDER, SLACKBOT
from sandbox.slack.server import SlackServer

SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "*hello*"}}


def error_of(call: Any, **arguments: Any) -> str:
    """Return the error code that Slack's client raised."""
    with pytest.raises(SlackApiError) as caught:
        call(**arguments)
    return str(caught.value.response["error"])


def test_the_bot_learns_who_it_is_and_what_it_may_do(web: WebClient, slack: SlackServer) -> None:
    answer = web.auth_test()
    assert (answer["team_id"], answer["user_id"], answer["bot_id"]) == ("T0SANDBOX", BOT_USER, "B0VSSBOT001")
    assert answer["url"] == slack.page_url
    assert answer.headers["x-oauth-scopes"].split(",") == sorted(slack.workspace.app.scopes)
    assert web.bots_info(bot=answer["bot_id"])["bot"]["app_id"] == "A0VSSBOT001"


def test_a_posted_message_is_read_back_with_its_blocks(web: WebClient, slack: SlackServer) -> None:
    answer = web.chat_postMessage(channel="#ops-backup", text="hello", blocks=[SECTION], unfurl_links=False)
    assert answer["channel"] == OPS_BACKUP
    [message] = slack.messages()
    assert (message["ts"], message["user"], message["text"]) == (answer["ts"], BOT_USER, "hello")
    assert message["blocks"] == [{"block_id": "b0000", **SECTION}]
    assert set(message) == {
        "channel",
        "ts",
        "thread_ts",
        "user",
        "text",
        "blocks",
        "revisions",
        "ephemeral_to",
    }


def test_every_edit_is_kept_in_order(web: WebClient, slack: SlackServer) -> None:
    ts = web.chat_postMessage(channel=OPS_BACKUP, text="one", blocks=[SECTION])["ts"]
    web.chat_update(channel=OPS_BACKUP, ts=ts, text="two")
    web.chat_update(channel=OPS_BACKUP, ts=ts, text="three", blocks=[])
    [message] = slack.messages()
    assert [(was["text"], len(was["blocks"])) for was in message["revisions"]] == [
        ("one", 1),
        ("two", 1),
        ("three", 0),
    ]


def test_stamps_rise_and_never_repeat(web: WebClient, workspace: Workspace) -> None:
    stamps = [workspace.next_ts() for _ in range(1000)]
    assert sorted(set(stamps), key=float) == stamps


def test_a_reply_joins_the_thread_of_its_parent(web: WebClient, slack: SlackServer) -> None:
    parent = web.chat_postMessage(channel=OPS_BACKUP, text="parent")["ts"]
    reply = web.chat_postMessage(channel=OPS_BACKUP, text="reply", thread_ts=parent)["ts"]
    web.chat_postMessage(channel=OPS_BACKUP, text="reply to the reply", thread_ts=reply)
    assert [message["thread_ts"] for message in slack.messages()] == [None, parent, parent]
    assert error_of(web.chat_postMessage, channel=OPS_BACKUP, text="x", thread_ts="1.2") == "thread_not_found"


def test_an_ephemeral_message_is_for_one_person_and_cannot_be_edited(
    web: WebClient, slack: SlackServer
) -> None:
    ts = web.chat_postEphemeral(channel=OPS_BACKUP, user=ONCALL, text="psst")["message_ts"]
    assert slack.messages()[0]["ephemeral_to"] == ONCALL
    assert error_of(web.chat_update, channel=OPS_BACKUP, ts=ts, text="x") == "message_not_found"
    assert (
        error_of(web.chat_postEphemeral, channel=TEAM_STORAGE, user=OUTSIDER, text="x")
        == "user_not_in_channel"
    )


def test_the_bot_writes_to_a_person_by_user_id(web: WebClient, slack: SlackServer) -> None:
    opened = web.conversations_open(users=[ONCALL])["channel"]["id"]
    assert web.chat_postMessage(channel=ONCALL, text="hello")["channel"] == opened


def test_a_deleted_message_is_gone(web: WebClient, slack: SlackServer) -> None:
    ts = web.chat_postMessage(channel=OPS_BACKUP, text="oops")["ts"]
    web.chat_delete(channel=OPS_BACKUP, ts=ts)
    assert slack.messages() == []
    assert error_of(web.chat_update, channel=OPS_BACKUP, ts=ts, text="x") == "message_not_found"


def test_a_permalink_leads_to_the_page(web: WebClient, slack: SlackServer) -> None:
    ts = web.chat_postMessage(channel=OPS_BACKUP, text="here")["ts"]
    link = web.chat_getPermalink(channel=OPS_BACKUP, message_ts=ts)["permalink"]
    assert link == f"{slack.page_url}archives/{OPS_BACKUP}/p{ts.replace('.', '')}"
    assert '<div id="root">' in requests.get(link, timeout=5).text


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"channel": "C0NOWHERE01", "text": "x"}, "channel_not_found"),
        ({"channel": RANDOM, "text": "x"}, "not_in_channel"),
        ({"channel": OPS_BACKUP, "text": "x" * 40_001}, "msg_too_long"),
        ({"channel": OPS_BACKUP, "text": "x", "blocks": [{"type": "nonsense"}]}, "invalid_blocks"),
        ({"channel": OPS_BACKUP, "text": "x", "blocks": "{"}, "invalid_blocks_format"),
    ],
)
def test_a_message_that_slack_would_refuse_is_refused(
    web: WebClient, slack: SlackServer, arguments: dict[str, Any], code: str
) -> None:
    assert error_of(web.chat_postMessage, **arguments) == code
    assert slack.messages() == []


def test_a_message_without_words_or_blocks_is_refused(web: WebClient) -> None:
    assert error_of(web.api_call, api_method="chat.postMessage", json={"channel": OPS_BACKUP}) == "no_text"
    assert error_of(web.api_call, api_method="chat.postMessage", json={"text": "x"}) == "invalid_arguments"


def test_nothing_is_written_to_an_archived_channel(web: WebClient, workspace: Workspace) -> None:
    ts = web.chat_postMessage(channel=OPS_BACKUP, text="before")["ts"]
    workspace.channels[OPS_BACKUP].is_archived = True
    assert error_of(web.chat_postMessage, channel=OPS_BACKUP, text="x") == "is_archived"
    assert error_of(web.chat_update, channel=OPS_BACKUP, ts=ts, text="x") == "is_archived"


def test_the_bot_edits_only_its_own_messages_within_the_window(web: WebClient, workspace: Workspace) -> None:
    theirs = workspace.post(OPS_BACKUP, MEMBER, Content("mine"))
    assert error_of(web.chat_update, channel=OPS_BACKUP, ts=theirs.ts, text="x") == "cant_update_message"
    ts = web.chat_postMessage(channel=OPS_BACKUP, text="mine")["ts"]
    assert error_of(web.chat_update, channel=OPS_BACKUP, ts=ts, text="x" * 4001) == "msg_too_long"
    workspace.edit_window_s = 0
    assert error_of(web.chat_update, channel=OPS_BACKUP, ts=ts, text="x") == "edit_window_closed"


def test_tokens_are_told_apart(slack: SlackServer, web: WebClient) -> None:
    assert error_of(WebClient("xoxb-wrong", base_url=slack.api_url).auth_test) == "invalid_auth"
    assert error_of(WebClient(base_url=slack.api_url).auth_test) == "not_authed"
    assert error_of(web.apps_connections_open, app_token=slack.bot_token) == "not_allowed_token_type"
    app = WebClient(slack.app_token, base_url=slack.api_url)
    assert error_of(app.users_info, user=ONCALL) == "not_allowed_token_type"
    assert app.auth_test()["app_id"] == "A0VSSBOT001"


def test_a_missing_scope_is_named(web: WebClient, workspace: Workspace) -> None:
    workspace.app.scopes = {"chat:write"}
    with pytest.raises(SlackApiError) as caught:
        web.users_info(user=ONCALL)
    answer = caught.value.response
    assert (answer["error"], answer["needed"], answer["provided"]) == (
        "missing_scope",
        "users:read",
        "chat:write",
    )
    assert error_of(web.conversations_list, types="im") == "missing_scope"


def test_a_method_outside_the_list_is_unknown(web: WebClient) -> None:
    assert error_of(web.api_call, api_method="conversations.history") == "unknown_method"


def test_people_carry_zone_team_and_standing(web: WebClient) -> None:
    outsider = web.users_info(user=OUTSIDER)["user"]
    assert (outsider["team_id"], outsider["is_restricted"], outsider["tz"]) == (
        OTHER_TEAM,
        True,
        "Asia/Tokyo",
    )
    assert outsider["tz_offset"] == 9 * 3600
    listed = {member["id"] for member in web.users_list()["members"]}
    assert {ONCALL, MEMBER, OUTSIDER, BOT_USER, SLACKBOT} < listed
    assert error_of(web.users_info, user="U0NOBODY001") == "user_not_found"


def test_the_user_group_has_its_members(web: WebClient) -> None:
    [group] = web.usergroups_list(include_users=True)["usergroups"]
    assert (group["id"], group["handle"], group["users"]) == (STORAGE_ONCALL, "storage-oncall", [ONCALL])
    assert web.usergroups_users_list(usergroup=STORAGE_ONCALL)["users"] == [ONCALL]
    assert error_of(web.usergroups_users_list, usergroup="S0GONE") == "no_such_subteam"


def test_channels_say_whether_the_bot_is_in_and_who_else(web: WebClient) -> None:
    channels = {channel["name"]: channel for channel in web.conversations_list()["channels"]}
    assert {name: channel["is_member"] for name, channel in channels.items()} == {
        "ops-backup": True,
        "team-storage": True,
        "random": False,
    }
    assert web.conversations_info(channel=RANDOM)["channel"]["is_ext_shared"] is True
    assert OUTSIDER not in web.conversations_members(channel=TEAM_STORAGE)["members"]
    assert error_of(web.conversations_info, channel="C0NOWHERE01") == "channel_not_found"


def test_a_view_needs_a_fresh_trigger_and_a_valid_body(web: WebClient, workspace: Workspace) -> None:
    modal = {"type": "modal", "title": {"type": "plain_text", "text": "Backup"}, "blocks": [SECTION]}
    trigger = workspace.triggers.issue(ONCALL)
    view = web.views_open(trigger_id=trigger, view=modal)["view"]
    assert error_of(web.views_open, trigger_id=trigger, view=modal) == "exchanged_trigger_id"
    assert error_of(web.views_open, trigger_id="1.2.3", view=modal) == "invalid_trigger_id"
    assert error_of(web.views_update, view_id=view["id"], view=modal, hash="old") == "hash_conflict"
    assert web.views_update(view_id=view["id"], view=modal, hash=view["hash"])["view"]["id"] == view["id"]
    bad = {**modal, "title": {"type": "plain_text", "text": "far too long for the title of a modal"}}
    assert (
        error_of(web.views_open, trigger_id=workspace.triggers.issue(ONCALL), view=bad) == "invalid_arguments"
    )
    assert (
        web.views_publish(user_id=ONCALL, view={"type": "home", "blocks": [SECTION]})["view"]["type"]
        == "home"
    )


def test_a_file_is_shared_in_two_steps(web: WebClient, workspace: Workspace) -> None:
    assert error_of(web.files_getUploadURLExternal, filename="a.log", length=3) == "missing_scope"
    workspace.app.scopes.add("files:write")
    web.files_upload_v2(
        channel=OPS_BACKUP, filename="diskshadow.log", content="abc", initial_comment="the log"
    )
    [message] = workspace.messages(OPS_BACKUP)
    assert message.content.text == "the log"
    assert [file["name"] for file in message.content.files] == ["diskshadow.log"]
    assert [file["bytes"] for file in workspace.files.values()] == [b"abc"]
