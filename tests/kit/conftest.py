"""The two interpreters, made once, and what each case left on them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.kit.cases import Case
from tests.kit.hosts import Ended, Host, SandboxHost, Tree, WineHost, lay_out, wine_host
from tests.requires import needs


@dataclass(frozen=True)
class Left:
    """What a case printed and left: C:\\vssbot before and after, and what came or went elsewhere."""

    ended: tuple[Ended, ...]
    before: Tree
    after: Tree
    strays: frozenset[str]


@pytest.fixture(scope="session")
def sandbox_host() -> SandboxHost:
    return SandboxHost()


@pytest.fixture(scope="session")
def wine() -> Iterator[WineHost]:
    program = needs("wine", "apt install wine wine64")
    with wine_host(program) as host:
        yield host


def play(host: Host, case: Case) -> Left:
    """Run a case on a host."""
    lay_out(host, case.before, case.switches)
    before, elsewhere = host.tree("vssbot"), host.elsewhere()
    ended = tuple(host.run("C:\\vssbot\\kit\\run.cmd") for _ in range(case.starts))
    return Left(ended, before, host.tree("vssbot"), host.elsewhere() ^ elsewhere)
