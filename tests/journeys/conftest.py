"""Two worlds for all journeys, and the logs of both programs when one fails."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import closing

import pytest

from tests.journeys import stories as tales
from tests.journeys.world import Town

TOWNS = pytest.StashKey[list[Town]]()
Build = Callable[[int], Town]


@pytest.fixture(scope="session")
def towns(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Build]:
    """Build towns with so many clusters; each is ended when the tests are over, whatever happened."""
    built = request.config.stash.setdefault(TOWNS, [])

    def build(clusters: int) -> Town:
        town = Town(tmp_path_factory.mktemp("town"), clusters=clusters)
        built.append(town)
        return town

    yield build
    creates = []
    while built:
        with closing(built.pop()) as town:
            creates += [node["max_concurrent_creates"] for node in town.state()["nodes"]]
    assert max(creates, default=0) <= 1, "two sets were made at once on one node"


@pytest.fixture(scope="session")
def town(towns: Build) -> Town:
    """A town where many backups run at once; each journey takes clusters of its own, nothing is broken for all."""
    return towns(19).start_bot()


@pytest.fixture(scope="session")
def stories(town: Town) -> Iterator[dict[str, tales.Story]]:
    """The backups that end in every way, begun together."""
    begun = tales.begin(town)
    yield begun
    for terminal in (story.terminal for story in begun.values() if story.terminal is not None):
        if terminal.poll() is None:  # no test of this worker asked for it
            terminal.kill()
            terminal.wait()
        for pipe in (terminal.stdout, terminal.stderr):
            if pipe is not None:
                pipe.close()


@pytest.fixture(scope="session")
def village(towns: Build) -> Town:
    """A quiet place: one journey at a time, so that the bot may be killed and wires may be cut; leave it whole."""
    return towns(11).start_bot()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what the programs said beside a failure."""
    report = yield
    if report.failed:
        for town in item.config.stash.get(TOWNS, []):
            report.sections.append((f"programs in {town.folder}", town.logs()))
    return report
