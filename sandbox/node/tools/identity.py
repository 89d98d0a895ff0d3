"""whoami.exe, hostname.exe, net.exe (session, localgroup) and fltmc.exe."""

from __future__ import annotations

from collections.abc import Sequence

from sandbox.node import rights
from sandbox.node.accounts import Account
from sandbox.node.process import Call
from sandbox.node.wellknown import GROUPS


def hostname(call: Call) -> int:
    """Print the computer's name."""
    if call.argv:
        call.err(
            "sethostname: Use the Network Control Panel Applet to set hostname.\r\nhostname -s is not supported.\r\n"
        )
        return 1
    call.out(call.machine.name + "\r\n")
    return 0


def whoami(call: Call) -> int:
    """Print the account, with /user its SID, with /groups its groups."""
    accounts = call.machine.accounts
    name = accounts.name_of(accounts.sid_of(call.user)).lower()
    words = [word.lower() for word in call.argv]
    if not words:
        call.out(name + "\r\n")
        return 0
    action = words.pop(0)
    csv = words[:2] == ["/fo", "csv"]
    nameless = "/nh" in words
    if action not in {"/user", "/groups"} or not set(words) <= {"/fo", "csv", "/nh", "table"}:
        call.err(f"ERROR: Invalid argument/option - '{action}'.\r\nType \"WHOAMI /?\" for usage.\r\n")
        return 1
    if action == "/user":
        rows = [(name, call.machine.accounts.sid_of(call.user))]
        _print(call, "USER INFORMATION", ("User Name", "SID"), rows, csv=csv, nameless=nameless)
        return 0
    rows4 = [
        (
            _shown(call, sid),
            "Well-known group" if not sid.startswith("S-1-5-32") else "Alias",
            sid,
            _group_flags(sid),
        )
        for sid in sorted(call.machine.accounts.sids_of(call.user))
        if sid != call.machine.accounts.sid_of(call.user)
    ]
    rows4.append(_label(call))
    _print(
        call,
        "GROUP INFORMATION",
        ("Group Name", "Type", "SID", "Attributes"),
        rows4,
        csv=csv,
        nameless=nameless,
    )
    return 0


def _label(call: Call) -> tuple[str, str, str, str]:
    """Return the row of the integrity level; there is no elevation to ask for in a service's or a remote logon."""
    if call.machine.accounts.is_system(call.user):
        level, number = "System", 16384
    elif call.machine.accounts.is_admin(call.user):
        level, number = "High", 12288
    else:
        level, number = "Medium", 8192
    return f"Mandatory Label\\{level} Mandatory Level", "Label", f"S-1-16-{number}", ""


def _shown(call: Call, sid: str) -> str:
    return call.machine.accounts.name_of(sid)


def _group_flags(sid: str) -> str:
    owner = ", Group owner" if sid == rights.ADMINISTRATORS else ""
    return "Mandatory group, Enabled by default, Enabled group" + owner


def _print(
    call: Call,
    title: str,
    columns: tuple[str, ...],
    rows: Sequence[tuple[str, ...]],
    *,
    csv: bool,
    nameless: bool,
) -> None:
    if csv:
        for row in [*([] if nameless else [columns]), *rows]:
            call.out(",".join(f'"{cell}"' for cell in row) + "\r\n")
        return
    widths = [max(len(row[index]) for row in [columns, *rows]) for index in range(len(columns))]
    if not nameless:
        call.out(f"\r\n{title}\r\n{'-' * len(title)}\r\n\r\n")
        call.out(
            " ".join(cell.ljust(width) for cell, width in zip(columns, widths, strict=True)).rstrip() + "\r\n"
        )
        call.out(" ".join("=" * width for width in widths) + "\r\n")
    for row in rows:
        call.out(
            " ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() + "\r\n"
        )


def fltmc(call: Call) -> int:
    """List the filter drivers; only administrators may."""
    if not call.machine.accounts.is_admin(call.user):
        call.out("Filters failed with error: 0x80070005\r\nAccess is denied.\r\n")
        return 1
    call.out("\r\nFilter Name                     Num Instances    Altitude    Frame\r\n")
    call.out("------------------------------  -------------  ------------  -----\r\n")
    return 0


def net(call: Call) -> int:
    """Run "net session" or "net localgroup"."""
    words = [word.lower() for word in call.argv]
    if words[:1] == ["session"] and len(words) == 1:
        if not call.machine.accounts.is_admin(call.user):
            return _system_error(call, 5, "Access is denied.")
        call.out("There are no entries in the list.\r\n\r\n")
        return 0
    if words[:1] == ["localgroup"]:
        return _localgroup(call, call.argv[1:])
    call.err("The syntax of this command is:\r\n\r\nNET\r\n    [ LOCALGROUP | SESSION ]\r\n")
    return 1


def _system_error(call: Call, number: int, text: str) -> int:
    call.err(f"System error {number} has occurred.\r\n\r\n{text}\r\n\r\n")
    return 2


def _localgroup(call: Call, words: list[str]) -> int:
    accounts = call.machine.accounts
    if not words:
        lines = "".join(f"*{group}\r\n" for group in sorted(_groups(call)))
        call.out(f"\r\nAliases for \\\\{call.machine.name}\r\n\r\n{'-' * 79}\r\n{lines}")
        call.out("The command completed successfully.\r\n\r\n")
        return 0
    group = next((own for shown, own in _groups(call).items() if shown.lower() == words[0].lower()), None)
    if group is None:
        return _system_error(call, 1376, "The specified local group does not exist.")
    if len(words) == 1:
        _show_group(call, group)
        return 0
    if words[-1].lower() not in {"/add", "/delete"} or len(words) != 3:
        call.err("The syntax of this command is:\r\n\r\nNET LOCALGROUP\r\n")
        return 1
    if not accounts.is_admin(call.user):
        return _system_error(call, 5, "Access is denied.")
    account = accounts.find(words[1])
    if account is None:
        call.err(
            f"There is no such global user or group: {words[1]}.\r\n\r\nMore help is available by typing NET HELPMSG 3783.\r\n\r\n"
        )
        return 2
    return _change_group(call, account, group, join=words[2].lower() == "/add")


def _groups(call: Call) -> dict[str, str]:
    """Return the local groups' names as this Windows shows them, with their English ones."""
    return {_shown(call, sid).rpartition("\\")[2]: name for name, sid in GROUPS.items()}


def _show_group(call: Call, group: str) -> None:
    accounts = call.machine.accounts
    members = [one.name for one in accounts.known.values() if group in one.groups]
    call.out(f"Alias name     {group}\r\nComment        \r\n\r\nMembers\r\n\r\n{'-' * 79}\r\n")
    call.out("".join(f"{member}\r\n" for member in members))
    call.out("The command completed successfully.\r\n\r\n")


def _change_group(call: Call, account: Account, group: str, *, join: bool) -> int:
    if join == (group in account.groups):
        if join:
            return _system_error(call, 1378, "The specified account name is already a member of the group.")
        return _system_error(call, 1377, "The specified account name is not a member of the group.")
    groups = (*account.groups, group) if join else tuple(one for one in account.groups if one != group)
    call.machine.accounts.add(Account(account.name, account.password, groups, account.sid))
    call.out("The command completed successfully.\r\n\r\n")
    return 0
