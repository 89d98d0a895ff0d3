"""DiskShadow against its recorded runs."""

from __future__ import annotations

from tests.sandbox.node_windows.standin import Node, capture, ids, make_node

PURE = "{781c006a-5829-4a25-81e3-d5e43bd005ab}"
VENDOR_SCRIPT = "\r\n".join(
    [
        "Set context persistent",
        "Set option transportable",
        'Set metadata "c:\\program files\\pure storage\\vss\\hv\\02_15_2025__1054_39.cab"',
        "Begin backup",
        f"Add volume C:\\ClusterStorage\\Volume1\\ Provider {PURE}",
        "Create",
        "End backup",
        "exit",
        "",
    ]
)


def vendor_node() -> Node:
    node = make_node("WIN2025RTM")
    node.files.makedirs("c:\\program files\\pure storage\\vss\\hv")
    node.files.write("C:\\work\\a.dsh", VENDOR_SCRIPT.encode())
    node.win.vss.writers()
    node.win.vss.new_id = ids("0abe41fb-a89a-4398-af16-9a9504070d4f", "a1690908-4600-4e41-81b0-ce225b5bfe71")
    return node


def test_the_vendors_run_prints_the_vendors_capture() -> None:
    node = vendor_node()
    result = node.run("diskshadow /s a.dsh")
    recorded = capture("diskshadow-csv-pure-success-ws2025").split('Volume1\\"\n')[1].split("Ending")[0]
    assert result.out == recorded
    assert result.code == 0


def test_the_array_snapshot_comes_97_seconds_after_the_start_and_the_end_90_later() -> None:
    node = vendor_node()
    started = node.clock.at
    node.run("diskshadow /s a.dsh")
    at, set_id, volumes = node.provider.commits[0]
    assert (at - started).total_seconds() == 97
    assert (node.clock.at - at).total_seconds() == 90
    assert set_id == "{a1690908-4600-4e41-81b0-ce225b5bfe71}"
    assert volumes == ["vol-20A4"]
