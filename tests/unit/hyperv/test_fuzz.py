"""No bytes make a parser fail: whatever a node sends, there is a value."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.hyperv import csvfile, diag, diskshadow, events, inventory, providerconfig, vssadmin

RECORDINGS = sorted((Path(__file__).parents[2] / "data" / "vss").glob("*.txt"))

PARSERS: dict[str, Callable[[bytes], object]] = {
    "diskshadow": lambda raw: diskshadow.parse(raw, ["vssbot_1"]),
    "created": diskshadow.created,
    "exit": diskshadow.exit_code,
    "aliases": diskshadow.aliases,
    "diag": diag.parse,
    "writers": vssadmin.writers,
    "providers": vssadmin.providers,
    "provider arrays": providerconfig.parse,
    "csv": csvfile.parse,
    "logs": events.parse_logs,
    "events": events.parse,
}


@pytest.mark.parametrize("name", PARSERS)
@settings(max_examples=30)
@given(raw=st.binary(max_size=300))
def test_random_bytes_never_fail(name: str, raw: bytes) -> None:
    PARSERS[name](raw)


@pytest.mark.parametrize("name", PARSERS)
@settings(max_examples=30)
@given(data=st.data())
def test_damaged_recordings_never_fail(name: str, data: st.DataObject) -> None:
    raw = bytearray(data.draw(st.sampled_from(RECORDINGS)).read_bytes())
    for _ in range(data.draw(st.integers(0, 6))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    PARSERS[name](bytes(raw[: data.draw(st.integers(0, len(raw)))]))


FILES = [
    "os.csv", "services.csv", "nodes.csv", "csv.csv", "csv-resource.csv", "resources.csv",
    "cluster-disks.csv", "cluster-partitions.csv", "disk-partitions.csv", "resource-disks.csv",
    "disks.csv", "vms.csv", "vm-disks.csv", "vm-settings.csv", "vm-vss.csv", "provider.txt",
    "providers.txt", "csvwriter.txt", "diag.txt", "processes.csv", "logs.txt", "version.txt",
]  # fmt: skip


@settings(max_examples=50)
@given(st.dictionaries(st.sampled_from(FILES), st.binary(max_size=80)))
def test_a_garbled_probe_is_a_probe_with_problems(files: dict[str, bytes]) -> None:
    assert inventory.probe(files, "hv-01").problems


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp850"])
def test_every_recording_is_read_in_every_encoding(encoding: str) -> None:
    for path in RECORDINGS:
        text = path.read_text("utf-8")
        raw = text.encode(encoding, "replace")
        plain = diskshadow.parse(text.encode("utf-8"), ["cdrive"])
        assert diskshadow.parse(raw, ["cdrive"]).set_id == plain.set_id


def test_csv_files_as_powershell_writes_them() -> None:
    raw = (
        '\ufeff"Name","State"\r\n"a ""quoted"", one","Running"\r\n"b\nc",\r\n"d"\r\n"e","f","g"\r\n'.encode()
    )
    assert csvfile.parse(raw) == [
        {"Name": 'a "quoted", one', "State": "Running"},
        {"Name": "b\nc", "State": ""},
        {"Name": "d", "State": ""},
        {"Name": "e", "State": "f"},
    ]
    assert csvfile.parse(b'#TYPE Selected.X\r\n"Name"\r\n"x"\r\n') == [{"Name": "x"}]
    assert csvfile.parse(b"") == []
