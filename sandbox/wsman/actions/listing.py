"""Enumerate of shells and of a shell's commands, and Pull (MS-WSMV 3.1.4.8.2, notes 114 and 115)."""

from __future__ import annotations

from xml.sax.saxutils import escape

from sandbox.wsman import names, soap_faults
from sandbox.wsman.actions.call import Call
from sandbox.wsman.actions.shell_xml import listed_shell
from sandbox.wsman.shells import Command

_FILTER = f"{{{names.WSMAN}}}Filter/{{{names.WSMAN}}}SelectorSet/{{{names.WSMAN}}}Selector"


def enumerate_shells(call: Call) -> str:
    """List every user's shells: telling its own apart is the client's task, by Owner."""
    return _listing(call, "".join(listed_shell(shell, call.computer.name) for shell in call.shells.all()))


def enumerate_commands(call: Call) -> str:
    """List the commands of the shell that the filter or the selectors name."""
    shell = call.shells.get(_filtered_shell(call) or call.request.shell_id, call.caller.user)
    return _listing(call, "".join(_listed_command(command) for command in shell.known_commands()))


def pull(call: Call) -> str:
    """Hand out what an Enumerate without OptimizeEnumeration kept back."""
    body = call.request.body
    context = "" if body is None else (body.findtext(f"{{{names.ENUMERATION}}}EnumerationContext") or "")
    items = call.pages.fetch(context.strip())
    if items is None:
        raise soap_faults.bad_parameter()
    return f"<n:PullResponse><n:Items>{items}</n:Items><n:EndOfSequence/></n:PullResponse>"


def _listing(call: Call, items: str) -> str:
    body = call.request.body
    if body is None or body.tag != f"{{{names.ENUMERATION}}}Enumerate":
        raise soap_faults.bad_parameter()
    if body.find(f"{{{names.WSMAN}}}OptimizeEnumeration") is None:
        context = call.pages.keep(items)
        return f"<n:EnumerateResponse><n:EnumerationContext>{context}</n:EnumerationContext></n:EnumerateResponse>"
    return (
        f"<n:EnumerateResponse><n:EnumerationContext></n:EnumerationContext><w:Items>{items}</w:Items>"
        "<w:EndOfSequence/></n:EnumerateResponse>"
    )


def _filtered_shell(call: Call) -> str:
    body = call.request.body
    selectors = [] if body is None else body.findall(_FILTER)
    return next((s.text or "" for s in selectors if s.get("Name", "").lower() == "shellid"), "").strip()


def _listed_command(command: Command) -> str:
    state = "Running" if command.process.exit_code is None else "Done"
    return (
        f'<rsp:Command xmlns:rsp="{names.SHELL}"><rsp:CommandId>{command.id}</rsp:CommandId>'
        f"<rsp:CommandLine>{escape(command.line)}</rsp:CommandLine>"
        f"<rsp:CommandState>{state}</rsp:CommandState></rsp:Command>"
    )
