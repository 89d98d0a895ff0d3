"""CALL, GOTO, EXIT and SHIFT."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.node.cmd.batch import Batch, label_name
from sandbox.node.cmd.programs import BATCH_TYPES, find, words_of
from sandbox.node.cmd.reader import Reader
from sandbox.node.cmd.signals import Jump, LeaveBatch, LeaveShell
from sandbox.node.cmd.tree import DELIMITERS

if TYPE_CHECKING:
    from sandbox.node.cmd.shell import Shell


def call(shell: Shell, name: str, arguments: str) -> int:  # noqa: ARG001 - a builtin
    """CALL: expand percents once more (with doubled carets), then run a subroutine, batch file or command."""
    from sandbox.node.cmd.execute import execute, split_command

    reader = Reader(shell.expand(arguments.lstrip(DELIMITERS).replace("^", "^^")), lambda: None)
    text = reader.text()
    if not reader.at_end():
        shell.errorlevel = 1  # an operator that only now appears makes CALL give up (observed)
        return 1
    if not text:
        shell.errorlevel = (
            0 if arguments else 1
        )  # "(call )" and "(call)" set ERRORLEVEL to 0 and 1 (observed)
        return shell.errorlevel
    if text.startswith(":"):
        return _subroutine(shell, text)
    typed, tail = split_command(text)
    path = _batch_file(shell, typed)
    if path is not None:
        from sandbox.node.cmd.running import run_batch

        return (
            run_batch(shell, Batch(path, words_of(typed, tail), tail.lstrip(DELIMITERS))) or shell.errorlevel
        )
    before, shell.errorlevel = shell.errorlevel, 0
    if typed.lower() in {"exit", "goto"}:
        shell.errorlevel = before
    code = execute(shell, text)
    shell.errorlevel = shell.errorlevel or code
    return code


def _batch_file(shell: Shell, typed: str) -> str | None:
    from sandbox.node.cmd.execute import find_builtin
    from sandbox.node.errors import FileError

    if find_builtin(shell, typed) is not None:
        return None
    try:
        path = find(shell, typed)
    except FileError:
        return None
    return path if path is not None and path.lower().endswith(BATCH_TYPES) else None


def _subroutine(shell: Shell, text: str) -> int:
    from sandbox.node.cmd.running import run_batch

    if shell.batch is None:
        shell.errorlevel = 1
        return shell.fail("Invalid attempt to call batch label outside of batch script.")
    label = label_name(text[1:])
    tail = text[1:].lstrip(DELIMITERS)[len(label) :]
    position = shell.batch.find_label(shell, label) if label.lower() != "eof" else None
    if label.lower() == "eof":
        return shell.errorlevel
    if position is None:
        shell.errorlevel = 1
        return shell.fail(f"The system cannot find the batch label specified - {label}")
    batch = Batch(shell.batch.path, words_of(":" + label, tail), tail.lstrip(DELIMITERS), position)
    return run_batch(shell, batch) or shell.errorlevel


def goto(shell: Shell, name: str, arguments: str) -> int:  # noqa: ARG001 - a builtin
    """GOTO: go on behind a label; ":eof" leaves the call level."""
    if shell.batch is None:
        return 0
    text = arguments.lstrip(DELIMITERS)
    label = label_name(text.removeprefix(":"))
    if text.startswith(":") and label.lower() == "eof":
        raise LeaveBatch(0)
    position = shell.batch.find_label(shell, label) if label else None
    if position is None:
        if label.lower() == "eof":
            raise LeaveBatch(0)
        shell.err(f"The system cannot find the batch label specified - {label}\n")
        shell.errorlevel = 1
        raise LeaveBatch(1)
    shell.batch.position = position
    raise Jump


def leave(shell: Shell, name: str, arguments: str) -> int:  # noqa: ARG001 - a builtin
    """EXIT: end cmd.exe; with /B the call level."""
    words = arguments.split()
    only_batch = bool(words) and words[0].lower() == "/b"
    number = words[1:2] if only_batch else words[:1]
    if number and _is_number(number[0]):
        shell.errorlevel = _wrap(int(number[0]))
    if only_batch and shell.batch is not None:
        # Without a number ERRORLEVEL stays (CALL looks at it), but the return code is 0 (observed, question 66248276)
        raise LeaveBatch(shell.errorlevel if number else 0)
    raise LeaveShell(shell.errorlevel)


def _is_number(word: str) -> bool:
    return word.removeprefix("-").isdigit()


def _wrap(number: int) -> int:
    number &= 0xFFFFFFFF
    return number - 0x100000000 if number & 0x80000000 else number


def shift(shell: Shell, name: str, arguments: str) -> int:  # noqa: ARG001 - a builtin
    """SHIFT [/n]: move the arguments down."""
    word = arguments.strip()
    if word and not (word.startswith("/") and word[1:].isdigit() and int(word[1:]) < 9):
        return shell.fail("Invalid parameter to SHIFT command")
    if shell.batch is not None:
        shell.batch.shift(int(word[1:]) if word else 0)
    return 0
