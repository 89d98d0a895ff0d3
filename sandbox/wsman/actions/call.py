"""What an action gets: the request, who sent it, and the computer with its shells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from sandbox.wsman import soap_faults
from sandbox.wsman.computer import Computer
from sandbox.wsman.envelope import Request, rsp
from sandbox.wsman.pages import Pages
from sandbox.wsman.shells import Shell, Shells


@dataclass(frozen=True)
class Caller:
    """An authenticated client and its connection."""

    user: str
    client_ip: str
    alive: Callable[[], bool]


@dataclass(frozen=True)
class Call:
    """One request to act on."""

    request: Request
    caller: Caller
    computer: Computer
    shells: Shells
    pages: Pages
    url: str

    def shell(self) -> Shell:
        """Return the addressed shell. Raises WsmanFault."""
        return self.shells.get(self.request.shell_id, self.caller.user)

    def body(self, name: str) -> Element:
        """Return the body's element, which is to be rsp:`name`. Raises WsmanFault."""
        body = self.request.body
        if body is None or body.tag != rsp(name):
            raise soap_faults.bad_parameter()
        return body
