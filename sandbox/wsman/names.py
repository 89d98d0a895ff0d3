"""The namespaces, action and resource URIs of WS-Management that a remote shell uses."""

from __future__ import annotations

SOAP = "http://www.w3.org/2003/05/soap-envelope"
ADDRESSING = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
TRANSFER = "http://schemas.xmlsoap.org/ws/2004/09/transfer"
ENUMERATION = "http://schemas.xmlsoap.org/ws/2004/09/enumeration"
EVENTING = "http://schemas.xmlsoap.org/ws/2004/08/eventing"
WSMAN = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
WSMV = "http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd"
SHELL = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
FAULT = "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault"
ANONYMOUS = f"{ADDRESSING}/role/anonymous"

CMD_RESOURCE = f"{SHELL}/cmd"
SHELL_RESOURCE = SHELL
COMMAND_RESOURCE = f"{SHELL}/Command"

CREATE = f"{TRANSFER}/Create"
GET = f"{TRANSFER}/Get"
DELETE = f"{TRANSFER}/Delete"
ENUMERATE = f"{ENUMERATION}/Enumerate"
PULL = f"{ENUMERATION}/Pull"
COMMAND = f"{SHELL}/Command"
RECEIVE = f"{SHELL}/Receive"
SEND = f"{SHELL}/Send"
SIGNAL = f"{SHELL}/Signal"

STATE_RUNNING = f"{SHELL}/CommandState/Running"
STATE_DONE = f"{SHELL}/CommandState/Done"
SIGNAL_PREFIX = f"{SHELL}/signal/"
