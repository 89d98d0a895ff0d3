"""What each WS-Management action does to the shells of a computer, and the body that answers it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sandbox.wsman import names, soap_faults
from sandbox.wsman.actions import command, listing, receive, shell
from sandbox.wsman.actions.call import Call
from sandbox.wsman.envelope import Request, reply

Action = Callable[[Call], str]

_ACTIONS: Mapping[str, Mapping[str, Action]] = {
    names.CMD_RESOURCE: {
        names.CREATE: shell.create,
        names.DELETE: shell.delete,
        names.COMMAND: command.command,
        names.SEND: command.send,
        names.SIGNAL: command.signal,
        names.RECEIVE: receive.receive,
    },
    names.SHELL_RESOURCE: {
        names.GET: shell.get,
        names.DELETE: shell.delete,
        names.ENUMERATE: listing.enumerate_shells,
        names.PULL: listing.pull,
    },
    names.COMMAND_RESOURCE: {
        names.ENUMERATE: listing.enumerate_commands,
        names.PULL: listing.pull,
    },
}

# The fault point of each action; Get and Pull are broken together with Enumerate.
_POINTS = {
    names.CREATE: "create",
    names.COMMAND: "command",
    names.RECEIVE: "receive",
    names.SEND: "send",
    names.SIGNAL: "signal",
    names.DELETE: "delete",
    names.ENUMERATE: "enumerate",
    names.PULL: "enumerate",
    names.GET: "enumerate",
}


def point_of(request: Request) -> str | None:
    """Return the fault point of a request, without its prefix, or None for an unknown action."""
    return _POINTS.get(request.action)


def answer(call: Call) -> bytes:
    """Do what a request asks and return the envelope of its answer. Raises WsmanFault."""
    request = call.request
    actions = _ACTIONS.get(request.resource_uri)
    if actions is None:
        raise soap_faults.unknown_resource()
    action = actions.get(request.action)
    if action is None:
        raise soap_faults.action_not_supported()
    body = action(call)
    return reply(f"{request.action}Response", request.message_id, body)
