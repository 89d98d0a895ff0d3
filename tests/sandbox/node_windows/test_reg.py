"""reg.exe: the layout of its output and who may do what."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from sandbox.node.vss.diag import DIAG_KEY, Record, write
from sandbox.node.vss.service import CSV_SWITCH
from tests.sandbox.node_windows.standin import capture, make_node


def test_a_query_of_a_tree_prints_every_key_with_its_values() -> None:
    node = make_node()
    registry = node.win.registry
    registry.set("HKLM\\SOFTWARE\\A", "", "REG_SZ", "x")
    registry.set("HKLM\\SOFTWARE\\A\\B", "Bytes", "REG_BINARY", b"\x01\xab")
    registry.set("HKLM\\SOFTWARE\\A\\B", "Many", "REG_MULTI_SZ", ("a", "b"))
    registry.set("HKLM\\SOFTWARE\\A\\B", "Number", "REG_DWORD", 255)
    result = node.run("reg query HKLM\\SOFTWARE\\A /s")
    assert result.out == (
        "\nHKEY_LOCAL_MACHINE\\SOFTWARE\\A\n    (Default)    REG_SZ    x\n\n"
        "HKEY_LOCAL_MACHINE\\SOFTWARE\\A\\B\n    Bytes    REG_BINARY    01AB\n    Many    REG_MULTI_SZ    a\\0b\n"
        "    Number    REG_DWORD    0xff\n\n"
    )
    assert result.code == 0


def test_a_flat_query_lists_the_keys_below() -> None:
    node = make_node()
    result = node.run("reg query HKLM\\SYSTEM\\CurrentControlSet\\Services\\VSS")
    assert "    DisplayName    REG_SZ    Volume Shadow Copy\n" in result.out
    assert result.out.endswith(
        "Services\\VSS\\Diag\nHKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\VSS\\VssAccessControl\n"
    )


def test_a_value_is_queried_by_name() -> None:
    node = make_node()
    node.win.registry.set(*CSV_SWITCH, "REG_DWORD", 1)
    key = '"HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Failover Clusters"'
    result = node.run(f"reg query {key} /v EnableCsvVssWriter")
    assert "    EnableCsvVssWriter    REG_DWORD    0x1\n" in result.out
    assert node.run(f"reg query {key} /v Nothing").code == 1


def test_what_is_missing_is_an_error_on_stderr() -> None:
    result = make_node().run("reg query HKLM\\SOFTWARE\\Nowhere")
    assert result.err == "ERROR: The system was unable to find the specified registry key or value.\n"
    assert (result.out, result.code) == ("", 1)


def test_a_german_node_names_the_default_value_in_german() -> None:
    node = make_node(locale="de-DE")
    node.win.registry.set("HKLM\\SOFTWARE\\A", "", "REG_SZ", "x")
    assert "    (Standard)    REG_SZ    x\n" in node.run("reg query HKLM\\SOFTWARE\\A").out
    assert "wurde nicht gefunden" in node.run("reg query HKLM\\SOFTWARE\\B").err


def test_values_are_added_and_deleted_by_administrators_only() -> None:
    node = make_node()
    node.machine.add_account("alice", "x")
    assert (
        node.run("reg add HKLM\\SOFTWARE\\A /v N /t REG_DWORD /d 7 /f", user="alice").err
        == "ERROR: Access is denied.\n"
    )
    assert node.run("reg add HKLM\\SOFTWARE\\A /v N /t REG_DWORD /d 7 /f").code == 0
    assert "N    REG_DWORD    0x7" in node.run("reg query HKLM\\SOFTWARE\\A /v N", user="alice").out
    assert node.run("reg delete HKLM\\SOFTWARE\\A /f").code == 0
    assert not node.win.registry.has_key("HKLM\\SOFTWARE\\A")


def test_diagnostics_are_written_in_the_recorded_layout() -> None:
    node = make_node()
    recorded = dict(
        re.findall(r"^(old|new): +([0-9A-F]+)$", capture("registry-vss-diag-system-writer"), re.M)
    )
    old = recorded["old"]
    filetime = int.from_bytes(bytes.fromhex(old[16:32]), "little")
    at = datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=filetime // 10)
    record = Record("BACKUPCOMPLETE", True, at, 1468, 1684, 5, 0, "3ecf08a3-f473-414f-81b3-000000000000")
    write(node.win.registry, "System Writer", record)
    out = node.run(f'reg query "{DIAG_KEY}" /s').out
    shown = re.search(r"System Writer\n    BACKUPCOMPLETE \(Enter\)    REG_BINARY    ([0-9A-F]{144})\n", out)
    assert shown is not None
    assert shown.group(1)[:16] == old[:16]
    assert shown.group(1)[32:100] == old[32:100]
    # Python's clock has microseconds, a FILETIME tenths of them.
    assert int.from_bytes(bytes.fromhex(shown.group(1)[16:32]), "little") == filetime // 10 * 10
