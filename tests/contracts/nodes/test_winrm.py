"""What only the adapter can get wrong: every way in which WinRM breaks, and what is left behind."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.ports import Refused, Unreachable
from integrations.hyperv.ledger import FolderLedger
from integrations.hyperv.nodes import WinrmNodes
from integrations.hyperv.shell import NodeShell
from sandbox.faults import Fault

from .benches import CLUSTER, NODE, OTHER, SandboxBench, ask, new_id

BOTH = pytest.mark.parametrize("node", [NODE, OTHER], ids=["https", "http-sealed"])


@pytest.fixture
def ledger(tmp_path: Path) -> FolderLedger:
    return FolderLedger(tmp_path / "shells")


@pytest.fixture
def nodes(sandbox: SandboxBench, ledger: FolderLedger) -> Iterator[WinrmNodes]:
    """An adapter of its own on nodes without any shell and without faults."""
    sandbox.adapter.close()
    sandbox.world.faults.clear()
    sandbox.count_from_here()
    adapter = sandbox.connect(ledger)
    yield adapter
    sandbox.world.faults.clear()
    adapter.close()


def break_(sandbox: SandboxBench, operation: str, kind: str, *, node: str = NODE, **more: float) -> None:
    fault = Fault(f"winrm.{operation}@{node}", kind, int(more.get("count", 1)), more.get("delay_s", 0.0))
    sandbox.world.faults.add(fault)


def look(nodes: WinrmNodes, node: str = NODE) -> bool:
    """Return whether a look came back, which must show nothing."""
    return not nodes.look(CLUSTER, node, new_id()).claimed


BREAKS = [
    (operation, kind)
    for operation in ("create", "command", "receive")
    for kind in ("reset", "lost_reply", "http_400", "http_500", "shell_gone", "unauthorized")
    # A 401 to the very first request is a refused log-on, which is not tried again.
    if (operation, kind) != ("create", "unauthorized")
]


@BOTH
@pytest.mark.parametrize(("operation", "kind"), BREAKS)
def test_one_break_is_cured_by_a_fresh_connection(
    sandbox: SandboxBench, nodes: WinrmNodes, node: str, operation: str, kind: str
) -> None:
    if operation != "create":
        assert look(nodes, node)
    break_(sandbox, operation, kind, node=node)
    assert look(nodes, node)


@BOTH
@pytest.mark.parametrize("kind", ["reset", "http_400", "shell_gone"])
def test_what_stays_broken_is_unreachable(
    sandbox: SandboxBench, nodes: WinrmNodes, node: str, kind: str
) -> None:
    break_(sandbox, "command", kind, node=node, count=4)
    with pytest.raises(Unreachable) as silent:
        look(nodes, node)
    assert silent.value.place == node
    sandbox.world.faults.clear()
    assert look(nodes, node), "and it heals by itself"


@pytest.mark.parametrize("kind", ["quota_shells", "quota_operations"])
def test_a_used_up_quota_is_said_in_plain_words(sandbox: SandboxBench, nodes: WinrmNodes, kind: str) -> None:
    break_(sandbox, "create", kind, count=2)
    with pytest.raises(Unreachable, match="quota"):
        look(nodes)


def _is_under_way(sandbox: SandboxBench, request_id: str) -> bool:
    """The task may still be ending for the request before, and a start is ignored while it runs."""
    folder = sandbox.nodes.look(CLUSTER, NODE, request_id)
    if not folder.claimed:
        sandbox.nodes.nudge(CLUSTER, NODE)
    return folder.started


@BOTH
def test_a_wrong_password_is_refused(sandbox: SandboxBench, ledger: FolderLedger, node: str) -> None:
    wrong = sandbox.connect(ledger, password="not-the-password")
    with pytest.raises(Refused) as refused:
        look(wrong, node)
    assert (refused.value.code, refused.value.place) == ("login-refused", node)
    assert "not-the-password" not in str(refused.value)
    assert refused.value.next_step
    assert ledger.left_behind() == []


def test_a_certificate_of_a_stranger_is_refused(sandbox: SandboxBench, ledger: FolderLedger) -> None:
    with pytest.raises(Refused) as refused:
        look(sandbox.connect(ledger, ca_file="other-ca.pem"))
    assert refused.value.code == "certificate-refused"


def test_a_closed_port_is_unreachable(sandbox: SandboxBench, ledger: FolderLedger) -> None:
    closed = sandbox.connect(ledger, url="http://127.0.0.1:9/wsman")
    with pytest.raises(Unreachable, match="refused"):
        look(closed, OTHER)


def test_a_name_nobody_knows_is_unreachable(sandbox: SandboxBench, ledger: FolderLedger) -> None:
    with pytest.raises(Unreachable):
        look(sandbox.connect(ledger, url="http://no-such-node.invalid:5985/wsman"), OTHER)


def test_a_request_whose_answer_is_lost_is_one_request(sandbox: SandboxBench, nodes: WinrmNodes) -> None:
    request_id = new_id()
    break_(sandbox, "command", "lost_reply")
    nodes.ask(CLUSTER, NODE, request_id, ["probe"])
    done = sandbox.until(lambda: found if (found := nodes.look(CLUSTER, NODE, request_id)).done else None)
    assert done.claimed
    _, out, _ = sandbox.machine().run(rf"dir /b C:\vssbot\requests | findstr {request_id}")
    assert out.decode().split() == [request_id]


def test_a_command_that_never_ends_is_given_up_in_time_with_its_shell(
    sandbox: SandboxBench, ledger: FolderLedger, nodes: WinrmNodes
) -> None:
    nodes.close()
    shell = NodeShell(sandbox.endpoints()[0], ledger, operation_timeout_s=1)
    began = time.monotonic()
    with pytest.raises(Unreachable, match="did not end in time"):
        shell.run("set /p answer=", timeout_s=1.5)
    assert time.monotonic() - began < 5
    assert sandbox.shells() == 0
    assert ledger.left_behind() == []
    assert shell.run("echo hi", timeout_s=20).stdout.strip() == b"hi", "and the next command runs"
    shell.close()


def test_a_frozen_service_is_given_up(sandbox: SandboxBench, ledger: FolderLedger, nodes: WinrmNodes) -> None:
    shell = NodeShell(sandbox.endpoints()[0], ledger, operation_timeout_s=1)
    assert shell.run("ver", timeout_s=20).exit_code == 0
    break_(sandbox, "command", "freeze", delay_s=30)
    began = time.monotonic()
    with pytest.raises(Unreachable, match="no answer in time"):
        shell.run("ver", timeout_s=3)
    assert time.monotonic() - began < 13  # pywinrm reads ten seconds longer than an operation lasts
    assert shell.run("ver", timeout_s=20).exit_code == 0
    shell.close()
    assert sandbox.shells() == 0


def test_a_service_that_is_frozen_for_a_moment_is_waited_for(
    sandbox: SandboxBench, nodes: WinrmNodes
) -> None:
    assert look(nodes)
    break_(sandbox, "command", "slow", delay_s=1.0)
    assert look(nodes)


@BOTH
def test_closing_leaves_no_shell_and_an_empty_ledger(
    sandbox: SandboxBench, nodes: WinrmNodes, ledger: FolderLedger, node: str
) -> None:
    assert look(nodes, node)
    assert sandbox.shells(node) == 1
    assert [place for place, _ in ledger.left_behind()] == [node]
    nodes.close()
    assert sandbox.shells(node) == 0
    assert ledger.left_behind() == []


def test_every_kind_of_break_leaves_no_shell_after_closing(
    sandbox: SandboxBench, nodes: WinrmNodes, ledger: FolderLedger
) -> None:
    for operation in ("create", "command", "receive"):
        for kind in ("reset", "lost_reply", "http_400", "shell_gone"):
            if operation == "create":
                nodes.close()
            break_(sandbox, operation, kind)
            assert look(nodes)
            assert sandbox.world.faults.waiting() == []
    nodes.close()
    # The shell whose answer to CREATE got lost is known to nobody: WinRM ends it after its idle time.
    assert sandbox.shells() == 1
    assert ledger.left_behind() == []


def test_what_a_dead_process_left_is_deleted_by_the_next_one(
    sandbox: SandboxBench, nodes: WinrmNodes, ledger: FolderLedger
) -> None:
    dead = sandbox.connect(ledger)
    assert look(dead)
    ((node, shell_id),) = ledger.left_behind()
    assert sandbox.shells() == 1
    nodes.delete_orphan(node, shell_id)
    assert ledger.left_behind() == [] or shell_id not in {one for _, one in ledger.left_behind()}
    nodes.close()
    assert sandbox.shells() == 0
    assert ledger.left_behind() == []


def test_an_orphan_that_is_gone_already_or_of_an_unknown_node_is_forgotten(
    nodes: WinrmNodes, ledger: FolderLedger
) -> None:
    for node in (NODE, "hv-99"):
        ledger.opened(node, "11111111-2222-3333-4444-555555555555")
        nodes.delete_orphan(node, "11111111-2222-3333-4444-555555555555")
    nodes.close()
    assert ledger.left_behind() == []


def test_a_shell_is_kept_for_many_commands_and_calls_at_once_have_their_own(
    sandbox: SandboxBench, nodes: WinrmNodes
) -> None:
    for _ in range(5):
        assert look(nodes)
    assert sandbox.shells() == 1


@pytest.mark.parametrize("bad", ["a b", "a&calc", "..\\x", "A", "", "a\n", "%TEMP%", "a" * 90])
def test_nothing_but_names_reaches_a_command_line(nodes: WinrmNodes, bad: str) -> None:
    with pytest.raises(ValueError):
        nodes.ask(CLUSTER, NODE, bad, ["probe"])
    with pytest.raises(ValueError):
        nodes.look(CLUSTER, NODE, bad)
    with pytest.raises(ValueError):
        nodes.cancel(CLUSTER, NODE, bad)
    with pytest.raises(ValueError):
        nodes.ask(CLUSTER, NODE, new_id(), [bad])


def test_where_diskshadow_goes_on_past_a_shut_gate_the_node_shows_both(sandbox: SandboxBench) -> None:
    sandbox.ignore_failing_exec(on=True)
    sandbox.gather_for_long(long=True)
    try:
        request_id = new_id()
        ask(sandbox, request_id, "volume1", "events")
        sandbox.until(lambda: _is_under_way(sandbox, request_id))
        assert sandbox.nodes.cancel(CLUSTER, NODE, request_id)
        folder = sandbox.until(
            lambda: found if (found := sandbox.nodes.look(CLUSTER, NODE, request_id)).done else None
        )
        assert (folder.cancelled, folder.committed, folder.created) == (True, False, True)
        assert folder.set_id is not None
    finally:
        sandbox.ignore_failing_exec(on=False)
        sandbox.gather_for_long(long=False)
