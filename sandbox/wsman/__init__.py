"""A WS-Management listener: the WinRM wire of a Windows computer, in front of a `Computer`."""

from sandbox.wsman.computer import Computer, RemoteProcess
from sandbox.wsman.farm import WsmanFarm, serve
from sandbox.wsman.policy import Policy
from sandbox.wsman.server import Listening, WsmanServer
from sandbox.wsman.views import CommandView, ShellView

__all__ = [
    "CommandView",
    "Computer",
    "Listening",
    "Policy",
    "RemoteProcess",
    "ShellView",
    "WsmanFarm",
    "WsmanServer",
    "serve",
]
