"""The page in a real browser."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from slack_bolt import Ack, App, Respond
from slack_sdk import WebClient

from sandbox.slack.channels import OPS_BACKUP
from sandbox.slack.people import MEMBER, OUTSIDER
from sandbox.slack.server import SlackServer
from tests.sandbox.slack import chromium
from tests.sandbox.slack.conftest import Connected

NAME = "csv1.VSS-0123456789ABCDEF0123456789ABCDEF"
CONFIRM = {
    "title": {"type": "plain_text", "text": "Cancel this backup?"},
    "text": {"type": "plain_text", "text": "Nothing has been taken yet."},
    "confirm": {"type": "plain_text", "text": "Cancel it"},
    "deny": {"type": "plain_text", "text": "Keep going"},
}


@pytest.fixture(scope="module")
def browser() -> Iterator[chromium.Tab]:
    if chromium.found() is None:
        if os.environ.get("VSSBOT_TEST_REQUIRE") == "all":
            pytest.fail("Chromium is not installed")
        pytest.skip("Chromium is not installed; on Debian: apt-get install chromium")
    with chromium.chromium() as tab:
        yield tab


def section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def run_backup(ack: Ack, command: dict[str, Any], client: WebClient) -> None:
    """Answer a command with a card that ends in the snapshot's name."""
    ack("Your backup is queued")
    cancel = {"type": "button", "action_id": "cancel", "text": {"type": "plain_text", "text": "Cancel"}}
    card = [section("Preparing"), {"type": "actions", "elements": [{**cancel, "confirm": CONFIRM}]}]
    ts = client.chat_postMessage(channel=command["channel_id"], text="running", blocks=card)["ts"]
    card[0] = section(f"Done: `{NAME}`")
    client.chat_update(channel=command["channel_id"], ts=ts, text="done", blocks=card)
    client.chat_postMessage(channel=command["channel_id"], thread_ts=ts, text="the details")


def test_a_command_typed_on_the_page_ends_in_a_card_with_buttons(
    browser: chromium.Tab, app: App, slack: SlackServer, connected: Connected
) -> None:
    app.command("/vss")(run_backup)

    @app.action("cancel")
    def cancel(ack: Ack, respond: Respond) -> None:
        ack()
        respond("Cancelling")

    with connected(app):
        browser.open(slack.page_url)
        browser.type("textarea", "/vss backup cluster1 volume1")
        browser.see("Your backup is queued")
        browser.see("Only visible to you")
        browser.see(NAME)
        browser.see("(edited)")
        browser.click(".replies")
        browser.see("the details")
        browser.click("button#cancel")
        browser.see("Cancel this backup?")
        browser.click(".confirm .primary")
        browser.see("Cancelling")
    assert browser.faults == []
    assert {url.split("/")[2] for url in browser.requested if url.startswith("http")} == {
        slack.page_url.split("/")[2]
    }


def test_a_private_answer_is_not_shown_to_others(
    browser: chromium.Tab, web: WebClient, slack: SlackServer
) -> None:
    web.chat_postEphemeral(channel=OPS_BACKUP, user=MEMBER, text="for Tom alone")
    web.chat_postMessage(channel=OPS_BACKUP, text="for all")
    browser.open(f"{slack.page_url}?as={OUTSIDER}", width=390, height=844)
    browser.see("for all")
    assert "for Tom alone" not in browser.run("document.body.innerText")
    browser.open(f"{slack.page_url}?as={MEMBER}", width=390, height=844)
    browser.see("for Tom alone")
    assert browser.run("document.documentElement.scrollWidth") <= 390


def test_outside_text_stays_text(browser: chromium.Tab, web: WebClient, slack: SlackServer) -> None:
    web.chat_postMessage(
        channel=OPS_BACKUP, text="name &lt;!channel&gt; &lt;@U0MEMBER001&gt; &amp;lt;b&gt; <@U0MEMBER001>"
    )
    browser.open(slack.page_url)
    browser.see("name <!channel> <@U0MEMBER001> &lt;b> @tom")
    assert browser.run("document.querySelectorAll('.mention').length") == 1


def test_dates_are_in_the_zone_of_whoever_looks(
    browser: chromium.Tab, web: WebClient, slack: SlackServer
) -> None:
    web.chat_postMessage(channel=OPS_BACKUP, text="due <!date^1700000000^{date_num} {time}|later>")
    browser.open(slack.page_url)
    browser.see("due 2023-11-14 23:13")
    browser.open(f"{slack.page_url}?as={OUTSIDER}")
    browser.see("due 2023-11-15 07:13")
