"""The faults of the Web API and of Socket Mode, as the world's fault list publishes them."""

from __future__ import annotations

from sandbox.faults import Fault, Faults
from sandbox.slack.errors import SlackError
from sandbox.slack.limits import too_many
from sandbox.slack.methods import METHODS

ANY = "slack.any"
SOCKET = "slack.socket"
ERRORS = (
    *(
        "invalid_auth",
        "token_revoked",
        "account_inactive",
        "channel_not_found",
        "not_in_channel",
        "is_archived",
    ),
    *("message_not_found", "cant_update_message", "edit_window_closed", "msg_too_long", "invalid_blocks"),
    *("missing_scope", "fatal_error", "internal_error"),
)
KINDS = {
    "ratelimited": "HTTP 429, Retry-After is delay_s in whole seconds (at least 1); nothing is done",
    "500": "HTTP 500; nothing is done",
    "503": "HTTP 503; nothing is done",
    "lost_reply": "the call is done, then the connection is cut instead of an answer",
    "drop": "the connection is cut, nothing is done",
    "slow": "the call is done and answered delay_s later",
    **{code: f"answers the error {code}; nothing is done" for code in ERRORS},
}
SOCKET_KINDS = {
    "disconnect": "every socket gets a disconnect message (refresh_requested) and is closed 10 s later",
    "cut": "every socket is cut without a word",
    "dead": "every open socket falls silent: no bytes, no close, nothing is read",
    "redeliver": "the next envelope is sent twice",
    "dispatch_failed": "the next envelope is not sent; its sender sees the error dispatch_failed",
}


def publish(faults: Faults) -> None:
    """Publish the points slack.<method>, slack.any, slack.response_url and slack.socket."""
    for name in METHODS:
        faults.publish(f"slack.{name}", **KINDS)
    faults.publish(ANY, **KINDS)
    faults.publish(
        "slack.response_url", **{kind: KINDS[kind] for kind in ("500", "drop", "lost_reply", "slow")}
    )
    faults.publish(SOCKET, **SOCKET_KINDS)


def taken(faults: Faults, method: str) -> Fault | None:
    """Return the fault that hits this call."""
    return faults.take(f"slack.{method}") or (faults.take(ANY) if method in METHODS else None)


def refuse(fault: Fault | None) -> None:
    """Raise the error answer of a fault, if it is one that answers at once without doing anything."""
    if fault is None or fault.kind in ("lost_reply", "drop", "slow"):
        return
    if fault.kind == "ratelimited":
        raise too_many(fault.delay_s)
    if fault.kind in ("500", "503"):
        code = "internal_error" if fault.kind == "500" else "service_unavailable"
        raise SlackError(code, status=int(fault.kind))
    raise SlackError(fault.kind)
