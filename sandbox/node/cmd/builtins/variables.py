"""SET: show, set and remove variables, calculate (/A) and ask (/P)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.node.cmd.arithmetic import ArithmeticProblem, calculate

if TYPE_CHECKING:
    from sandbox.node.cmd.shell import Shell


def set_(shell: Shell, name: str, arguments: str) -> int:  # noqa: ARG001 - a builtin
    """SET in all its forms."""
    text = arguments.lstrip(" \t,;=") if not arguments.lstrip().startswith("=") else arguments.lstrip()
    if text[:2].lower() == "/a":
        return _calculate(shell, text[2:])
    if text[:2].lower() == "/p":
        return _ask(shell, text[2:].lstrip())
    if text.startswith("/"):
        return shell.fail("The syntax of the command is incorrect.")
    text = _unquoted(text)
    variable, equals, value = text[:1] + text[1:].partition("=")[0], *text[1:].partition("=")[1:]
    if not equals:
        return _show(shell, text)
    if not variable or variable.startswith("="):
        return shell.fail("The syntax of the command is incorrect.")
    _assign(shell, variable, value)
    return 0


def _unquoted(text: str) -> str:
    if not text.startswith('"'):
        return text
    end = text.rfind('"')
    return text[1:end] if end > 0 else text[1:]


def _assign(shell: Shell, variable: str, value: str) -> None:
    if value:
        shell.env[variable] = value
    else:
        shell.env.pop(variable, None)


def _show(shell: Shell, text: str) -> int:
    # Blanks behind the prefix do not count: FOR /F … IN ('set prefix 2^>nul') is in use everywhere.
    prefix = text.rstrip(" \t")
    found = [name for name in shell.env if name.upper().startswith(prefix.upper())]
    for name in sorted(found, key=str.upper):
        shell.out(f"{name}={shell.env[name]}\n")
    return 0 if found else shell.fail(f"Environment variable {prefix} not defined")


def _calculate(shell: Shell, text: str) -> int:
    try:
        value = calculate(
            text.replace('"', ""), shell.variable, lambda name, number: _assign(shell, name, str(number))
        )
    except ArithmeticProblem as problem:
        return shell.fail(str(problem), problem.code)
    if shell.batch is None:
        shell.out(str(value))
    return 0


def _ask(shell: Shell, text: str) -> int:
    text = _unquoted(text)
    variable, equals, question = text.partition("=")
    if not equals:
        return shell.fail("The syntax of the command is incorrect.")
    shell.out(_unquoted(question.lstrip()) if question.lstrip().startswith('"') else question)
    answer = shell.read_line()
    if not answer:
        return 1
    shell.env[variable] = answer
    return 0
