"""DiskShadow against its recorded runs."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from sandbox.faults import Fault
from sandbox.node.vss import codes
from sandbox.node.vss.sets import Volume
from sandbox.node.vss.timing import Timing
from sandbox.node.vss.writers import Component, WriterKind, standard_writers
from tests.sandbox.node_windows.standin import SERIAL, Node, capture, ids, make_node, one_csv

PURE = "{781c006a-5829-4a25-81e3-d5e43bd005ab}"
CAB = "c:\\program files\\pure storage\\vss\\hv\\02_15_2025__1054_39.cab"
CSV = "C:\\ClusterStorage\\Volume1\\"
BEFORE = [
    "Set context persistent",
    "Set option transportable",
    f'Set metadata "{CAB}"',
    "Begin backup",
    f"Add volume {CSV} Provider {PURE}",
]
VENDORS_SCRIPT = [*BEFORE, "Create", "End backup", "exit"]


@pytest.fixture
def node() -> Node:
    node = make_node("WIN2025RTM")
    node.files.makedirs("c:\\program files\\pure storage\\vss\\hv")
    node.win.vss.writers()
    node.win.vss.new_id = ids("0abe41fb-a89a-4398-af16-9a9504070d4f", "a1690908-4600-4e41-81b0-ce225b5bfe71")
    return node


def dc01(start: datetime, volume: str, writers: list[WriterKind], *made: str) -> Node:
    """Return the domain controller of two recorded runs: no cluster, the software provider."""
    topology = one_csv("DC01", "BLACKFIELD.local")
    topology.csvs.clear()
    topology.vms.clear()
    node = make_node("DC01", start=start, topology=topology)
    node.win.vss.local_volumes = [Volume("C:\\", f"\\\\?\\Volume{{{volume}}}\\")]
    node.win.vss.kinds = writers
    node.win.vss.writers()
    node.win.vss.new_id = ids(*made)
    return node


def trimmed(text: str) -> str:
    """Return text as a terminal shows it: tabs as blanks, nothing at line ends."""
    return "\n".join(line.expandtabs(8).rstrip() for line in text.strip().splitlines())


def test_the_vendors_run_prints_the_vendors_capture(node: Node) -> None:
    result = node.diskshadow(*VENDORS_SCRIPT)
    recorded = capture("diskshadow-csv-pure-success-ws2025").split('Volume1\\"\n')[1].split("Ending")[0]
    assert result.out == recorded
    assert result.code == 0


def test_the_array_snapshot_comes_97_seconds_after_the_start_and_the_end_90_later(node: Node) -> None:
    started = node.clock.at
    node.diskshadow(*VENDORS_SCRIPT)
    at, set_id, volumes = node.provider.commits[0]
    assert (at - started).total_seconds() == 97
    assert (node.clock.at - at).total_seconds() == 90
    assert set_id == "{a1690908-4600-4e41-81b0-ce225b5bfe71}"
    assert volumes == ["vol-20A4"]


def test_a_run_without_writers_prints_its_capture() -> None:
    node = dc01(
        datetime(2020, 9, 30, 8, 46, 44, tzinfo=UTC),
        "351b4712-0000-0000-0000-602200000000",
        standard_writers(),
        "0872fcaf-ceab-4999-b7da-e4c5575876d1",
        "9fdb069a-80bd-4682-80d9-08c2e4e07378",
    )
    node.win.vss.shadow_number = 8
    metadata = "C:\\Users\\svc_backup\\Links\\jib1337\\metadata.cab"
    node.files.makedirs(metadata.rpartition("\\")[0])
    node.files.write(metadata, b"old")
    result = node.diskshadow(
        "set context persistent nowriters",
        f"set metadata {metadata}",
        "add volume C: alias someAlias",
        "create",
        "expose %someAlias% K:",
    )
    recorded = capture("diskshadow-winrm-nowriters-success").split("diskshadow.txt\n")[1]
    assert trimmed(result.out) == trimmed(recorded)


def test_a_verbose_run_with_writers_prints_its_capture() -> None:
    known = {kind.name.removesuffix(" Writer"): kind for kind in standard_writers()}
    dfsr = Component("\\SYSVOL\\B0E5E5E5-367C-47BD-8D81-52FF1C8853A7-A711151C-FA0B-40DD-8BDB-780EF9825004")
    writers = [
        *(
            known[name]
            for name in ("Shadow Copy Optimization", "ASR", "Task Scheduler", "VSS Metadata Store")
        ),
        *(known[name] for name in ("Performance Counters", "System", "WMI")),
        WriterKind("DFS Replication service writer", "{2707761b}", "VSS", "dfsrs.exe", (dfsr,)),
        *(known[name] for name in ("Registry", "COM+ REGDB")),
        WriterKind("NTDS", "{b2014c9e}", "VSS", "lsass.exe", (Component("\\C:_Windows_NTDS\\ntds"),)),
    ]
    node = dc01(
        datetime(2023, 2, 26, 20, 43, 15, tzinfo=UTC),
        "6cd5140b-0000-0000-0000-602200000000",
        writers,
        "10c53d13-aa53-4359-9b2c-75879f4a57e1",
        "8be740bc-ae10-4869-8c95-f8a084cf50d3",
    )
    node.win.vss.timing = Timing(identify_s=6, prepare_backup_s=2, prepare_snapshot_s=4, freeze_s=2)
    result = node.diskshadow(
        "set verbose on",
        "set metadata C:\\Windows\\Temp\\meta.cab",
        "set context clientaccessible",
        "set context persistent",
        "begin backup",
        "add volume C: alias cdrive",
        "create",
        "expose %cdrive% E:",
        "end backup",
    )
    recorded = capture("diskshadow-winrm-verbose-writers-success").split("backupscript.txt\n")[1]
    temporary = re.compile(r"Dis[0-9A-F]{4}\.tmp")
    assert trimmed(temporary.sub("Dis.tmp", result.out)) == trimmed(temporary.sub("Dis.tmp", recorded))


def test_a_veto_prints_the_recorded_block_and_the_script_goes_on(node: Node) -> None:
    node.faults.add(Fault("vss.provider", "veto"))
    result = node.diskshadow(*VENDORS_SCRIPT)
    recorded = capture("diskshadow-provider-veto").split("DISKSHADOW> create\n")[1].split("\n\n-----")[0]
    after = result.out.split("-> Create\n")[1]
    assert trimmed(after.split("-> End")[0]) == trimmed(recorded)
    assert after.split("-> End backup\n")[1].startswith(
        "\nThe last operation failed.\n\t- Returned HRESULT: 80042301"
    )
    assert after.endswith("-> exit\n")
    assert result.code == 0


def test_a_failed_create_ends_with_a_code_where_it_does_so(node: Node) -> None:
    node.win.unknowns.exit_zero_after_failed_create = False
    assert node.diskshadow("create", "exit").code == 1


def test_a_failed_operation_ends_the_script_where_it_does_so(node: Node) -> None:
    node.win.unknowns.continue_after_failed_line = False
    result = node.diskshadow("create", "end backup", "exit")
    assert "-> end backup" not in result.out


def test_a_script_with_bare_line_feeds_loses_last_letters_and_stops_at_the_usage() -> None:
    node = make_node("DC01", start=datetime(2024, 4, 20, 19, 1, 45, tzinfo=UTC))
    node.files.write(
        "C:\\work\\zi.txt",
        b"set context persistent nowriters\nadd volume c: alias miguelito\ncreate\nexpose %miguelito% z:\n",
    )
    result = node.run("diskshadow.exe -s zi.txt")
    recorded = capture("diskshadow-script-bare-lf-usage").split("zi.txt\n")[1].split("*Evil")[0]
    assert trimmed(result.out) == trimmed(recorded)
    assert result.code == 1


def test_an_unknown_command_shows_what_there_is(node: Node) -> None:
    assert "ADD BEGIN BREAK CREATE" in node.diskshadow("frobnicate").out


def test_comments_are_echoed_and_a_hash_ends_a_line(node: Node) -> None:
    result = node.diskshadow("# nothing", "set verbose on# quite", "exit")
    assert result.out.endswith("-> # nothing\n-> set verbose on# quite\n-> exit\n")


def test_exec_gets_the_aliases_as_environment_variables(node: Node) -> None:
    node.files.write("C:\\work\\after.cmd", b"@echo %VSS_SHADOW_SET% %mine%> seen.txt\r\n")
    node.diskshadow(
        "set context persistent",
        "set option transportable",
        f"add volume {CSV} alias mine",
        "create",
        "exec C:\\work\\after.cmd",
    )
    made = node.win.vss.sets[0]
    assert node.files.read("C:\\work\\seen.txt").decode().split() == [made.id, made.shadows[0].id]


def test_after_a_failed_create_the_set_alias_is_not_there(node: Node) -> None:
    node.files.write("C:\\work\\after.cmd", b"@echo [%VSS_SHADOW_SET%]> seen.txt\r\n")
    node.diskshadow("create", "exec C:\\work\\after.cmd")
    assert node.files.read("C:\\work\\seen.txt").strip() == b"[%VSS_SHADOW_SET%]".replace(
        b"%VSS_SHADOW_SET%", b""
    )


@pytest.mark.parametrize(("ignored", "ran"), [(True, True), (False, False)])
def test_a_failing_exec_stops_the_script_unless_it_is_ignored(node: Node, ignored: bool, ran: bool) -> None:
    node.win.unknowns.ignore_failing_exec = ignored
    node.files.write("C:\\work\\gate.cmd", b"@exit /b 1\r\n")
    node.diskshadow(*BEFORE, "exec C:\\work\\gate.cmd", "create", "end backup", "exit")
    assert bool(node.win.vss.sets) is ran
    assert bool(node.provider.commits) is ran


def test_output_arrives_after_that_of_exec_because_it_is_buffered_to_the_end(node: Node) -> None:
    node.files.write("C:\\work\\say.cmd", b"@echo from the child\r\n")
    assert node.diskshadow("exec C:\\work\\say.cmd").out.startswith("from the child\nMicrosoft DiskShadow")
    node.win.unknowns.output_only_at_exit = False
    assert node.diskshadow("exec C:\\work\\say.cmd").out.startswith("Microsoft DiskShadow")


def test_a_log_holds_the_same_output(node: Node) -> None:
    node.script("exit")
    result = node.run("diskshadow /s a.dsh /l out.log")
    assert node.files.read("C:\\work\\out.log") == result.raw


@pytest.mark.parametrize(
    ("line", "hresult"),
    [
        ("add volume C:\\ClusterStorage\\Volume9\\", "80042308"),
        ("add volume c:\\clusterstorage\\volume1", "8004230D"),
        ("add volume C: provider {00000000-0000-0000-0000-000000000001}", "80042304"),
        ("end backup", "80042301"),
    ],
)
def test_what_vss_refuses_is_shown_with_its_number(node: Node, line: str, hresult: str) -> None:
    result = node.diskshadow(f"add volume {CSV}", line, "exit")
    assert f"\t- Returned HRESULT: {hresult}\n" in result.out


def test_a_volume_that_is_not_on_the_array_is_not_supported_by_the_provider(node: Node) -> None:
    result = node.diskshadow(f"add volume C: provider {PURE}", "create", "exit")
    assert "8004230E" in result.out


def test_the_cab_is_a_cabinet_of_one_file_per_writer(node: Node) -> None:
    node.diskshadow(*VENDORS_SCRIPT)
    content = node.files.read(CAB)
    assert content[:4] == b"MSCF"
    assert int.from_bytes(content[8:12], "little") == len(content)
    assert content.count(b".xml\0") == 2 + len(node.win.vss.writers())


def test_metadata_for_a_folder_that_is_missing_is_refused(node: Node) -> None:
    result = node.diskshadow("set metadata C:\\nowhere\\a.cab", "exit")
    assert "The metadata file name path specifies a directory that is read-only." in result.out


def test_metadata_where_the_user_may_not_write_is_refused(node: Node) -> None:
    node.machine.add_account("bob", "x", ("Users", "Backup Operators"))
    node.script("set metadata C:\\Windows\\a.cab", "exit")
    assert "directory that is read-only." in node.run("diskshadow /s a.dsh", user="bob").out


def test_a_script_that_is_missing_cannot_be_opened(node: Node) -> None:
    result = node.run("diskshadow /s nothing.dsh")
    assert (result.code, "nothing.dsh cannot be opened" in result.out) == (1, True)


def test_lines_can_come_from_standard_input(node: Node) -> None:
    node.files.write("C:\\work\\lines.txt", b"set verbose on\r\nexit\r\n")
    out = node.run("diskshadow < lines.txt").out
    assert out.endswith("AM\n\n\nDISKSHADOW> \nDISKSHADOW> ")


def test_without_metadata_the_cab_lands_in_the_current_folder(node: Node) -> None:
    node.diskshadow(
        "set context persistent", "set option transportable", f"add volume {CSV}", "create", "exit"
    )
    assert [name for name in node.files.listdir("C:\\work") if name.endswith("_WIN2025RTM.cab")]


def test_list_writers_status_has_the_documented_layout(node: Node) -> None:
    documented = capture("diskshadow-list-writers-status").splitlines()
    shown = [line.expandtabs(8) for line in node.diskshadow("list writers status").out.splitlines()]
    guid = re.compile(r"\{[0-9a-f-]{36}\}")
    shapes = {guid.sub("{}", line) for line in shown}
    for line in documented[6:11]:
        assert guid.sub("{}", line) in shapes
    assert shown[-2] == f"{len(node.win.vss.writers())} writers listed."


def test_vms_are_components_named_by_their_id_and_those_elsewhere_are_left_out(node: Node) -> None:
    first, second = node.win.topology.vms.values()
    second.disks.append("C:\\ClusterStorage\\Volume2\\vm02\\second.vhdx")
    csv = node.win.topology.csvs["Volume1"]
    node.win.topology.csvs["Volume2"] = type(csv)(
        "Volume2", "Cluster Disk 2", SERIAL[:-1] + "5", csv.owner, 3
    )
    out = node.diskshadow("set verbose on", *VENDORS_SCRIPT).out
    assert (
        f'* Including writer "Microsoft Hyper-V VSS Writer":\n\t+ Adding component: \\{first.id}\n\n' in out
    )
    assert (
        f'Component "\\{second.id}" from writer "Microsoft Hyper-V VSS Writer" is excluded from backup,\n'
        "because it requires volume C:\\ClusterStorage\\Volume2\\ which is not in the shadow copy set.\n"
        in out
    )
    assert 'Excluding writer "System Writer", because all of its components have been excluded.' in out


def test_verify_of_a_writer_without_components_in_the_set_fails_create(node: Node) -> None:
    node.win.topology.vms.clear()
    result = node.diskshadow("writer verify {66841cd4-6ded-4f4b-8f17-fd23f8ddc3de}", *VENDORS_SCRIPT)
    assert "The last operation failed." in result.out
    assert not node.provider.commits


def test_a_transportable_set_is_listed_nowhere_but_in_its_cab(node: Node) -> None:
    node.diskshadow(*VENDORS_SCRIPT)
    assert "No shadow copies found." in node.diskshadow("list shadows all").out
    assert node.win.vss.sets[0].state == "completed"


def test_blanks_may_stand_for_tabs(node: Node) -> None:
    node.win.unknowns.indent_with_tabs = False
    assert f"\n        - Returned HRESULT: {codes.BAD_STATE:08X}\n" in node.diskshadow("create").out


def test_a_german_node_writes_german_dates_and_sentences_in_code_page_850() -> None:
    node = make_node(locale="de-DE")
    result = node.diskshadow(f"set metadata {CAB}", "create")
    assert "Auf Computer:  HV-01,  15.02.2025 10:54:39" in result.out
    assert "schreibgeschütztes".encode("cp850") in result.raw
    assert "\t- Zurückgegebenes HRESULT: 80042301" in result.out


def test_a_missing_temporary_folder_is_noticed_after_the_snapshot(node: Node) -> None:
    node.files.write("C:\\work\\a.cmd", b"@set TEMP=C:\\nowhere\r\n@diskshadow /s a.dsh\r\n")
    node.script(*VENDORS_SCRIPT)
    out = node.run("a.cmd").out
    assert "Alias VSS_SHADOW_SET" in out
    assert "\t- Returned HRESULT: 80070003\n" in out
    assert node.provider.commits


def test_an_offline_csv_is_not_found(node: Node) -> None:
    node.win.topology.csvs["Volume1"].state = 3
    assert "80042308" in node.diskshadow(f"add volume {CSV}").out
