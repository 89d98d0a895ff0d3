"""VSS's diagnostics as `reg query` prints them."""

import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from integrations.hyperv import diag

CAPTURE = Path(__file__).parents[2] / "data" / "vss" / "registry-vss-diag-system-writer.txt"
SET = "a1690908-4600-4e41-81b0-ce225b5bfe71"
AT = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
ROOT = r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\VSS\Diag"


def record(at: datetime, *, enter: bool, state: int = 1, hresult: int = 0, set_id: str = SET) -> str:
    filetime = int((at - datetime(1601, 1, 1, tzinfo=UTC)) / timedelta(microseconds=1)) * 10
    head = struct.pack("<QQIIIIII", 72, filetime, 1468, 1684, 1014, enter, state, hresult)
    return (head + UUID(set_id).bytes_le + bytes(16)).hex().upper()


def captured(which: str) -> str:
    row = next(line for line in CAPTURE.read_text().splitlines() if line.startswith(f"{which}:"))
    return row.split()[1]


def test_the_captured_values_are_read_as_their_source_decodes_them() -> None:
    raw = (
        "\r\nHKEY_LOCAL_MACHINE\\SYSTEM\\ControlSet001\\Services\\VSS\\Diag\\System Writer\r\n"
        f"    BACKUPCOMPLETE (Enter)    REG_BINARY    {captured('old')}\r\n"
        f"    BACKUPCOMPLETE (Leave)    REG_BINARY    {captured('new')}\r\n"
    )
    first, second = diag.parse(raw.encode()).records
    assert (first.key, first.value, first.phase) == (
        "System Writer",
        "BACKUPCOMPLETE (Enter)",
        "BACKUPCOMPLETE",
    )
    assert first.at.replace(microsecond=344000) == datetime(2022, 2, 22, 23, 20, 32, 344000, tzinfo=UTC)
    assert second.at.replace(microsecond=761000) == datetime(2022, 2, 23, 3, 20, 41, 761000, tzinfo=UTC)
    assert (first.process_id, first.state, first.hresult, first.enter) == (1468, 5, 0, True)
    assert second.enter  # the data says so, whatever the name
    assert first.set_id is None  # the telemetry cut the id off after 10 bytes


def test_a_whole_record_has_its_set_id() -> None:
    raw = f"{ROOT}\\WMI Writer\n\tFREEZE\tREG_BINARY\t{record(AT, enter=False)}\n"
    (only,) = diag.parse(raw.encode()).records
    assert (only.set_id, only.at, only.phase, only.enter) == (SET, AT, "FREEZE", False)


def test_an_all_zero_set_id_is_none() -> None:
    zero = "00000000-0000-0000-0000-000000000000"
    raw = f"{ROOT}\\WMI Writer\r\n    IDENTIFY (Enter)    REG_BINARY    {record(AT, enter=True, set_id=zero)}\r\n"
    assert diag.parse(raw.encode()).records[0].set_id is None


def test_values_that_are_no_records_are_counted() -> None:
    raw = f"{ROOT}\\X\r\n    FREEZE (Enter)    REG_BINARY    4800\r\n    THAW (Enter)    REG_BINARY    zz\r\n"
    reading = diag.parse(raw.encode())
    assert reading.records == () and reading.skipped == 2


def test_switched_off_is_seen_in_any_language() -> None:
    for name in ("(Default)", "(Standard)", "(par défaut)"):
        raw = f"\r\n{ROOT}\r\n    {name}    REG_SZ    Disabled\r\n\r\n".encode("cp850")
        assert diag.parse(raw).disabled


def test_a_default_that_is_not_set_is_not_switched_off() -> None:
    raw = f"\r\n{ROOT}\r\n    (Default)    REG_SZ    (value not set)\r\n".encode()
    assert not diag.parse(raw).disabled


def test_a_writer_value_called_disabled_does_not_switch_off() -> None:
    raw = f"{ROOT}\\Some Writer\r\n    Mode    REG_SZ    Disabled\r\n".encode()
    assert not diag.parse(raw).disabled


def test_nested_keys_keep_their_path() -> None:
    raw = f"{ROOT}\\VolSnap\\Volume{{1}}\r\n    IOCTL_RELEASE (Enter)    REG_BINARY    {record(AT, enter=True)}\r\n"
    assert diag.parse(raw.encode()).records[0].key == r"VolSnap\Volume{1}"
