"""reg: QUERY [/v NAME | /ve] [/s] [/t TYPE], ADD, DELETE and EXPORT, printed as Windows' reg.exe does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.node import paths
from sandbox.node.argv import split_argv
from sandbox.node.errors import FileError
from sandbox.node.registry import NoSuchKey, Registry, Value, split_path
from sandbox.node.windows import may_administrate, windows_of

if TYPE_CHECKING:
    from sandbox.node.process import Call
    from sandbox.node.registry import Data

_TYPES = ("REG_SZ", "REG_MULTI_SZ", "REG_EXPAND_SZ", "REG_DWORD", "REG_QWORD", "REG_BINARY", "REG_NONE")


@dataclass(frozen=True)
class _Words:
    """The texts of one language."""

    default: str
    not_set: str
    missing: str
    denied: str
    syntax: str
    found: str
    done: str


_ENGLISH = _Words(
    "(Default)",
    "(value not set)",
    "ERROR: The system was unable to find the specified registry key or value.",
    "ERROR: Access is denied.",
    'ERROR: Invalid syntax.\nType "REG {verb} /?" for usage.',
    "End of search: {n} match(es) found.",
    "The operation completed successfully.",
)
_GERMAN = _Words(
    "(Standard)",
    "(Wert nicht gesetzt)",
    "FEHLER: Der angegebene Registrierungsschlüssel bzw. Wert wurde nicht gefunden.",
    "FEHLER: Zugriff verweigert",
    'FEHLER: Ungültige Syntax.\nGeben Sie "REG {verb} /?" ein, um die Syntax anzuzeigen.',
    "Ende der Suche: {n} Übereinstimmung(en) gefunden.",
    "Der Vorgang wurde erfolgreich beendet.",
)


class _Failure(Exception):
    """The command ends with exit code 1 and this text on stderr."""


def run(call: Call) -> int:
    """Run reg.exe."""
    words = split_argv(call.tail)
    say = _GERMAN if windows_of(call.machine).culture.german else _ENGLISH
    verb = words[0].lower() if words else ""
    verbs = {"query": _query, "add": _add, "delete": _delete, "export": _export}
    try:
        if verb not in verbs:
            raise _Failure(say.syntax.format(verb=verb.upper() or "QUERY"))
        verbs[verb](call, say, words[1:])
    except NoSuchKey:
        return _fail(call, say.missing)
    except _Failure as err:
        return _fail(call, str(err))
    return 0


def _fail(call: Call, text: str) -> int:
    call.err(text.replace("\n", "\r\n") + "\r\n")
    return 1


def _line(call: Call, text: str = "") -> None:
    call.out(text + "\r\n")


def _registry(call: Call) -> Registry:
    return windows_of(call.machine).registry


def _shown(key: str) -> str:
    """Return a key's path with its hive's full name, the rest as the caller spelled it."""
    return "\\".join(split_path(key))


def _options(
    say: _Words, verb: str, words: list[str], *, flags: str, valued: str
) -> tuple[str, dict[str, str]]:
    key = ""
    found: dict[str, str] = {}
    rest = iter(words)
    for word in rest:
        name = word.lower()
        if name in ("/reg:32", "/reg:64"):
            continue  # one view is enough here
        if name in flags.split():
            found[name] = ""
        elif name in valued.split():
            value = next(rest, None)
            if value is None:
                raise _Failure(say.syntax.format(verb=verb))
            found[name] = value
        elif not key:
            key = word
        else:
            raise _Failure(say.syntax.format(verb=verb))
    if not key:
        raise _Failure(say.syntax.format(verb=verb))
    return key, found


def _query(call: Call, say: _Words, words: list[str]) -> None:
    key, options = _options(say, "QUERY", words, flags="/s /ve /z", valued="/v /t")
    registry = _registry(call)
    if not registry.has_key(key):
        raise NoSuchKey(key)
    wanted = "" if "/ve" in options else options.get("/v")
    types = {options["/t"].upper()} if "/t" in options else set(_TYPES)
    if not types <= set(_TYPES):
        raise _Failure(say.syntax.format(verb="QUERY"))
    if wanted is None and "/t" not in options:
        _query_all(call, say, _shown(key), deep="/s" in options)
        return
    _query_some(call, say, _shown(key), wanted=wanted, types=types, deep="/s" in options)


def _query_all(call: Call, say: _Words, key: str, *, deep: bool) -> None:
    registry = _registry(call)
    _line(call)
    values = registry.values(key)
    if values or deep:
        _print_key(call, say, key, values)
    for name in registry.subkeys(key):
        below = f"{key}\\{name}"
        if not deep:
            _line(call, below)
            continue
        for path in _walk(registry, below):
            _print_key(call, say, path, registry.values(path))


def _query_some(
    call: Call, say: _Words, key: str, *, wanted: str | None, types: set[str], deep: bool
) -> None:
    registry = _registry(call)
    matches = 0
    _line(call)
    for path in _walk(registry, key) if deep else [key]:
        values = [
            value
            for value in registry.values(path)
            if value.type in types and (wanted is None or value.name.lower() == wanted.lower())
        ]
        if not values and not deep and wanted == "":
            values = [Value("", "REG_SZ", say.not_set)]
        if values:
            _print_key(call, say, path, values)
            matches += len(values)
    if deep or wanted is None:
        _line(call, say.found.format(n=matches))
    if not matches:
        raise NoSuchKey(key) if not deep else _Failure("")


def _walk(registry: Registry, key: str) -> Iterator[str]:
    yield key
    for name in registry.subkeys(key):
        yield from _walk(registry, f"{key}\\{name}")


def _print_key(call: Call, say: _Words, key: str, values: list[Value]) -> None:
    _line(call, key)
    for value in values:
        _line(call, f"    {value.name or say.default}    {value.type}    {_text(value)}")
    _line(call)


def _text(value: Value) -> str:
    data = value.data
    if isinstance(data, bytes):
        return data.hex().upper()
    if isinstance(data, int):
        return f"0x{data:x}"
    return data if isinstance(data, str) else "\\0".join(data)


def _add(call: Call, say: _Words, words: list[str]) -> None:
    key, options = _options(say, "ADD", words, flags="/f /ve", valued="/v /t /d")
    _need_rights(call, say, key)
    registry = _registry(call)
    if "/v" not in options and "/ve" not in options:
        registry.add_key(key)
    else:
        type_ = options.get("/t", "REG_SZ").upper()
        try:
            data = _data(type_, options.get("/d", ""))
        except ValueError:
            raise _Failure(say.syntax.format(verb="ADD")) from None
        registry.set(key, options.get("/v", ""), type_, data)
    _line(call, say.done)


def _data(type_: str, text: str) -> Data:
    if type_ not in _TYPES:
        raise ValueError(type_)
    if type_ in ("REG_DWORD", "REG_QWORD"):
        return int(text or "0", 0)
    if type_ in ("REG_BINARY", "REG_NONE"):
        return bytes.fromhex(text)
    return tuple(text.split("\\0")) if type_ == "REG_MULTI_SZ" else text


def _delete(call: Call, say: _Words, words: list[str]) -> None:
    key, options = _options(say, "DELETE", words, flags="/f /ve /va", valued="/v")
    _need_rights(call, say, key)
    registry = _registry(call)
    if "/v" in options or "/ve" in options:
        registry.delete_value(key, options.get("/v", ""))
    elif "/va" in options:
        for value in registry.values(key):
            registry.delete_value(key, value.name)
    else:
        registry.delete_key(key)
    _line(call, say.done)


def _need_rights(call: Call, say: _Words, key: str) -> None:
    if split_path(key)[0] != "HKEY_CURRENT_USER" and not may_administrate(call):
        raise _Failure(say.denied)


def _export(call: Call, say: _Words, words: list[str]) -> None:
    plain = [word for word in words if not word.startswith("/")]
    if len(plain) != 2:
        raise _Failure(say.syntax.format(verb="EXPORT"))
    registry = _registry(call)
    if not registry.has_key(plain[0]):
        raise NoSuchKey(plain[0])
    lines = ["Windows Registry Editor Version 5.00", ""]
    for path in _walk(registry, _shown(plain[0])):
        lines.append(f"[{path}]")
        lines += [_exported(value) for value in registry.values(path)]
        lines.append("")
    content = "\r\n".join([*lines, ""]).encode("utf-16")
    try:
        call.machine.files.write(paths.absolute(plain[1], call.cwd), content, call.user)
    except FileError as err:
        raise _Failure(f"ERROR: {err.text}") from err
    _line(call, say.done)


def _exported(value: Value) -> str:
    name = f'"{value.name}"' if value.name else "@"
    data = value.data
    if isinstance(data, bytes):
        return f"{name}=hex:" + ",".join(f"{byte:02x}" for byte in data)
    if isinstance(data, int):
        return f"{name}=dword:{data:08x}"
    text = data if isinstance(data, str) else "\0".join(data)
    return f'{name}="' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
