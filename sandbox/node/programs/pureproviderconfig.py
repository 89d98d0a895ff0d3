"""pureproviderconfig: the vendor's tool that tells its VSS provider of arrays (guide of 2021, pages 12-14).

What `list` shows for an array that is offline is not recorded anywhere; "no" is ours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.node.argv import split_argv
from sandbox.node.process import decode
from sandbox.node.windows import may_administrate, windows_of

if TYPE_CHECKING:
    from sandbox.node.process import Call
    from sandbox.node.vss.provider import ArrayEntry, HardwareProvider
    from sandbox.node.windows import Windows

FAILED_EXIT_CODE = 1
FOLDER = "C:\\Program Files\\Pure Storage\\VSS\\Provider"
_LEVELS = ("ERROR", "WARNING", "INFO", "DEBUG", "TRACE")
_ASK_S = 1.0
_USAGE = (
    "Usage: PureProviderConfig [-h] {add,list,remove,setattr,log,restartprovider} ...\n"
    "  add --url URL --user USER [--password PASSWORD] ARRAY\n  list\n  remove ARRAY\n"
    "  setattr [--newname NAME] [--url URL] ARRAY\n  log {--status | --disable | --enable --loglevel LEVEL}\n"
    "  restartprovider"
)


def run(call: Call) -> int:
    """Run pureproviderconfig.exe."""
    win = windows_of(call.machine)
    words = split_argv(call.tail)
    verb = words[0].lower() if words else "-h"
    if win.unknowns.provider_banner or verb == "restartprovider":
        _banner(call, win)
    if not may_administrate(call):
        _print(call, "Access is denied.")
        return FAILED_EXIT_CODE
    verbs = {
        "add": _add,
        "list": _list,
        "remove": _remove,
        "setattr": _change,
        "log": _log,
        "restartprovider": _restart,
    }
    if verb not in verbs:
        _print(call, _USAGE)
        return 0 if verb in ("-h", "--help") else FAILED_EXIT_CODE
    options, names = _parse(words[1:])
    return verbs[verb](call, win, options, names)


def _print(call: Call, text: str) -> None:
    call.out(text.replace("\n", "\r\n") + "\r\n")


def _banner(call: Call, win: Windows) -> None:
    _print(
        call,
        "Pure Storage PureProviderConfig version 1.8.96.0 (64-bit Release)\n"
        "Copyright (C) 2021 - Pure Storage. All rights reserved.\n"
        f"On Computer: {win.name} - Windows 10.0 (20348)\nSupported REST version is 1.1",
    )


def _parse(words: list[str]) -> tuple[dict[str, str], list[str]]:
    options: dict[str, str] = {}
    names: list[str] = []
    rest = iter(words)
    for word in rest:
        if word in ("--status", "--disable", "--enable"):
            options[word] = ""
        elif word.startswith("--"):
            options[word] = next(rest, "")
        else:
            names.append(word)
    return options, names


def _table(call: Call, head: list[str], rows: list[list[str]]) -> None:
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    for row in [head, *rows]:
        _print(call, "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)))


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _list(call: Call, win: Windows, options: dict[str, str], names: list[str]) -> int:
    del options, names
    rows = []
    for entry in win.provider.configured.values():
        call.work(_ASK_S)
        answers = [_yes(answer) for answer in win.provider.check(entry)]
        rows.append([entry.url, *answers, entry.name])
    _table(call, ["URL", "Compatible", "Online", "Authenticated", "Array Name"], rows)
    return 0


def _show(call: Call, provider: HardwareProvider, entry: ArrayEntry) -> int:
    compatible, online, _ = provider.check(entry)
    _table(
        call,
        ["Array Name", "URL", "Compatible", "Online"],
        [[entry.name, entry.url, _yes(compatible), _yes(online)]],
    )
    return 0


def _add(call: Call, win: Windows, options: dict[str, str], names: list[str]) -> int:
    if len(names) != 1 or not options.get("--url") or not options.get("--user"):
        _print(call, _USAGE)
        return FAILED_EXIT_CODE
    password = options.get("--password")
    if password is None:
        call.out("Enter user password: ")
        typed = decode(call.read_input(), call.process.codepage).splitlines()
        password = typed[0] if typed else ""
        _print(call, "*" * len(password))
    entry = win.provider.add(names[0], options["--url"], options["--user"], password)
    return _show(call, win.provider, entry)


def _remove(call: Call, win: Windows, options: dict[str, str], names: list[str]) -> int:
    del options
    entry = win.provider.remove(names[0]) if names else None
    if entry is None:
        _print(call, "The array was not found.")
        return FAILED_EXIT_CODE
    _print(call, f"Name\n{entry.name}")
    return 0


def _change(call: Call, win: Windows, options: dict[str, str], names: list[str]) -> int:
    entry = None
    if names:
        entry = win.provider.change(names[0], new_name=options.get("--newname"), url=options.get("--url"))
    if entry is None:
        _print(call, "The array was not found.")
        return FAILED_EXIT_CODE
    return _show(call, win.provider, entry)


def _log(call: Call, win: Windows, options: dict[str, str], names: list[str]) -> int:
    del names
    provider = win.provider
    if "--disable" in options:
        provider.log_level = None
    elif "--enable" in options:
        level = options.get("--loglevel", "2")
        if level not in "01234" or not level:
            _print(call, _USAGE)
            return FAILED_EXIT_CODE
        provider.log_level = int(level)
    elif "--status" not in options:
        _print(call, _USAGE)
        return FAILED_EXIT_CODE
    if provider.log_level is None:
        _print(call, "Log Disabled")
    else:
        _print(call, f"Log Enabled\nLog Level: {provider.log_level}[{_LEVELS[provider.log_level]}]")
    return 0


def _restart(call: Call, win: Windows, options: dict[str, str], names: list[str]) -> int:
    del options, names
    win.services.stop("pureprovider")
    call.work(_ASK_S)
    win.services.start("pureprovider")
    win.provider.restart()
    _print(call, "Successfully restarted 'Pure Storage VSS Hardware Provider (64-bit)'.")
    return 0
