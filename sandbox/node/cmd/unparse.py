"""The text that ECHO ON shows for a command: cmd.exe puts it together again from what it parsed."""

from __future__ import annotations

from sandbox.node.cmd.tree import Block, Chain, Command, Comment, For, If, Quiet, Redirection, Simple


def echoed(command: Command) -> str:
    """Return the command as it is echoed, with the blank that cmd.exe puts behind it; "" for an "@" command."""
    if isinstance(command, Simple):
        return command.text.lstrip() + " " + _redirections(command.redirections)
    if isinstance(command, Comment):
        return "" if command.text.startswith(":") or not command.text else command.text + " "
    if isinstance(command, Quiet):
        return ""
    if isinstance(command, Block):
        return f"({echoed(command.body)}) " + _redirections(command.redirections)
    if isinstance(command, Chain):
        return f"{echoed(command.left)} {command.operator} {echoed(command.right)}"
    if isinstance(command, If):
        return _if(command)
    return _for(command)


def _redirections(redirections: tuple[Redirection, ...]) -> str:
    return "".join(f"{item.handle}{item.kind}{item.target} " for item in redirections)


def _if(command: If) -> str:
    words = ["if"]
    if command.ignore_case:
        words.append("/I")
    if command.negate:
        words.append("not")
    if command.right:
        words += [command.left, command.operator, command.right]
    else:
        words += [command.operator, command.left]
    text = " ".join(words) + " " + echoed(command.then)
    return text + (f" else {echoed(command.otherwise)}" if command.otherwise is not None else "")


def _for(command: For) -> str:
    switch = f" /{command.switch.upper()}" if command.switch else ""
    option = f" {command.option}" if command.option else ""
    return f"for{switch}{option} %{command.variable} in ({command.items}) do {echoed(command.body)}"
