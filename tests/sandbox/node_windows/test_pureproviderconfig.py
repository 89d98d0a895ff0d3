"""The provider's tool against the vendor's guide."""

from __future__ import annotations

import re

from sandbox.node.vss.provider import HardwareProvider
from tests.sandbox.node_windows.standin import Node, Result, capture, make_node

TOOL = '"C:\\Program Files\\Pure Storage\\VSS\\Provider\\PureProviderConfig.exe"'


class Reachable(HardwareProvider):
    """A provider whose arrays always answer."""

    def check(self, entry: object) -> tuple[bool, bool, bool]:
        return True, True, True


def tool(node: Node, arguments: str) -> Result:
    return node.run(f"{TOOL} {arguments}")


def fresh() -> Node:
    node = make_node()
    node.win.unknowns.provider_banner = False
    node.win.provider = Reachable(node.win.registry)
    return node


def squeezed(text: str) -> list[str]:
    """Return lines with single blanks; the guide's PDF lost the alignment."""
    return [" ".join(line.split()) for line in text.splitlines() if line.split()]


def guide(section: str) -> list[tuple[str, list[str]]]:
    """Return the commands of a section of the guide with what each printed."""
    block = re.search(
        rf"===== {re.escape(section)} =====\n(.*?)(?=\n=====|\Z)",
        capture("pureproviderconfig-guide-outputs"),
        re.S,
    )
    assert block is not None
    parts = re.split(r"^PureProviderConfig ", block.group(1), flags=re.M)[1:]
    return [(part.splitlines()[0].strip(), squeezed("\n".join(part.splitlines()[1:]))) for part in parts]


def test_adding_listing_changing_and_removing_print_what_the_guide_shows() -> None:
    node = fresh()
    for section in ("PureProviderConfig add (password on the command line)", "PureProviderConfig list"):
        for arguments, shown in guide(section):
            assert squeezed(tool(node, arguments).out) == shown
    node.win.provider.add("pure02", "pure01.example.com", "u", "p")
    for arguments, shown in guide("PureProviderConfig setattr"):
        assert squeezed(tool(node, arguments).out) == shown
    for arguments, shown in guide("PureProviderConfig remove"):
        assert squeezed(tool(node, arguments).out) == shown


def test_the_log_verbs_print_what_the_guide_shows() -> None:
    node = fresh()
    node.win.provider.log_level = 2
    for arguments, shown in guide("PureProviderConfig log"):
        assert squeezed(tool(node, arguments).out) == shown


def test_changes_count_only_after_a_restart_of_the_provider() -> None:
    node = fresh()
    pid = node.win.services["pureprovider"].pid
    tool(node, "add --url fa.example.com --user u --password p fa")
    assert not node.win.provider.in_use
    assert (
        "Successfully restarted 'Pure Storage VSS Hardware Provider (64-bit)'."
        in tool(node, "restartprovider").out
    )
    assert list(node.win.provider.in_use) == ["fa"]
    assert node.win.services["pureprovider"].pid != pid


def test_the_banner_may_stand_before_the_table() -> None:
    node = fresh()
    node.win.unknowns.provider_banner = True
    assert tool(node, "list").out.startswith("Pure Storage PureProviderConfig version")


def test_it_is_found_only_in_its_own_folder_and_only_by_administrators() -> None:
    node = fresh()
    node.machine.add_account("alice", "x")
    assert node.run("pureproviderconfig list").code != 0
    assert "not recognized" in node.run("pureproviderconfig list").err
    assert node.run(f"{TOOL} list", user="alice").out == "Access is denied.\n"
