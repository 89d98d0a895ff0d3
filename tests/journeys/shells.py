"""Which WinRM shells of the bot's account are open on a node, asked by WinRM itself."""

from __future__ import annotations

from winrm.protocol import Protocol

from tests.journeys.world import Town, until
from tests.sandbox.wsman.messages import enumerate_shells


def open_shells(town: Town, node: str) -> list[str]:
    """Return the ids of the shells of the bot's account on a node."""
    url = town.ready["nodes"][node]
    protocol = Protocol(
        endpoint=url,
        transport="ntlm",
        username=town.secrets["VSSBOT_NODE_USER"],
        password=town.secrets["VSSBOT_NODE_PASSWORD"],
        ca_trust_path=str(town.folder / "ca.pem"),
        message_encryption="always" if url.startswith("http:") else "auto",
        proxy=None,
    )
    try:
        return [shell["ShellId"] for shell in enumerate_shells(protocol)]
    finally:
        protocol.transport.close_session()


def no_shell_is_left(town: Town, node: str) -> None:
    """Wait until the bot's account has no shell on a node."""
    until(lambda: not open_shells(town, node), f"no shell is left on {node}")
