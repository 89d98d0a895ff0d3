"""rsp:Shell as CreateResponse (recorded for cmd shells) and Enumerate (recorded for PowerShell's) show it."""

from __future__ import annotations

import time
from xml.sax.saxutils import escape, quoteattr

from sandbox.wsman import names
from sandbox.wsman.durations import elapsed, timeout
from sandbox.wsman.shells import Shell

_OPEN = f'<rsp:Shell xmlns:rsp="{names.SHELL}">'


def created_shell(shell: Shell) -> str:
    """Write the shell as it is answered to Create."""
    return f"{_OPEN}{_identity(shell, shell.owner)}{_asked_for(shell)}{_streams(shell)}{_times(shell)}</rsp:Shell>"


def listed_shell(shell: Shell, computer: str) -> str:
    """Write the shell as Get and Enumerate show it; a local owner carries the computer's name there."""
    owner = shell.owner if "\\" in shell.owner or "@" in shell.owner else f"{computer}\\{shell.owner}"
    children = sum(command.process.exit_code is None for command in shell.known_commands())
    profile = "No" if shell.settings.no_profile else "Yes"
    return (
        f"{_OPEN}{_identity(shell, owner)}<rsp:ProcessId>{shell.process_id}</rsp:ProcessId>"
        f"<rsp:IdleTimeOut>{timeout(shell.settings.idle_timeout_s)}</rsp:IdleTimeOut>{_streams(shell)}"
        "<rsp:MaxIdleTimeOut>PT2147483.647S</rsp:MaxIdleTimeOut><rsp:Locale>en-US</rsp:Locale>"
        "<rsp:DataLocale>en-US</rsp:DataLocale><rsp:CompressionMode>NoCompression</rsp:CompressionMode>"
        f"<rsp:ProfileLoaded>{profile}</rsp:ProfileLoaded><rsp:Encoding>UTF8</rsp:Encoding>"
        f"<rsp:BufferMode>Block</rsp:BufferMode><rsp:State>Connected</rsp:State>{_times(shell)}"
        f"<rsp:MemoryUsed>6MB</rsp:MemoryUsed><rsp:ChildProcesses>{children}</rsp:ChildProcesses></rsp:Shell>"
    )


def _identity(shell: Shell, owner: str) -> str:
    name = f"<rsp:Name>{escape(shell.settings.name)}</rsp:Name>" if shell.settings.name else ""
    return (
        f"<rsp:ShellId>{shell.id}</rsp:ShellId>{name}<rsp:ResourceUri>{names.CMD_RESOURCE}</rsp:ResourceUri>"
        f"<rsp:Owner>{escape(owner)}</rsp:Owner><rsp:ClientIP>{escape(shell.client_ip)}</rsp:ClientIP>"
    )


def _asked_for(shell: Shell) -> str:
    settings = shell.settings
    variables = "".join(
        f"<rsp:Variable Name={quoteattr(name)}>{escape(value)}</rsp:Variable>"
        for name, value in settings.env.items()
    )
    env = f"<rsp:Environment>{variables}</rsp:Environment>" if variables else ""
    cwd = settings.working_directory
    folder = f"<rsp:WorkingDirectory>{escape(cwd)}</rsp:WorkingDirectory>" if cwd else ""
    return f"{env}{folder}<rsp:IdleTimeOut>{timeout(settings.idle_timeout_s)}</rsp:IdleTimeOut>"


def _streams(shell: Shell) -> str:
    return (
        f"<rsp:InputStreams>{escape(shell.settings.input_streams)}</rsp:InputStreams>"
        f"<rsp:OutputStreams>{escape(shell.settings.output_streams)}</rsp:OutputStreams>"
    )


def _times(shell: Shell) -> str:
    now = time.monotonic()
    return (
        f"<rsp:ShellRunTime>{elapsed(now - shell.created)}</rsp:ShellRunTime>"
        f"<rsp:ShellInactivity>{elapsed(now - shell.touched)}</rsp:ShellInactivity>"
    )
