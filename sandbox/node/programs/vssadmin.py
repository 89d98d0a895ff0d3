"""vssadmin: LIST WRITERS, PROVIDERS, SHADOWS and SHADOWSTORAGE, in English and German.

English layout from recorded output; German labels from a public test fixture made on a German server.
Every LIST WRITERS is a requester session of its own: all writers identify themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.node.argv import split_argv
from sandbox.node.vss import codes
from sandbox.node.vss.session import Session
from sandbox.node.vss.sets import Requester
from sandbox.node.windows import may_administrate, windows_of

if TYPE_CHECKING:
    from sandbox.node.process import Call
    from sandbox.node.vss.sets import Options
    from sandbox.node.windows import Windows

FAILED_EXIT_CODE = 2
_BANNER = (
    "vssadmin 1.1 - Volume Shadow Copy Service administrative command-line tool\n"
    "(C) Copyright 2001-2013 Microsoft Corp.\n"
)


@dataclass(frozen=True)
class _Labels:
    quote: str
    writer: str
    writer_id: str
    instance: str
    state: str
    last_error: str
    provider: str
    provider_type: str
    provider_id: str
    version: str
    states: dict[int, str]
    failed: str
    errors: dict[int, str]
    other_error: str


_ENGLISH = _Labels(
    "'", "Writer name", "Writer Id", "Writer Instance Id", "State", "Last error",
    "Provider name", "Provider type", "Provider Id", "Version",
    {0: "Unknown", 1: "Stable", 2: "Waiting for freeze", 3: "Frozen", 4: "Waiting for completion", 5: "Waiting for completion"},
    "Failed",
    {codes.S_OK: "No error", codes.WRITER_RETRYABLE: "Retryable error", codes.WRITER_NONRETRYABLE: "Non-retryable error",
     codes.WRITER_TIMEOUT: "Timed out", codes.INCONSISTENT_SNAPSHOT: "Inconsistent shadow copy"},
    "Unexpected error",
)  # fmt: skip
_GERMAN = _Labels(
    '"', "Verfassername", "Verfasserkennung", "Verfasserinstanzkennung", "Status", "Letzter Fehler",
    "Anbietername", "Anbietertyp", "Anbieterkennung", "Version",
    {0: "Unbekannt", 1: "Stabil", 2: "Warten auf Fixierung", 3: "Fixiert", 4: "Warten auf Abschluss", 5: "Warten auf Abschluss"},
    "Fehlgeschlagen",
    {codes.S_OK: "Kein Fehler", codes.WRITER_RETRYABLE: "Wiederholbarer Fehler", codes.WRITER_NONRETRYABLE: "Nicht wiederholbarer Fehler",
     codes.WRITER_TIMEOUT: "Zeitüberschreitung", codes.INCONSISTENT_SNAPSHOT: "Inkonsistente Schattenkopie"},
    "Unerwarteter Fehler",
)  # fmt: skip


def run(call: Call) -> int:
    """Run vssadmin.exe."""
    win = windows_of(call.machine)
    words = [word.lower() for word in split_argv(call.tail)]
    _print(call, _BANNER)
    if not may_administrate(call):
        _print(
            call,
            "Error: You don't have the correct permissions to run this command.  Please run this utility from a command \n"
            "window that has elevated administrator privileges.",
        )
        return FAILED_EXIT_CODE
    if words[:2] == ["list", "writers"]:
        return _list_writers(call, win)
    if words[:2] == ["list", "providers"]:
        return _list_providers(call, win)
    if words[:2] == ["list", "shadows"]:
        return _list_shadows(call, win)
    if words[:2] == ["list", "shadowstorage"]:
        _print(call, "No items found that satisfy the query.\n")
        return FAILED_EXIT_CODE
    _print(call, "Error: Invalid command.\n")
    return FAILED_EXIT_CODE


def _print(call: Call, text: str) -> None:
    call.out(text.replace("\n", "\r\n") + "\r\n")


def _labels(win: Windows) -> _Labels:
    return _GERMAN if win.culture.german else _ENGLISH


def _list_writers(call: Call, win: Windows) -> int:
    if win.vss.list_fails:
        _print(call, "Error: A Volume Shadow Copy Service component encountered an unexpected error.\n")
        return FAILED_EXIT_CODE
    if win.vss.is_creating:
        _print(call, "Waiting for responses.\nThese may be delayed if a shadow copy is being prepared.\n")
    session = Session(win.vss, Requester(call.process.pid, call.process.command_line, call.work))
    try:
        session.gather(for_set=False)
    except codes.VssError as err:
        _print(call, f"Error: Unexpected failure: 0x{err.hresult:08x}\n")
        return FAILED_EXIT_CODE
    finally:
        session.abandon()
    say = _labels(win)
    for writer in win.vss.writers():
        state = say.states.get(writer.state, say.failed)
        error = say.errors.get(writer.failure, say.other_error)
        _print(
            call,
            f"{say.writer}: {say.quote}{writer.kind.name}{say.quote}\n"
            f"   {say.writer_id}: {writer.kind.guid}\n   {say.instance}: {writer.instance}\n"
            f"   {say.state}: [{writer.state}] {state}\n   {say.last_error}: {error}\n",
        )
    return 0


def _list_providers(call: Call, win: Windows) -> int:
    say = _labels(win)
    for provider in win.vss.providers():
        kind = f"   {say.provider_type}: {provider.type}\n" if provider.type else ""
        _print(
            call,
            f"{say.provider}: {say.quote}{provider.name}{say.quote}\n{kind}"
            f"   {say.provider_id}: {provider.id}\n   {say.version}: {provider.version}\n",
        )
    return 0


def _list_shadows(call: Call, win: Windows) -> int:
    """List what VSS knows; a transportable set that was never imported is only in its .cab."""
    names = {provider.id.lower(): provider.name for provider in win.vss.providers()}
    shown = 0
    for made in win.vss.sets:
        if made.state not in ("created", "completed") or made.options.transportable:
            continue
        created = win.culture.date_time(made.shadows[0].created)
        text = f"Contents of shadow copy set ID: {made.id}\n"
        text += f"   Contained {len(made.shadows)} shadow copies at creation time: {created}\n"
        for copy in made.shadows:
            drive = copy.volume.path.rstrip("\\")
            text += (
                f"      Shadow Copy ID: {copy.id}\n"
                f"         Original Volume: ({drive}){copy.volume.guid_path}\n"
                f"         Shadow Copy Volume: {copy.device}\n"
                f"         Originating Machine: {win.fqdn}\n         Service Machine: {win.fqdn}\n"
                f"         Provider: '{names.get(copy.provider.lower(), 'Unknown')}'\n"
                f"         Type: {'ClientAccessible' if made.options.client_accessible else 'DataVolumeRollback'}\n"
                f"         Attributes: {_attributes(made.options)}\n\n"
            )
        _print(call, text)
        shown += 1
    if not shown:
        _print(call, "No items found that satisfy the query.\n")
    return 0 if shown else FAILED_EXIT_CODE


def _attributes(options: Options) -> str:
    words = ["Persistent"] if options.persistent else []
    words += ["Client-accessible"] if options.client_accessible else []
    words += ["No auto release"] if options.persistent else []
    words += [] if options.writers else ["No writers"]
    words += ["Differential"] if options.differential else ["Plex"]
    return ", ".join(words)
