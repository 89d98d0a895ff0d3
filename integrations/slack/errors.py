"""One error type for whatever Slack's API, its network or its SDK did."""

from __future__ import annotations

import http.client
from enum import StrEnum
from urllib.error import URLError

from slack_sdk.errors import SlackApiError, SlackClientError


class Kind(StrEnum):
    """What a failure means for the one who called."""

    RATE_LIMITED = "rate-limited"  # certainly not done; wait
    NO_CHANNEL = "no-channel"  # the bot cannot speak there
    NO_MESSAGE = "no-message"  # the message to edit is gone, or not ours
    BAD_PAYLOAD = "bad-payload"  # Slack will never take these blocks
    BAD_TOKEN = "bad-token"  # noqa: S105 - a kind of failure; the token is revoked or lacks a scope
    UNREACHED = "unreached"  # the request was never sent
    LOST = "lost"  # sent, no usable reply: perhaps done
    REFUSED = "refused"  # anything else Slack said


_CODES = {
    Kind.RATE_LIMITED: ("ratelimited", "rate_limited", "message_limit_exceeded"),
    Kind.NO_CHANNEL: (
        "channel_not_found", "not_in_channel", "is_archived", "channel_is_archived", "restricted_action",
        "restricted_action_read_only_channel", "restricted_action_thread_only_channel",
        "restricted_action_non_threadable_channel", "user_not_found", "messages_tab_disabled",
        "cannot_dm_bot", "team_access_not_granted",
    ),
    Kind.NO_MESSAGE: ("message_not_found", "cant_update_message", "edit_window_closed", "is_inactive"),
    Kind.BAD_PAYLOAD: (
        "invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long", "no_text",
        "invalid_attachments", "invalid_arguments", "too_many_attachments", "block_mismatch",
    ),
    Kind.BAD_TOKEN: (
        "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "missing_scope",
        "no_permission", "not_allowed_token_type", "org_login_required", "ekm_access_denied", "access_denied",
        "app_missing_action_url",
    ),
    Kind.LOST: ("internal_error", "fatal_error", "service_unavailable", "request_timeout"),
}  # fmt: skip
_KINDS = {code: kind for kind, codes in _CODES.items() for code in codes}
RETRY_AFTER_S = 10.0  # when Slack limits without saying for how long


class SlackFailure(Exception):
    """A call to Slack that did not work; `code` is Slack's word, `retry_after_s` only for RATE_LIMITED."""

    def __init__(self, kind: Kind, code: str, retry_after_s: float = 0.0) -> None:
        super().__init__(
            f"Slack: {code}" if kind is not Kind.UNREACHED else f"Slack cannot be reached: {code}"
        )
        self.kind = kind
        self.code = code
        self.retry_after_s = retry_after_s


def translate(error: Exception) -> SlackFailure:
    """Return an SDK or network error as a SlackFailure; the message holds no token and no address."""
    if isinstance(error, SlackFailure):
        return error
    if isinstance(error, SlackApiError):
        return _from_reply(error)
    if isinstance(error, URLError):
        # urllib wraps what happens up to the end of sending; only a line cut while sending is doubtful.
        cut = isinstance(error.reason, ConnectionResetError | BrokenPipeError)
        return SlackFailure(Kind.LOST if cut else Kind.UNREACHED, _words(error.reason))
    return SlackFailure(Kind.LOST, _words(error))


NETWORK = (SlackClientError, OSError, http.client.HTTPException, ValueError)
"""What the SDK's web client may raise: its own errors, the network's, and bodies that are not what they say."""


def _from_reply(error: SlackApiError) -> SlackFailure:
    status = getattr(error.response, "status_code", 200)
    code = str(error.response.get("error") or f"HTTP {status}")[:80]
    kind = _KINDS.get(code)
    if status == 429 or kind is Kind.RATE_LIMITED:
        return SlackFailure(Kind.RATE_LIMITED, "ratelimited", _retry_after(error))
    if kind is not None:
        return SlackFailure(kind, code)
    if (
        status >= 500 or " " in code
    ):  # a page instead of a reply: the SDK puts a sentence where the code belongs
        return SlackFailure(Kind.LOST, f"HTTP {status}")
    return SlackFailure(Kind.REFUSED, code)


def _retry_after(error: SlackApiError) -> float:
    headers = {
        str(name).lower(): value for name, value in dict(getattr(error.response, "headers", {})).items()
    }
    value = headers.get("retry-after", RETRY_AFTER_S)
    try:
        return max(1.0, float(value[0] if isinstance(value, list) else value))
    except (TypeError, ValueError):
        return RETRY_AFTER_S


def _words(error: object) -> str:
    strerror = getattr(error, "strerror", None)
    return f"{type(error).__name__}{f' ({strerror})' if strerror else ''}"
