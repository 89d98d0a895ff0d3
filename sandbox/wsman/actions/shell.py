"""Create, Get and Delete of a remote shell (MS-WSMV 3.1.4.5.2, 3.1.4.2.1, 3.1.4.4.1)."""

from __future__ import annotations

from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

from sandbox.wsman import names, soap_faults
from sandbox.wsman.actions.call import Call
from sandbox.wsman.actions.shell_xml import created_shell, listed_shell
from sandbox.wsman.durations import parse_duration
from sandbox.wsman.envelope import rsp
from sandbox.wsman.shells import ShellSettings


def create(call: Call) -> str:
    """Open a shell."""
    wanted = call.body("Shell")
    shell = call.shells.open(
        call.caller.user, call.caller.client_ip, _settings(call, wanted), wanted.get("ShellId", "")
    )
    return (
        f"<x:ResourceCreated><a:Address>{escape(call.url)}</a:Address><a:ReferenceParameters>"
        f"<w:ResourceURI>{names.CMD_RESOURCE}</w:ResourceURI><w:SelectorSet>"
        f'<w:Selector Name="ShellId">{shell.id}</w:Selector></w:SelectorSet></a:ReferenceParameters>'
        f"</x:ResourceCreated>{created_shell(shell)}"
    )


def get(call: Call) -> str:
    """Describe a shell; it works beside whatever else is in progress (MS-WSMV note 102)."""
    return listed_shell(call.shell(), call.computer.name)


def delete(call: Call) -> str:
    """Delete a shell and kill what runs in it; the recorded answer has an empty body."""
    call.shells.delete(call.shell().id)
    return ""


def _settings(call: Call, wanted: Element) -> ShellSettings:
    options = call.request.options
    return ShellSettings(
        env={
            v.get("Name", ""): v.text or ""
            for v in wanted.iterfind(f"{rsp('Environment')}/{rsp('Variable')}")
        },
        working_directory=wanted.findtext(rsp("WorkingDirectory")) or None,
        codepage=_number(options.get("WINRS_CODEPAGE", "0")),
        no_profile=options.get("WINRS_NOPROFILE", "").upper() in ("TRUE", "1"),
        name=wanted.findtext(rsp("Name")) or "",
        input_streams=wanted.findtext(rsp("InputStreams")) or "stdin",
        output_streams=wanted.findtext(rsp("OutputStreams")) or "stdout stderr",
        idle_timeout_s=_seconds(wanted, "IdleTimeOut") or call.shells.policy.idle_timeout_s,
        lifetime_s=_seconds(wanted, "Lifetime"),
    )


def _seconds(wanted: Element, name: str) -> float | None:
    text = wanted.findtext(rsp(name))
    if not text:
        return None
    try:
        return parse_duration(text)
    except ValueError as err:
        raise soap_faults.bad_parameter() from err


def _number(text: str) -> int:
    if not text.isdecimal():
        raise soap_faults.bad_parameter()
    return int(text)
