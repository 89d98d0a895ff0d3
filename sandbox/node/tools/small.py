"""where, attrib, takeown, sc query, timeout, ping, more and chcp."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sandbox.node import paths, rights
from sandbox.node.errors import FileError
from sandbox.node.process import Call
from sandbox.node.streams import Keyboard

SERVICE_STATES = {
    "STOPPED": 1,
    "START_PENDING": 2,
    "STOP_PENDING": 3,
    "RUNNING": 4,
    "CONTINUE_PENDING": 5,
    "PAUSE_PENDING": 6,
    "PAUSED": 7,
}


def where(call: Call) -> int:
    """Print every file a command name means; 1 when there is none."""
    words = [word for word in call.argv if word.lower() != "/q"]
    if len(words) != 1 or words[0].startswith("/"):
        call.err("ERROR: Invalid argument or option.\r\n")
        return 2
    name, quiet = words[0], len(words) < len(call.argv)
    extensions = ["", *(call.env.get("PATHEXT") or "").lower().split(";")]
    found: list[str] = []
    for folder in [call.cwd, *(call.env.get("PATH") or "").split(";")]:
        for extension in extensions:
            path = paths.absolute(paths.join(folder.strip('"'), name + extension), call.cwd) if folder else ""
            if path and call.machine.files.exists(path, call.user) and not call.machine.files.is_dir(path):
                true = call.machine.files.true_path(path)
                if true not in found:
                    found.append(true)
    if not found:
        call.err("" if quiet else "INFO: Could not find files for the given pattern(s).\r\n")
        return 1
    call.out("" if quiet else "".join(f"{path}\r\n" for path in found))
    return 0


def attrib(call: Call) -> int:
    """Show or change the attributes R, A, S and H of one file or of those a wildcard names."""
    add = {word[1:].upper() for word in call.argv if word.startswith("+")}
    remove = {word[1:].upper() for word in call.argv if word.startswith("-")}
    names = [word for word in call.argv if word[:1] not in {"+", "-", "/"}]
    if not (add | remove) <= set("RASH") or any(word.startswith("/") for word in call.argv) or len(names) > 1:
        call.out("Parameter format not correct -\r\n")
        return 1
    full = paths.absolute(names[0] if names else "*", call.cwd)
    try:
        if paths.has_wildcard(paths.leaf(full)):
            folder = paths.parent(full)
            stats = call.machine.files.scan(folder, call.user)
            targets = [
                paths.join(folder, s.name)
                for s in stats
                if not s.is_dir and paths.matches(s.name, paths.leaf(full))
            ]
        else:
            call.machine.files.stat(full, call.user)
            targets = [full]
        for target in targets:
            _attributes_of(call, target, add, remove)
    except FileError as err:
        call.out(f"{'File not found' if err.code in {2, 3} else err.text.rstrip('.')} - {full}\r\n")
        return 1
    return 0


def _attributes_of(call: Call, path: str, add: set[str], remove: set[str]) -> None:
    if add or remove:
        call.machine.files.set_attributes(path, add, remove, call.user)
        return
    have = call.machine.files.stat(path, call.user).attributes
    marks = "".join(letter if letter in have else " " for letter in ("A", "", "", "S", "H", "R") if letter)
    call.out(f"{marks[0]}  {marks[1:]:<18}{call.machine.files.true_path(path)}\r\n")


def takeown(call: Call) -> int:
    """Take ownership of one file or folder (/F), for the group Administrators with /A."""
    words = [word.lower() for word in call.argv]
    if "/f" not in words or words.index("/f") + 1 >= len(words) or set(words) & {"/r", "/s"}:
        call.err('ERROR: Invalid syntax.\r\nType "TAKEOWN /?" for usage.\r\n')
        return 1
    name = call.argv[words.index("/f") + 1]
    full = paths.absolute(name, call.cwd)
    files, accounts = call.machine.files, call.machine.accounts
    try:
        security = files.security(full)
    except FileError:
        call.err("ERROR: The system cannot find the file specified.\r\n")
        return 1
    admin = accounts.is_admin(call.user)
    if not admin and not rights.granted(security, accounts.sids_of(call.user), rights.WRITE_OWNER):
        call.err("ERROR: Access is denied.\r\n")
        return 1
    if "/a" in words and not admin:
        call.err("ERROR: The current logged on user does not have administrative privileges.\r\n")
        return 1
    owner = rights.ADMINISTRATORS if "/a" in words else accounts.sid_of(call.user)
    files.set_security(full, replace(security, owner=owner))
    by = "the administrators group" if "/a" in words else f'user "{accounts.full_name(call.user)}"'
    call.out(f'\r\nSUCCESS: The file (or folder): "{full}" now owned by {by}.\r\n')
    return 0


def sc(call: Call) -> int:
    """Run "sc query NAME" over the machine's services, a mapping of names to states."""
    if len(call.argv) != 2 or call.argv[0].lower() != "query":
        call.out("ERROR:  Unrecognized command\r\n")
        return 1639
    services = call.machine.extras.get("services")
    state = None
    if isinstance(services, Mapping):
        state = next((str(s) for name, s in services.items() if name.lower() == call.argv[1].lower()), None)
    if state is None:
        call.out("[SC] EnumQueryServicesStatus:OpenService FAILED 1060:\r\n\r\n")
        call.out("The specified service does not exist as an installed service.\r\n\r\n")
        return 1060
    number = SERVICE_STATES.get(state.upper(), 4)
    accepted = (
        "STOPPABLE, NOT_PAUSABLE, ACCEPTS_SHUTDOWN"
        if number == 4
        else "NOT_STOPPABLE, NOT_PAUSABLE, IGNORES_SHUTDOWN"
    )
    call.out(
        f"\r\nSERVICE_NAME: {call.argv[1]} \r\n"
        "        TYPE               : 20  WIN32_SHARE_PROCESS  \r\n"
        f"        STATE              : {number}  {state.upper()} \r\n"
        f"                                ({accepted})\r\n"
        "        WIN32_EXIT_CODE    : 0  (0x0)\r\n"
        "        SERVICE_EXIT_CODE  : 0  (0x0)\r\n"
        "        CHECKPOINT         : 0x0\r\n"
        "        WAIT_HINT          : 0x0\r\n"
    )
    return 0


def timeout(call: Call) -> int:
    """Wait /T seconds; refuses to run when stdin is not a console, as in a remote shell (observed)."""
    words = [word.lower() for word in call.argv if word.lower() not in {"/t", "/nobreak"}]
    if len(words) != 1 or not words[0].isdigit():
        call.err(
            'ERROR: Invalid syntax. Timeout value must be specified.\r\nType "TIMEOUT /?" for usage.\r\n'
        )
        return 1
    if not isinstance(call.stdin, Keyboard):
        call.err("ERROR: Input redirection is not supported, exiting the process immediately.\r\n")
        return 1
    call.out(f"\r\nWaiting for {words[0]} seconds, press a key to continue ...\r\n")
    call.work(float(words[0]))
    return 0


def ping(call: Call) -> int:
    """Ping this machine itself: what batch files use to wait a while."""
    words = list(call.argv)
    count, target = 4, ""
    while words:
        word = words.pop(0)
        if word.lower() in {"-n", "/n"} and words and words[0].isdigit():
            count = int(words.pop(0))
        elif word[:1] in "-/" or target:
            call.out(f"Bad option {word}.\r\n")
            return 1
        else:
            target = word
    if target.lower() not in {"127.0.0.1", "localhost", "::1"}:
        call.out(f"Ping request could not find host {target}. Please check the name and try again.\r\n")
        return 1
    call.out("\r\nPinging 127.0.0.1 with 32 bytes of data:\r\n")
    for number in range(count):
        if number:
            call.work(1.0)
        call.out("Reply from 127.0.0.1: bytes=32 time<1ms TTL=128\r\n")
    call.out(
        f"\r\nPing statistics for 127.0.0.1:\r\n    Packets: Sent = {count}, Received = {count}, Lost = 0 (0% loss),\r\n"
    )
    return 0


def fsutil(call: Call) -> int:
    """Run "fsutil reparsepoint query PATH"; only administrators may."""
    if [word.lower() for word in call.argv[:2]] != ["reparsepoint", "query"] or len(call.argv) != 3:
        call.out("---- Commands Supported ----\r\n\r\nreparsepoint    Reparse point management\r\n")
        return 1
    if not call.machine.accounts.is_admin(call.user):
        call.out("The FSUTIL utility requires that you have administrative privileges.\r\n")
        return 1
    try:
        stat = call.machine.files.stat(paths.absolute(call.argv[2], call.cwd), call.user)
    except FileError as err:
        call.out(f"Error:  {err.text}\r\n")
        return 1
    if not stat.reparse:
        call.out("Error:  The file or directory is not a reparse point.\r\n")
        return 1
    call.out("Reparse Tag Value : 0xa0000003\r\nTag value: Microsoft\r\nTag value: Name Surrogate\r\n")
    call.out(f"Tag value: Mount Point\r\nSubstitute Name:        \\??\\{stat.reparse}\r\n")
    return 0


def more(call: Call) -> int:
    """Print stdin and an empty line; there is no console to page on."""
    if call.argv:
        call.err("Cannot access file\r\n")
        return 1
    call.out_bytes(call.read_input())
    call.out("\r\n")
    return 0


def chcp(call: Call) -> int:
    """Show or set the console's code page."""
    if not call.argv:
        call.out(f"Active code page: {call.process.codepage}\r\n")
        return 0
    if call.argv[0] not in {"437", "850", "852", "858", "1250", "1252", "65001"}:
        call.err("Invalid code page\r\n")
        return 1
    call.process.console.codepage = int(call.argv[0])
    call.out(f"Active code page: {call.argv[0]}\r\n")
    return 0
