"""Command, Send and Signal (MS-WSMV 3.1.4.11 to 3.1.4.13)."""

from __future__ import annotations

import base64
import binascii

from sandbox.wsman import names, soap_faults
from sandbox.wsman.actions.call import Call
from sandbox.wsman.computer import RemoteProcess
from sandbox.wsman.envelope import rsp, upper_id
from sandbox.wsman.output import Output
from sandbox.wsman.shells import Command, Shell


def command(call: Call) -> str:
    """Start a command; WINRS_SKIP_CMD_SHELL and WINRS_CONSOLEMODE_STDIN are ignored (MS-WSMV note 117)."""
    shell = call.shell()
    asked = call.body("CommandLine")
    parts = [asked.findtext(rsp("Command")) or "", *(e.text or "" for e in asked.iterfind(rsp("Arguments")))]
    line = " ".join(part for part in parts if part)
    command_id = asked.get("CommandId", "").upper() or upper_id()
    limit = call.shells.policy.max_operations_per_user
    with shell.in_use(), shell.lock:
        # A new command is refused until a Receive has said that the last one is done (MS-WSMV note 121).
        if any(not other.done for other in shell.commands.values()) or command_id in shell.commands:
            raise soap_faults.in_use()
        if call.shells.operations_of(shell.owner) >= limit:
            raise soap_faults.operation_quota(limit)
        if shell.closed:
            raise soap_faults.shell_gone(shell.id)
        process = _start(call, shell, line)
        output = Output(process, call.shells.policy.linger_s)
        shell.operations += 1
        shell.job.append(process)
        shell.commands[command_id] = Command(command_id, line, process, output)
    return f"<rsp:CommandResponse><rsp:CommandId>{command_id}</rsp:CommandId></rsp:CommandResponse>"


def send(call: Call) -> str:
    """Hand input to a command; what arrives after its end is discarded (MS-WSMV 3.1.4.13)."""
    shell = call.shell()
    for stream in call.body("Send").iterfind(rsp("Stream")):
        target = shell.command(stream.get("CommandId", ""))
        end = stream.get("End", "").lower() in ("true", "1")
        with shell.in_use():
            if target.process.exit_code is None:
                target.process.write_input(_decoded(stream.text or ""), end)
    return "<rsp:SendResponse/>"


def signal(call: Call) -> str:
    """Stop a command (ctrl_c, ctrl_break) or forget it with what still runs of it (terminate)."""
    shell = call.shell()
    asked = call.body("Signal")
    code = (asked.findtext(rsp("Code")) or "").strip().lower()
    kind = code.removeprefix(names.SIGNAL_PREFIX.lower())
    if not code.startswith(names.SIGNAL_PREFIX.lower()) or kind not in ("terminate", "ctrl_c", "ctrl_break"):
        raise soap_faults.bad_parameter()
    with shell.in_use():
        target = shell.command(asked.get("CommandId", ""))
        if kind == "terminate":
            with shell.lock:
                shell.commands.pop(target.id, None)
            target.end()
        elif target.process.exit_code is None:
            target.process.kill()
    return "<rsp:SignalResponse/>"


def _start(call: Call, shell: Shell, line: str) -> RemoteProcess:
    settings = shell.settings
    try:
        return call.computer.start(
            line,
            user=shell.owner,
            cwd=settings.working_directory,
            env=dict(settings.env),
            codepage=settings.codepage,
        )
    except NotADirectoryError as err:
        raise soap_faults.bad_directory() from err


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=False)
    except binascii.Error as err:
        raise soap_faults.bad_parameter() from err
