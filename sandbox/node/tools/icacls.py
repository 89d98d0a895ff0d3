"""icacls.exe: show and change owners and rights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from sandbox.node import errors, paths, rights
from sandbox.node.errors import FileError
from sandbox.node.process import Call
from sandbox.node.rights import Entry, Security
from sandbox.node.tools.access import describe, parse_permission

NO_MAPPING = 1332
INVALID_PARAMETER = 87
CHANGES = {"/grant", "/grant:r", "/deny", "/remove", "/remove:g", "/remove:d"}


class _Problem(Exception):
    def __init__(self, text: str, code: int) -> None:
        super().__init__(text)
        self.code = code


@dataclass
class _Request:
    name: str
    steps: list[Callable[[str, Security, bool], Security]]
    deep: bool = False
    quiet: bool = False
    go_on: bool = False
    reset: bool = False
    owner: str = ""


def icacls(call: Call) -> int:
    """Run icacls; returns 0 or the Win32 error."""
    try:
        request = _parse(call)
    except _Problem as problem:
        call.err(f"{problem}\r\n")
        return problem.code
    done = failed = 0
    code = 0
    try:
        targets = _targets(call, request)
    except FileError as err:
        call.err(f"{request.name}: {err.text}\r\n")
        call.out("Successfully processed 0 files; Failed processing 1 files\r\n")
        return err.code
    for path, shown in targets:
        try:
            _one(call, request, path, shown)
            done += 1
        except FileError as err:
            call.err(f"{shown}: {err.text}\r\n")
            failed += 1
            code = err.code
            if not request.go_on:
                break
    if not request.quiet or (not request.steps and not request.reset and not request.owner):
        call.out(f"Successfully processed {done} files; Failed processing {failed} files\r\n")
    return code


def _parse(call: Call) -> _Request:
    words = list(call.argv)
    if not words or words[0].startswith("/"):
        raise _Problem(
            "Invalid parameter" if not words else f'Invalid parameter "{words[0]}"', INVALID_PARAMETER
        )
    request = _Request(words.pop(0), [])
    while words:
        word = words.pop(0)
        option = word.lower()
        if option in CHANGES:
            if not words or words[0].startswith("/"):
                raise _Problem(f'Invalid parameter "{word}"', INVALID_PARAMETER)
            while words and not words[0].startswith("/"):
                request.steps.append(_change(call, option, words.pop(0)))
        elif option.startswith("/inheritance:") and option[-1] in "edr":
            request.steps.append(_inheritance(call, option[-1]))
        elif option == "/setowner" and words:
            request.owner = _sid(call, words.pop(0))
        elif option == "/reset":
            request.reset = True
        elif option in {"/t", "/q", "/c", "/l"}:
            request.deep = request.deep or option == "/t"
            request.quiet = request.quiet or option == "/q"
            request.go_on = request.go_on or option == "/c"
        else:
            raise _Problem(f'Invalid parameter "{word}"', INVALID_PARAMETER)
    return request


def _sid(call: Call, name: str) -> str:
    sid = call.machine.accounts.lookup(name)
    if sid is None:
        raise _Problem(f"{name}: No mapping between account names and security IDs was done.", NO_MAPPING)
    return sid


def _change(call: Call, option: str, word: str) -> Callable[[str, Security, bool], Security]:
    if option.startswith("/remove"):
        sid = _sid(call, word)
        kinds = {"/remove": {True, False}, "/remove:g": {True}, "/remove:d": {False}}[option]
        return lambda _path, own, _dir: own.with_entries(
            [e for e in own.entries if e.inherited or e.sid != sid or e.allow not in kinds]
        )
    name, colon, text = word.rpartition(":")
    permission = parse_permission(text) if colon else None
    if permission is None:
        raise _Problem(f'Invalid parameter "{word}"', INVALID_PARAMETER)
    return _granting(permission.entry(_sid(call, name), allow=option != "/deny"), fresh=option == "/grant:r")


def _granting(entry: Entry, *, fresh: bool) -> Callable[[str, Security, bool], Security]:
    def step(_path: str, own: Security, is_dir: bool) -> Security:
        new = entry if is_dir else replace(entry, objects=False, containers=False, only=False)
        kept: list[Entry] = []
        for old in own.entries:
            same = not old.inherited and old.sid == new.sid and old.allow == new.allow
            if same and fresh:
                continue
            if same and replace(old, mask=new.mask) == new:
                new = replace(new, mask=new.mask | old.mask)
                continue
            kept.append(old)
        return own.with_entries([new, *kept])

    return step


def _inheritance(call: Call, how: str) -> Callable[[str, Security, bool], Security]:
    def step(path: str, own: Security, is_dir: bool) -> Security:
        if how == "e":
            parent = call.machine.files.security(paths.parent(path))
            return rights.reinherit(replace(own, protected=False), parent, is_dir=is_dir)
        kept = [replace(entry, inherited=False) for entry in own.entries if how == "d" or not entry.inherited]
        return replace(own, protected=True).with_entries(kept)

    return step


def _targets(call: Call, request: _Request) -> list[tuple[str, str]]:
    files = call.machine.files
    full = paths.absolute(request.name, call.cwd)
    if paths.has_wildcard(paths.leaf(full)):
        folder = paths.parent(full)
        prefix = request.name[: len(request.name) - len(paths.leaf(request.name))]
        found = [
            (paths.join(folder, stat.name), prefix + stat.name)
            for stat in files.scan(folder, call.user)
            if paths.matches(stat.name, paths.leaf(full))
        ]
        if not found:
            raise FileError(errors.FILE_NOT_FOUND, full)
    else:
        stat = files.stat(full, call.user)
        found = [(full, request.name)]
        if request.deep and stat.is_dir and not stat.reparse:
            found += [(path, request.name + path[len(full) :]) for path, _ in files.walk(full)]
    return found


def _one(call: Call, request: _Request, path: str, shown: str) -> None:
    files, accounts = call.machine.files, call.machine.accounts
    security = files.security(path)
    sids = accounts.sids_of(call.user)
    if not request.steps and not request.reset and not request.owner:
        if not rights.granted(security, sids, rights.READ_CONTROL):
            raise FileError(errors.ACCESS_DENIED, path)
        _show(call, shown, security)
        return
    is_dir = files.stat(path).is_dir
    if request.owner:
        # Administrators hold the privileges to take and to give ownership; others may only take it with the right.
        may_take = rights.granted(security, sids, rights.WRITE_OWNER) and request.owner in sids
        if not accounts.is_admin(call.user) and not may_take:
            raise FileError(errors.ACCESS_DENIED, path)
        security = replace(security, owner=request.owner)
    if request.steps or request.reset:
        if not rights.granted(files.security(path), sids, rights.WRITE_DAC):
            raise FileError(errors.ACCESS_DENIED, path)
        if request.reset:
            parent = files.security(paths.parent(path))
            bare = Security(security.owner)
            security = rights.reinherit(bare, parent, is_dir=is_dir)
        for step in request.steps:
            security = step(path, security, is_dir)
    files.set_security(path, security)
    if not request.quiet:
        call.out(f"processed file: {shown}\r\n")


def _show(call: Call, shown: str, security: Security) -> None:
    names = [f"{call.machine.accounts.name_of(entry.sid)}:{describe(entry)}" for entry in security.entries]
    if not names:
        call.out(f"{shown}\r\n\r\n")
        return
    indent = " " * (len(shown) + 1)
    lines = [f"{shown} {names[0]}", *(indent + name for name in names[1:])]
    call.out("\r\n".join(lines) + "\r\n\r\n")
