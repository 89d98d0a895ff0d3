"""VSS's own diagnostics: `reg query HKLM\\…\\Services\\VSS\\Diag`, one binary value per writer and phase."""

from __future__ import annotations

import re
import struct
from datetime import UTC, datetime, timedelta

from bot.domain.diagnostics import phase_seen, progress
from bot.domain.vss import DiagReading, DiagRecord
from integrations.hyperv.decoding import lines

__all__ = ["parse", "phase_seen", "progress"]

_KEY = re.compile(r"HKEY_.*?\\Services\\VSS\\Diag(?:\\(?P<name>.*?))?\s*$", re.IGNORECASE)
_VALUE = re.compile(r"\s+(?P<name>\S.*?)\s+(?P<type>REG_[A-Z_]+)(?:\s+(?P<text>.*?))?\s*$")
_PHASE = re.compile(r"\w+")

# Little-endian: size, FILETIME, process, thread, event number, 1 = enter, writer state, HRESULT. Worked
# out from two real captures; the first 40 of 72 bytes are sure, the set id after them nearly so.
_RECORD = struct.Struct("<QQIIIIII")
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
_NO_GUID = bytes(16)


def parse(raw: bytes) -> DiagReading:
    """Return every record below VSS\\Diag; values that are none are skipped and counted."""
    records: list[DiagRecord] = []
    key: str | None = None
    disabled, skipped = False, 0
    for line in lines(raw):
        if found := _KEY.match(line.strip()):
            key = found.group("name") or ""
        elif key is not None and (found := _VALUE.match(line)):
            name, kind, text = found.group("name"), found.group("type"), found.group("text") or ""
            if kind == "REG_BINARY":
                record = _record(key, name, text)
                records += [record] if record else []
                skipped += record is None
            elif not key and text.strip().lower() == "disabled":
                disabled = True  # the default value's name is localised, its data is not
    return DiagReading(tuple(records), disabled, skipped)


def _record(key: str, name: str, text: str) -> DiagRecord | None:
    try:
        data = bytes.fromhex(text)
        _, filetime, process, _, _, enter, state, hresult = _RECORD.unpack_from(data)
        at = _EPOCH + timedelta(microseconds=filetime // 10)
    except (ValueError, struct.error, OverflowError):
        return None
    phase = _PHASE.match(name)
    if filetime == 0 or phase is None:
        return None
    set_id = data[40:56]
    return DiagRecord(
        key=key,
        value=name,
        phase=phase.group().upper(),
        enter=enter == 1,
        at=at,
        process_id=process,
        state=state,
        hresult=hresult,
        set_id=_guid(set_id) if len(set_id) == 16 and set_id != _NO_GUID else None,
    )


def _guid(data: bytes) -> str:
    first, second, third = struct.unpack_from("<IHH", data)
    rest = data[8:].hex()
    return f"{first:08x}-{second:04x}-{third:04x}-{rest[:4]}-{rest[4:]}"
