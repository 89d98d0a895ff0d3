"""Receive: the long poll for a command's output (MS-WSMV 3.1.4.14)."""

from __future__ import annotations

import base64

from sandbox.wsman import names, soap_faults
from sandbox.wsman.actions.call import Call
from sandbox.wsman.envelope import rsp
from sandbox.wsman.output import Claim, Collected

_DEFAULT_TIMEOUT_S = 60.0
# What an answer takes beside its output.
_ENVELOPE_OVERHEAD = 4096
_SMALLEST_PIECE = 1024


def receive(call: Call) -> str:
    """Wait for output or the end of a command, up to OperationTimeout; silence is a TimedOut fault."""
    shell = call.shell()
    wanted = call.body("Receive").find(rsp("DesiredStream"))
    if wanted is None:
        raise soap_faults.bad_parameter()
    policy = call.shells.policy
    command = shell.command(wanted.get("CommandId", ""))
    if command.done and not policy.repeat_done:
        raise soap_faults.command_gone()
    timeout_s = call.request.operation_timeout_s
    timeout_s = min(_DEFAULT_TIMEOUT_S if timeout_s is None else timeout_s, policy.max_timeout_s)
    with shell.in_use():
        collected = command.output.collect(Claim(call.caller.alive), timeout_s, _room(call))
    if collected is None:
        raise soap_faults.timed_out()
    command.done = command.done or collected.exit_code is not None
    return _response(command.id, collected, (wanted.text or "stdout stderr").split())


def _room(call: Call) -> int:
    """Return how many bytes of output fit into the client's MaxEnvelopeSize as base64."""
    return max(_SMALLEST_PIECE, (call.request.max_envelope_bytes - _ENVELOPE_OVERHEAD) * 3 // 4)


def _response(command_id: str, collected: Collected, wanted: list[str]) -> str:
    streams = "".join(
        f'<rsp:Stream Name="{name}" CommandId="{command_id}">{base64.b64encode(chunk).decode()}</rsp:Stream>'
        for name, chunk in collected.chunks
        if name in wanted
    )
    if collected.exit_code is None:
        ends = ""
        state = (
            f'<rsp:CommandState CommandId="{command_id}" State="{names.STATE_RUNNING}"></rsp:CommandState>'
        )
    else:
        ends = "".join(
            f'<rsp:Stream Name="{name}" CommandId="{command_id}" End="true"></rsp:Stream>' for name in wanted
        )
        state = (
            f'<rsp:CommandState CommandId="{command_id}" State="{names.STATE_DONE}">'
            f"<rsp:ExitCode>{collected.exit_code}</rsp:ExitCode></rsp:CommandState>"
        )
    return f"<rsp:ReceiveResponse>{streams}{ends}{state}</rsp:ReceiveResponse>"
