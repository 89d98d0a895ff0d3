"""The kit's text: plain, short, and only words that a Windows node knows."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path

import pytest

from integrations.hyperv import kit
from integrations.hyperv.kit import KitError

TOP = files("integrations.hyperv.kit") / "files"
TESTS = Path(__file__).parents[1]

FILES = {
    **{f"kit/{name}": data for name, data in kit.scripts().items()},
    **{name: (TOP / name).read_bytes() for name in ("install.cmd", "uninstall.cmd", "task.xml")},
}
SCRIPTS = {name: data.decode("ascii") for name, data in FILES.items() if name.endswith((".cmd", ".dsh"))}

# What these classes have from classes outside the source of tests/data/wmi: DMTF's CIM schema 2.x and
# Microsoft's pages of the Win32 classes.
INHERITED = {
    "CIM_OperatingSystem": {"LastBootUpTime", "Version"},
    "Win32_BaseService": {"Name", "State", "StartMode"},
    "CIM_Process": {"Name"},
    "CIM_ComputerSystem": {"Name", "ElementName", "EnabledState"},
    "CIM_StorageAllocationSettingData": {"InstanceID", "HostResource", "Parent"},
    "CIM_VirtualSystemSettingData": {
        "InstanceID",
        "ElementName",
        "VirtualSystemIdentifier",
        "VirtualSystemType",
    },
    "CIM_ResourceAllocationSettingData": {"InstanceID"},
}


def _code(text: str) -> list[str]:
    """Return the lines that are no comment."""
    return [
        line for line in text.splitlines() if line.strip() and not line.strip().lower().startswith("rem ")
    ]


@pytest.mark.parametrize("name", [*FILES, "volumes"])
def test_every_file_is_ascii_with_windows_line_ends(name: str) -> None:
    for data in [FILES[name]] if name in FILES else kit.volume_files({"a": "C:\\ClusterStorage\\A"}).values():
        assert data.isascii()
        assert data.endswith(b"\r\n")
        assert data.count(b"\n") == data.count(b"\r\n") == data.count(b"\r")
        assert b"\t" not in data


@pytest.mark.parametrize("name", SCRIPTS)
def test_no_script_leaves_the_writers_out(name: str) -> None:
    assert "nowriters" not in SCRIPTS[name].lower()
    assert "writer verify" not in SCRIPTS[name].lower()


def test_what_runs_as_system_is_short_enough_to_be_read() -> None:
    assert sum(len(_code(text)) for name, text in SCRIPTS.items() if name.startswith("kit/")) < 130
    assert sum(len(_code(text)) for text in SCRIPTS.values()) < 240
    assert max(len(line) for name, text in SCRIPTS.items() for line in text.splitlines()) < 220


@pytest.mark.parametrize("name", [name for name in SCRIPTS if name.endswith(".cmd")])
def test_every_script_says_what_it_is_for_and_says_nothing_else(name: str) -> None:
    first, second = SCRIPTS[name].splitlines()[:2]
    assert first == "@echo off"
    assert second.startswith("rem ")


@pytest.mark.parametrize("name", [name for name in SCRIPTS if name.endswith(".cmd")])
def test_every_script_ends_with_an_exit_code(name: str) -> None:
    code = _code(SCRIPTS[name])
    assert re.fullmatch(r"exit /b( \d+)?", code[-1])


def test_only_the_gate_may_fail() -> None:
    """DiskShadow stops when an exec'd script fails; after CREATE it must not (Microsoft: "diskshadow exec")."""
    for name in ("kit/created.cmd", "kit/ended.cmd"):
        assert {line for line in SCRIPTS[name].splitlines() if "exit" in line} == {"exit /b 0"}
    assert "exit /b 1" in SCRIPTS["kit/gate.cmd"]


def test_every_script_that_is_called_is_there() -> None:
    for name, text in SCRIPTS.items():
        for used in re.findall(r"C:\\vssbot\\kit\\([\w.-]+\.\w+)", text):
            assert used in kit.scripts(), name


def test_volume_lines_have_the_recorded_form() -> None:
    """Unquoted, with a closing backslash, as in the vendor's recorded script; no recording shows a quoted one."""
    lines = kit.volume_files({"volume1": "C:\\ClusterStorage\\Volume1", "b": "C:\\ClusterStorage\\B\\"})

    provider = "provider {781c006a-5829-4a25-81e3-d5e43bd005ab}\r\n"
    assert lines == {
        "volume1.dsh": f"add volume C:\\ClusterStorage\\Volume1\\ alias vssbot_1 {provider}".encode(),
        "b.dsh": f"add volume C:\\ClusterStorage\\B\\ alias vssbot_2 {provider}".encode(),
    }


@pytest.mark.parametrize("char", list(' \t"%&|<>^\r\nä'))
def test_a_path_that_would_need_quotes_is_refused(char: str) -> None:
    with pytest.raises(KitError, match="plain name"):
        kit.volume_line(f"C:\\ClusterStorage\\a{char}b", 1)


def test_the_zip_is_the_same_each_time_and_holds_what_the_hashes_say() -> None:
    volumes = {"volume1": "C:\\ClusterStorage\\Volume1"}

    assert kit.build_zip(volumes) == kit.build_zip(volumes)
    assert set(kit.hashes(volumes)) == {*kit.scripts(), "volumes/volume1.dsh"}


# the one PowerShell line


def _statements() -> list[str]:
    """Return the statements of probe.cmd with its variables put in."""
    text = SCRIPTS["kit/probe.cmd"]
    values: dict[str, str] = {}
    for name, value in re.findall(r'^set "(\w+)=(.*)"\r?$', text, re.MULTILINE):
        for known, known_value in values.items():
            value = value.replace(f"%{known}%", known_value)  # noqa: PLW2901
        values[name] = value
    return values["Q"].split("; ")


STATEMENT = re.compile(
    r"Get-CimInstance (?:-Namespace (?P<namespace>\S+) )?(?P<cls>\w+) \| Select-Object (?P<columns>.+) \| "
    r"Export-Csv -NoTypeInformation -Encoding UTF8 (?P<file>[a-z-]+\.csv)"
)
COMPUTED = re.compile(
    r"@\{n='(\w+)';e=\{\$_\.(\w+)(?: -join '\|'|\.ToUniversalTime\(\)\.ToString\('o'\))\}\}"
)


@pytest.mark.parametrize("statement", _statements())
def test_the_probe_asks_only_for_what_a_node_has(statement: str) -> None:
    known = json.loads((TESTS / "data/wmi/ws2019.json").read_text())
    match = STATEMENT.fullmatch(statement)
    assert match, statement

    classes = known[match["namespace"] or "root/cimv2"]
    name = match["cls"]
    assert name in classes
    properties: set[str] = set()
    while name in classes:
        properties |= set(classes[name]["properties"])
        name = classes[name]["base"]
    properties |= INHERITED.get(name, set())
    columns = COMPUTED.sub(lambda computed: computed.group(2), match["columns"]).split(",")
    assert set(columns) <= properties


def test_no_two_answers_share_a_file() -> None:
    names = [match["file"] for text in _statements() if (match := STATEMENT.fullmatch(text))]
    assert len(names) == len(set(names)) == len(_statements())


def test_cmdlets_and_their_parameters_exist() -> None:
    known = json.loads((TESTS / "data/powershell/ws2016-ps51.json").read_text())["commands"]
    for statement in _statements():
        for part in statement.split(" | "):
            if not re.match(r"[A-Z]\w+-[A-Z]\w+", part):
                continue
            cmdlet, *words = part.split()
            assert cmdlet in known
            for word in words:
                if re.fullmatch(r"-[A-Z]\w+", word):
                    assert word[1:] in known[cmdlet]["params"]


def test_the_command_line_is_within_what_cmd_takes() -> None:
    """8191 characters (Microsoft: "Command prompt line string limitation")."""
    assert len("; ".join(_statements())) < 8000


def test_nothing_on_a_node_is_downloaded_or_dropped() -> None:
    words = (
        "invoke-",
        "iex",
        "downloadstring",
        "http",
        "-enc ",
        "-executionpolicy",
        "wmic",
        "certutil",
        "bitsadmin",
    )
    for name, text in SCRIPTS.items():
        for line in _code(text.lower()):
            assert not [word for word in words if word in line], name
