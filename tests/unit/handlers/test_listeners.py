"""A command or a click goes through Bolt to the desk, and one private answer comes back."""

import http.server
import json
import threading

import pytest
from slack_bolt import App, BoltRequest
from slack_bolt.authorization import AuthorizeResult

from bot.domain.backup import Target
from bot.ports import StoreUnavailable
from handlers import actions, commands, errors
from tests.tools.blockkit.validate_blocks import validate
from tests.unit.handlers.desks import FakeDesk


@pytest.fixture
def desk():
    return FakeDesk()


@pytest.fixture
def app(desk):
    def authorize() -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id="T0", bot_token="xoxb-1", bot_user_id="UBOT")

    app = App(signing_secret="s", request_verification_enabled=False, authorize=authorize)
    commands.register(app, desk)
    actions.register(app, desk)
    errors.register(app)
    yield app
    app.listener_runner.listener_executor.shutdown()


def command(app, text, **changes):
    """Deliver `/vss text` and return the ack's body."""
    body = {
        "command": "/vss",
        "text": text,
        "user_id": "U0ONCALL",
        "user_name": "admin",
        "channel_id": "C0TEAM",
        "team_id": "T0",
        "trigger_id": "1.2.3",
    }
    response = app.dispatch(BoltRequest(mode="socket_mode", body=body | changes))
    assert response.status == 200
    said = json.loads(response.body)
    assert said["response_type"] == "ephemeral"
    assert validate(said["blocks"]) == []
    assert said["text"]
    return said


def test_a_backup_is_handed_over_with_who_where_and_its_key(app, desk):
    said = command(app, "backup cluster1 volume1")
    wish = ("backup", Target("cluster1", ("volume1",)), "U0ONCALL", "1.2.3", "C0TEAM", "T0")
    assert desk.asked == [wish]
    assert said["text"].startswith("Queued: backup of cluster1 volume1")


def test_a_redelivered_envelope_has_the_same_key(app, desk):
    command(app, "backup cluster1 volume1")
    command(app, "backup cluster1 volume1")
    assert desk.asked[0] == desk.asked[1]


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("status", ("status", None, "U0ONCALL")),
        ("show 4f2a", ("show", "4f2a", "U0ONCALL")),
        ("cancel 4f2a", ("cancel", "4f2a", "U0ONCALL", "slack:C0TEAM")),
        ("explain 0x80042306", ("explain", "0x80042306", "U0ONCALL", "slack:C0TEAM")),
        ("", ("help", "U0ONCALL")),
    ],
)
def test_each_verb_asks_the_desk_once(app, desk, text, asked):
    command(app, text)
    assert desk.asked == [asked]


@pytest.mark.parametrize(
    "text",
    ["bakup cluster1 volume1", "backup <!channel>", "x" * 40_000, "backup cluster1 volume1\nexec c:\\e.cmd"],
)
def test_bad_input_is_refused_privately_audited_and_goes_nowhere_else(app, desk, text):
    said = command(app, text)
    [(verb, _, by, origin, audited)] = desk.asked
    assert (verb, by, origin) == ("refuse", "U0ONCALL", "slack:C0TEAM")
    assert len(audited) <= 220
    assert audited.isprintable()
    assert "<!" not in json.dumps(said)


def test_without_the_store_the_answer_is_that_nothing_was_started(app, desk):
    desk.broken = StoreUnavailable("locked")
    assert command(app, "backup cluster1 volume1")["text"].startswith("Nothing was started.")


def test_a_bug_is_answered_with_a_reference_and_no_trace(app, desk):
    desk.broken = KeyError("secret detail")
    said = command(app, "backup cluster1 volume1")
    assert said["text"].startswith("The bot failed while it handled this.")
    assert "secret" not in json.dumps(said)


@pytest.fixture
def response_url():
    """A response_url that keeps what was posted to it."""
    posted = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            posted.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *args):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", posted
    server.shutdown()
    server.server_close()
    thread.join()


def click(app, value, response_url):
    body = {
        "type": "block_actions",
        "user": {"id": "U0OTHER", "team_id": "T0"},
        "team": {"id": "T0"},
        "channel": {"id": "C0TEAM"},
        "trigger_id": "9.9.9",
        "response_url": response_url,
        "actions": [{"type": "button", "action_id": "vss_cancel", "block_id": "b", "value": value}],
    }
    assert app.dispatch(BoltRequest(mode="socket_mode", body=body)).status == 200
    app.listener_runner.listener_executor.shutdown(wait=True)  # the ack came first; now the listener ends


@pytest.mark.parametrize(
    ("value", "asked", "told"),
    [
        ("cluster1-x-4f2a", ("cancel", "cluster1-x-4f2a", "U0OTHER", "slack:C0TEAM"), "Run cluster1-x-4f2a"),
        ("../x", ("refuse", "no-run-id", "U0OTHER", "slack:C0TEAM", "../x"), "../x is not a run's id."),
    ],
)
def test_a_click_is_checked_at_the_desk_and_answered_privately(app, desk, response_url, value, asked, told):
    url, posted = response_url
    click(app, value, url)
    assert desk.asked == [asked]
    [said] = posted
    assert (said["response_type"], said["replace_original"]) == ("ephemeral", False)
    assert said["text"].startswith(told)


def test_a_click_without_the_store_is_told_that_nothing_was_changed(app, desk, response_url):
    url, posted = response_url
    desk.broken = StoreUnavailable("locked")
    click(app, "cluster1-x-4f2a", url)
    [said] = posted
    assert said["response_type"] == "ephemeral"
    assert said["text"].startswith("Nothing was changed.")
