"""WS-Management messages that pywinrm has no function for, sent through its own transport."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any

import xmltodict
from winrm.protocol import Protocol

from sandbox.wsman import names

NS = {"rsp": names.SHELL, "w": names.WSMAN, "n": names.ENUMERATION, "s": names.SOAP}


def send(
    client: Protocol, action: str, resource: str, body: dict[str, Any] | None = None, shell: str = ""
) -> ET.Element:
    """Send one message and return the answer's envelope."""
    request: dict[str, Any] = {"env:Envelope": client.build_wsman_header(action, resource, shell or None)}
    request["env:Envelope"]["env:Body"] = body or {}
    return ET.fromstring(client.send_message(xmltodict.unparse(request)))


def enumerate_shells(client: Protocol) -> list[dict[str, str]]:
    """Return every shell as a mapping of its elements."""
    body = {"n:Enumerate": {"w:OptimizeEnumeration": None}}
    root = send(client, names.ENUMERATE, names.SHELL_RESOURCE, body)
    return [
        {child.tag.rpartition("}")[2]: child.text or "" for child in shell}
        for shell in root.iterfind(".//w:Items/rsp:Shell", NS)
    ]


def enumerate_commands(client: Protocol, shell: str) -> list[dict[str, str]]:
    """Return the commands of a shell, by the filter that recorded clients use."""
    selector = {"w:Selector": {"@Name": "ShellId", "#text": shell}}
    dialect = "http://schemas.dmtf.org/wbem/wsman/1/wsman/SelectorFilter"
    body = {
        "n:Enumerate": {
            "w:OptimizeEnumeration": None,
            "w:Filter": {"@Dialect": dialect, "w:SelectorSet": selector},
        }
    }
    root = send(client, names.ENUMERATE, names.COMMAND_RESOURCE, body)
    return [
        {child.tag.rpartition("}")[2]: child.text or "" for child in command}
        for command in root.iterfind(".//w:Items/rsp:Command", NS)
    ]


def signal(client: Protocol, shell: str, command: str, code: str) -> None:
    """Send a signal, such as ctrl_c."""
    body = {"rsp:Signal": {"@CommandId": command, "rsp:Code": names.SIGNAL_PREFIX + code}}
    send(client, names.SIGNAL, names.CMD_RESOURCE, body, shell)


def create_shell(client: Protocol, shell: dict[str, Any]) -> str:
    """Open a shell with elements of rsp:Shell that pywinrm does not write."""
    streams = {"rsp:InputStreams": "stdin", "rsp:OutputStreams": "stdout stderr"}
    root = send(client, names.CREATE, names.CMD_RESOURCE, {"rsp:Shell": {**streams, **shell}})
    found = root.findtext(".//rsp:Shell/rsp:ShellId", None, NS)
    assert found is not None
    return found
