"""Slack's words, HTTP's and the network's become one failure that says what it means."""

from http.client import RemoteDisconnected
from urllib.error import URLError

import pytest

from integrations.slack.errors import Kind, translate
from tests.unit.slack.workspace import refusal


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (refusal("ratelimited", 429, {"Retry-After": "3"}), Kind.RATE_LIMITED),
        (refusal("not_in_channel"), Kind.NO_CHANNEL),
        (refusal("message_not_found"), Kind.NO_MESSAGE),
        (refusal("invalid_blocks"), Kind.BAD_PAYLOAD),
        (refusal("token_revoked"), Kind.BAD_TOKEN),
        (refusal("fatal_error"), Kind.LOST),
        (refusal("Received a response in a non-JSON format: <html>", 502), Kind.LOST),
        (refusal("Received a response in a non-JSON format: <html>"), Kind.LOST),
        (refusal("something_new"), Kind.REFUSED),
        (URLError(ConnectionRefusedError(111, "refused")), Kind.UNREACHED),
        (URLError(ConnectionResetError(104, "reset")), Kind.LOST),
        (RemoteDisconnected("closed"), Kind.LOST),
        (TimeoutError("timed out"), Kind.LOST),
    ],
    ids=str,
)
def test_each_failure_has_its_kind(error, kind):
    assert translate(error).kind is kind


@pytest.mark.parametrize(
    ("header", "seconds"), [("17", 17), ("0", 1), ("soon", 10), (None, 10), ("2.5", 2.5)]
)
def test_retry_after_is_read_or_assumed(header, seconds):
    headers = {} if header is None else {"retry-after": header}
    assert translate(refusal("ratelimited", 429, headers)).retry_after_s == seconds
