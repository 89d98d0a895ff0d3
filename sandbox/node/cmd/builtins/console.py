"""Builtins that talk to the console or report something: ECHO, VER, VOL, PAUSE, TITLE, PATH and the like."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.node.cmd.tree import DELIMITERS

if TYPE_CHECKING:
    from sandbox.node.cmd.shell import Shell

SYNTAX = "The syntax of the command is incorrect."


def accept(shell: Shell, name: str, arguments: str) -> int:  # noqa: ARG001 - a builtin
    """BREAK, REM: do nothing."""
    return 0


def echo(shell: Shell, name: str, arguments: str) -> int:  # noqa: ARG001 - a builtin
    """ECHO: print a text, or switch the echo of commands."""
    word = arguments.strip(DELIMITERS).lower()
    if not arguments.strip(" \t"):
        shell.out(f"ECHO is {'on' if shell.echo else 'off'}.\n")
    elif arguments[0] in DELIMITERS and word in {"on", "off"}:
        shell.echo = word == "on"
    else:
        shell.out(arguments[1:] + "\n")
    return 0


def cls(shell: Shell, name: str, arguments: str) -> int:  # noqa: ARG001 - a builtin
    """CLS: print a form feed, as it does into a pipe or file."""
    if arguments.strip().startswith("/"):
        return shell.fail(SYNTAX)
    shell.out("\f")
    return 0


def color(shell: Shell, name: str, arguments: str) -> int:  # noqa: ARG001 - a builtin
    """COLOR: without a console window there is nothing to colour, and it fails (observed)."""
    return 1


def pause(shell: Shell, name: str, arguments: str) -> int:  # noqa: ARG001 - a builtin
    """PAUSE: print its line and wait for input."""
    shell.out("Press any key to continue . . . ")
    answer = shell.read_line()
    shell.out("\n")
    return 0 if answer is not None else 1


def title(shell: Shell, name: str, arguments: str) -> int:  # noqa: ARG001 - a builtin
    """TITLE: set the console's title."""
    shell.process.console.title = arguments.strip()
    return 0


def ver(shell: Shell, name: str, arguments: str) -> int:  # noqa: ARG001 - a builtin
    """VER: print the version of Windows."""
    if arguments.strip().startswith("/"):
        return shell.fail(SYNTAX)
    shell.out(f"\nMicrosoft Windows [Version {shell.machine.version}]\n")
    return 0


def vol(shell: Shell, name: str, arguments: str) -> int:  # noqa: ARG001 - a builtin
    """VOL: print a drive's label and serial number."""
    drive = (arguments.strip() or shell.cwd[:2]).upper()
    if len(drive) != 2 or drive[1] != ":":
        return shell.fail(SYNTAX)
    if drive not in shell.files.drives:
        return shell.fail("The system cannot find the path specified.")
    shell.out(volume_lines(drive))
    return 0


def volume_lines(drive: str) -> str:
    """Return the two lines that VOL and DIR print about a drive."""
    return f" Volume in drive {drive[0]} has no label.\n Volume Serial Number is {ord(drive[0]):04X}-5EED\n"


def verify(shell: Shell, name: str, arguments: str) -> int:  # noqa: ARG001 - a builtin
    """VERIFY: show or set a switch that has no effect."""
    word = arguments.strip().lower()
    if word in {"on", "off"}:
        shell.verify = word == "on"
    elif word:
        return shell.fail("An incorrect parameter was\nentered for the command.")
    else:
        shell.out(f"VERIFY is {'on' if shell.verify else 'off'}.\n")
    return 0


def date(shell: Shell, name: str, arguments: str) -> int:  # noqa: ARG001 - a builtin
    """DATE /T: print the date; setting it is refused."""
    if arguments.strip().lower() != "/t":
        return shell.fail("A required privilege is not held by the client.")
    shell.out(shell.locale.date(shell.now(), weekday=True) + " \n")
    return 0


def time(shell: Shell, name: str, arguments: str) -> int:  # noqa: ARG001 - a builtin
    """TIME /T: print hours and minutes; setting them is refused."""
    if arguments.strip().lower() != "/t":
        return shell.fail("A required privilege is not held by the client.")
    shell.out(shell.locale.clock(shell.now()) + "\n")
    return 0


def path(shell: Shell, name: str, arguments: str) -> int:  # noqa: ARG001 - a builtin
    """PATH: show or set the search path."""
    text = arguments.strip(" \t=")
    if not text:
        shell.out(f"PATH={shell.env.get('PATH') or '(null)'}\n")
    elif text == ";":
        shell.env.pop("PATH", None)
    else:
        shell.env["PATH"] = text
    return 0


def prompt(shell: Shell, name: str, arguments: str) -> int:  # noqa: ARG001 - a builtin
    """PROMPT: set the prompt."""
    shell.env["PROMPT"] = arguments.strip() or "$P$G"
    return 0
