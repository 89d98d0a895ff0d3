"""fc.exe (/B only) and certutil.exe (-hashfile only)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from sandbox.node import paths
from sandbox.node.errors import FileError
from sandbox.node.process import Call

HASHES: dict[str, Callable[[bytes], str]] = {
    "SHA1": lambda content: hashlib.sha1(content, usedforsecurity=False).hexdigest(),
    "SHA256": lambda content: hashlib.sha256(content).hexdigest(),
    "SHA384": lambda content: hashlib.sha384(content).hexdigest(),
    "SHA512": lambda content: hashlib.sha512(content).hexdigest(),
    "MD5": lambda content: hashlib.md5(content, usedforsecurity=False).hexdigest(),
}


def fc(call: Call) -> int:
    """Compare two files byte by byte; 0 alike, 1 different, 2 for an error."""
    switches = [word.lower() for word in call.argv if word.startswith("/")]
    names = [word for word in call.argv if not word.startswith("/")]
    if switches != ["/b"] or len(names) != 2:
        call.out(
            "FC: Invalid Switch\r\n"
            if switches != ["/b"]
            else "FC: Insufficient number of file specifications\r\n"
        )
        return 2
    contents: list[bytes] = []
    for name in names:
        try:
            contents.append(call.machine.files.read(paths.absolute(name, call.cwd), call.user))
        except FileError:
            call.out(f"FC: cannot open {name.upper()} - No such file or folder\r\n\r\n")
            return 2
    call.out(f"Comparing files {names[0]} and {names[1].upper()}\r\n")
    return _differences(call, names, contents[0], contents[1])


def _differences(call: Call, names: list[str], left: bytes, right: bytes) -> int:
    different = False
    for offset, (one, other) in enumerate(zip(left, right, strict=False)):
        if one != other:
            call.out(f"{offset:08X}: {one:02X} {other:02X}\r\n")
            different = True
    if len(left) != len(right):
        longer, shorter = (0, 1) if len(left) > len(right) else (1, 0)
        call.out(f"FC: {names[longer].upper()} longer than {names[shorter].upper()}\r\n\r\n")
        return 1
    call.out("\r\n\r\n" if different else "FC: no differences encountered\r\n\r\n")
    return int(different)


def certutil(call: Call) -> int:
    """Print a file's hash; an empty file cannot be hashed (observed)."""
    words = call.argv
    if len(words) < 2 or words[0].lower().lstrip("-/") != "hashfile":
        call.out("CertUtil: Unknown command\r\n")
        return 1
    name = words[1]
    algorithm = words[2].upper() if len(words) > 2 else "SHA1"
    if algorithm not in HASHES:
        return _failed(call, 0x80090008, "NTE_BAD_ALGID", "Invalid algorithm specified.")
    try:
        content = call.machine.files.read(paths.absolute(name, call.cwd), call.user)
    except FileError as err:
        return _failed(call, 0x80070000 | err.code, f"WIN32: {err.code}", err.text)
    if not content:
        text = "The volume for a file has been externally altered so that the opened file is no longer valid."
        return _failed(call, 0x800703EE, "WIN32: 1006 ERROR_FILE_INVALID", text)
    call.out(f"{algorithm} hash of {name}:\r\n{HASHES[algorithm](content)}\r\n")
    call.out("CertUtil: -hashfile command completed successfully.\r\n")
    return 0


def _failed(call: Call, code: int, short: str, text: str) -> int:
    names = {2: " ERROR_FILE_NOT_FOUND", 3: " ERROR_PATH_NOT_FOUND", 5: " ERROR_ACCESS_DENIED"}
    short += names.get(code & 0xFFFF, "") if short.startswith("WIN32") and " ERROR" not in short else ""
    call.out(f"CertUtil: -hashfile command FAILED: 0x{code:08x} ({short})\r\nCertUtil: {text}\r\n")
    return code
