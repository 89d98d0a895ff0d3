from __future__ import annotations

import json

import requests
from slack_sdk import WebClient

from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.slack.channels import OPS_BACKUP, TEAM_STORAGE
from sandbox.slack.model import Workspace
from sandbox.slack.people import MEMBER, ONCALL, OUTSIDER
from sandbox.slack.server import SlackServer, serve


def test_each_person_sees_their_channels_and_private_messages_only(
    web: WebClient, slack: SlackServer
) -> None:
    web.chat_postEphemeral(channel=OPS_BACKUP, user=ONCALL, text="psst")
    web.chat_postMessage(channel=TEAM_STORAGE, text="for the team")
    seen = {
        who: requests.get(f"{slack.page_url}page/state", params={"as": who}, timeout=5).json()
        for who in (ONCALL, MEMBER, OUTSIDER)
    }
    texts = {who: [message["text"] for message in world["messages"]] for who, world in seen.items()}
    assert texts == {ONCALL: ["psst", "for the team"], MEMBER: ["for the team"], OUTSIDER: []}
    assert [channel["name"] for channel in seen[OUTSIDER]["channels"]] == ["ops-backup", "random", ""]


def test_the_feed_tells_of_every_change_as_it_happens(web: WebClient, slack: SlackServer) -> None:
    feed = requests.get(f"{slack.page_url}page/feed", params={"as": ONCALL}, stream=True, timeout=5)
    lines = (line for line in feed.iter_lines() if line.startswith(b"data: "))
    assert feed.headers["content-type"].startswith("text/event-stream")
    ts = web.chat_postMessage(channel=OPS_BACKUP, text="one")["ts"]
    web.chat_postEphemeral(channel=OPS_BACKUP, user=MEMBER, text="not for you")
    web.chat_update(channel=OPS_BACKUP, ts=ts, text="two")
    web.chat_delete(channel=OPS_BACKUP, ts=ts)
    changes = [json.loads(next(lines)[6:]) for _ in range(3)]
    assert [(change["text"], change["edits"], change["deleted"]) for change in changes] == [
        ("one", 0, False),
        ("two", 1, False),
        ("two", 1, True),
    ]
    feed.close()


def test_the_page_brings_everything_along_and_allows_nothing_else(slack: SlackServer) -> None:
    page = requests.get(slack.page_url, timeout=5)
    assert page.headers["content-security-policy"].startswith("default-src 'self'")
    assert requests.get(f"{slack.page_url}static/app.js", timeout=5).status_code == 200
    assert requests.get(f"{slack.page_url}static/app.css", timeout=5).status_code == 200


def test_other_sites_cannot_speak_for_a_person(slack: SlackServer) -> None:
    said = {"user": ONCALL, "channel": OPS_BACKUP, "text": "hello"}
    form = requests.post(f"{slack.page_url}page/say", data=json.dumps(said), timeout=5)
    assert form.json()["ok"] is False
    rebound = requests.get(slack.page_url, headers={"Host": "evil.example"}, timeout=5)
    assert rebound.status_code == 400
    assert requests.post(f"{slack.page_url}page/say", json=said, timeout=5).json()["ok"] is True


def test_the_page_can_have_a_port_of_its_own() -> None:
    server = serve(Workspace(), clock=Clock(), faults=Faults(), page_port=0)
    try:
        assert server.page_url.split("/")[2] != server.api_url.split("/")[2]
        assert requests.get(server.page_url, timeout=5).status_code == 200
    finally:
        server.close()
