"""The page in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from slack_bolt import Ack, App, Respond
from slack_sdk import WebClient

from sandbox.slack.channels import OPS_BACKUP
from sandbox.slack.people import MEMBER, ONCALL, OUTSIDER
from sandbox.slack.server import SlackServer
from tests.requires import needs
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
        needs("chromium", "on Debian: apt-get install chromium")
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


def drawn(browser: chromium.Tab) -> list[list[str]]:
    """Return each drawn piece of mark-up as the name of its element and its words."""
    pieces: list[list[str]] = browser.run(
        "[...document.querySelectorAll('.mrkdwn :is(strong, em, del, code, pre, blockquote, time, a, .mention)')]"
        ".map((piece) => [piece.localName, piece.innerText])"
    )
    return pieces


def test_a_verbatim_text_keeps_its_formatting_and_gets_no_links_of_its_own(
    browser: chromium.Tab, web: WebClient, slack: SlackServer
) -> None:
    text = (
        f"*bold* _it_ ~gone~ `*code*` <!date^1700000000^{{time}}|later> <@{ONCALL}> <#{OPS_BACKUP}>"
        " <https://a.example/|label> https://b.example #random a*b*c \\\\srv\\x_y_z [x](https://c.example)"
    )
    block = section(text)
    block["text"]["verbatim"] = True
    web.chat_postMessage(channel=OPS_BACKUP, text="all", blocks=[block])
    browser.open(slack.page_url)
    browser.see(
        "bold it gone *code* 23:13 @nadia #ops-backup label https://b.example #random a*b*c \\\\srv\\x_y_z [x]("
    )
    marked = [["strong", "bold"], ["em", "it"], ["del", "gone"], ["code", "*code*"], ["time", "23:13"]]
    mentions = [["span", "@nadia"], ["span", "#ops-backup"]]
    assert drawn(browser) == [*marked, *mentions, ["a", "label"]]

    web.chat_update(
        channel=OPS_BACKUP,
        ts=web.chat_postMessage(channel=OPS_BACKUP, text="more")["ts"],
        text="more",
        blocks=[section("see https://d.example, #random and #nowhere")],
    )
    browser.see("(edited)")
    assert drawn(browser)[-2:] == [["a", "https://d.example"], ["span", "#random"]]


def test_mark_up_from_outside_stays_inert_in_a_card(
    browser: chromium.Tab, web: WebClient, slack: SlackServer
) -> None:
    block = section("*VM* &lt;!channel&gt; <javascript:alert(1)|go> <b>x</b> `<@U0MEMBER001>` end")
    block["text"]["verbatim"] = True
    web.chat_postMessage(channel=OPS_BACKUP, text="card", blocks=[block])
    browser.open(slack.page_url)
    browser.see("VM <!channel> <javascript:alert(1)|go> <b>x</b> <@U0MEMBER001> end")
    assert drawn(browser) == [["strong", "VM"], ["code", "<@U0MEMBER001>"]]


def test_long_names_break_on_a_phone(browser: chromium.Tab, web: WebClient, slack: SlackServer) -> None:
    long = f"`pg.{NAME}.{'x' * 60}` {'y' * 80}"
    fields = {"type": "section", "fields": [{"type": "mrkdwn", "text": long}] * 2}
    small = {"type": "context", "elements": [{"type": "mrkdwn", "text": long}]}
    web.chat_postMessage(channel=OPS_BACKUP, text=long)
    web.chat_postMessage(
        channel=OPS_BACKUP, text="all", blocks=[section(f"```{NAME * 3}``` {long}"), fields, small]
    )
    browser.open(slack.page_url, width=390, height=844)
    browser.wait("document.querySelectorAll('.piece.context').length == 1")
    wide = "[document.documentElement, document.querySelector('.list')].map((box) => box.scrollWidth)"
    assert max(browser.run(wide)) <= 390
    edges = "[...document.querySelectorAll('.mrkdwn *')].map((word) => word.getBoundingClientRect().right)"
    assert max(browser.run(edges)) <= 390


def test_the_newest_message_stays_in_view_and_an_edit_above_moves_nothing(
    browser: chromium.Tab, web: WebClient, slack: SlackServer
) -> None:
    tall = [section("\n".join(f"line {number}" for number in range(60)))]
    first = web.chat_postMessage(channel=OPS_BACKUP, text="card", blocks=tall)["ts"]
    web.chat_postMessage(channel=OPS_BACKUP, text="card", blocks=tall)
    browser.open(slack.page_url)
    at_end = "(({scrollHeight, scrollTop, clientHeight}) => scrollHeight - scrollTop - clientHeight < 2)"
    browser.wait(
        f"document.querySelectorAll('.piece').length == 2 && {at_end}(document.querySelector('.list'))"
    )
    web.chat_postMessage(channel=OPS_BACKUP, text="the newest")
    browser.see("the newest")
    assert browser.run(f"{at_end}(document.querySelector('.list'))")

    top = "Math.round(document.querySelectorAll('article')[1].getBoundingClientRect().top)"
    browser.run("document.querySelectorAll('article')[1].scrollIntoView()")
    browser.run("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    before = browser.run(top)
    web.chat_update(channel=OPS_BACKUP, ts=first, text="card", blocks=[*tall, section("one more")])
    browser.wait("document.body.innerText.includes('one more')")
    browser.run("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert browser.run(top) == before
