"""vssadmin against recorded output."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from sandbox.node.vss import codes
from sandbox.node.vss.service import ProviderInfo
from sandbox.node.vss.sets import Volume
from tests.sandbox.node_windows.standin import capture, ids, make_node, one_csv

PROVIDER = "{ddd3d232-a96f-4ac5-8f7b-250fd91fd102}"


def test_the_csv_writer_is_printed_as_recorded() -> None:
    node = make_node()
    node.win.vss.writer(
        "Cluster Shared Volume VSS Writer"
    ).instance = "{61237e66-55ff-427e-9e7a-bf9a35827e2b}"
    result = node.run("vssadmin list writers")
    assert capture("vssadmin-list-writers-csv-stable").strip() in result.out
    assert result.code == 0


def test_a_failed_writer_is_printed_as_recorded() -> None:
    node = make_node()
    writer = node.win.vss.writer("Microsoft Hyper-V VSS Writer")
    writer.instance = "{c35d6ab0-9588-412f-ae7b-cdc37534501f}"
    writer.state, writer.failure = 8, codes.WRITER_RETRYABLE
    assert capture("vssadmin-list-writers-hyperv-retryable").strip() in node.run("vssadmin list writers").out


def test_a_german_node_prints_the_german_labels() -> None:
    node = make_node(locale="de-DE")
    task = node.win.vss.writer("Task Scheduler Writer")
    task.instance = "{3f1c3b2e-0000-4000-8000-000000000001}"
    system = node.win.vss.writer("System Writer")
    system.instance, system.state = "{3f1c3b2e-0000-4000-8000-000000000007}", 7
    system.failure = codes.WRITER_RETRYABLE
    out = node.run("vssadmin list writers").out
    blocks = capture("vssadmin-list-writers-german-SYNTHETIC").split("\n\n")
    assert out.startswith(blocks[0])
    assert blocks[1] in out
    assert blocks[2] in out


def test_an_unexpected_error_is_printed_as_recorded() -> None:
    node = make_node()
    node.win.vss.list_fails = True
    result = node.run("vssadmin list writers")
    assert result.out.strip() == capture("vssadmin-failure-unexpected").strip()
    assert result.code == 2


def test_a_hardware_provider_is_printed_as_recorded() -> None:
    node = make_node()
    info = ProviderInfo("Data ONTAP VSS Hardware Provider", PROVIDER, "7. 1. 4. 6845", "Hardware")
    node.win.vss.providers = lambda: [info]  # type: ignore[method-assign]
    recorded = capture("vssadmin-list-providers-netapp").split("list providers\n")[1].split("\n[PS]")[0]
    assert node.run("vssadmin list providers").out.strip() == recorded.strip()


def test_the_vendors_provider_is_registered() -> None:
    out = make_node().run("vssadmin list providers").out
    assert "Provider name: 'Pure Storage VSS Hardware Provider'\n   Provider type: Hardware\n" in out


def test_a_shadow_copy_is_printed_as_recorded() -> None:
    topology = one_csv("DEV", "htb.local")
    topology.csvs.clear()
    node = make_node("DEV", start=datetime(2019, 9, 9, 3, 10, 55, tzinfo=UTC), topology=topology)
    node.win.vss.local_volumes = [Volume("C:\\", "\\\\?\\Volume{21385651-0000-0000-0000-602200000000}\\")]
    node.win.vss.new_id = ids("046396e4-6312-45b7-96cd-5e5f6fb017ef", "001689e5-f1a7-40a8-8b5b-8b6371bd07ca")
    node.diskshadow("set context persistent nowriters", "add volume C:", "create", "exit")
    made = node.win.vss.sets[0]
    made.options = type(made.options)(persistent=True, writers=False, client_accessible=True)
    out = node.run("vssadmin list shadows").out
    recorded = re.sub("dev.htb.local", "DEV.htb.local", capture("vssadmin-list-shadows-1"))
    assert out.split("Corp.\n\n")[1].strip() == recorded.strip()


def test_no_shadow_copies_is_said_and_ends_with_a_code() -> None:
    result = make_node().run("vssadmin list shadows")
    assert "No items found that satisfy the query." in result.out
    assert result.code == 2


def test_an_ordinary_user_is_refused() -> None:
    node = make_node()
    node.machine.add_account("alice", "x")
    result = node.run("vssadmin list writers", user="alice")
    assert "You don't have the correct permissions" in result.out
    assert result.code == 2


def test_writers_of_a_stopped_service_are_missing() -> None:
    node = make_node()
    node.win.services.stop("vmms")
    assert "Hyper-V" not in node.run("vssadmin list writers").out
