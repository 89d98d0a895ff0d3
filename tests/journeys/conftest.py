"""One town for the journeys that leave the bot running, and the logs of both programs when one fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.journeys.world import Town

TOWNS = pytest.StashKey[list[Town]]()


@pytest.fixture(scope="session")
def towns(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Build]:
    """Build towns; each is ended when the tests are over, whatever happened."""
    built = request.config.stash.setdefault(TOWNS, [])

    def build(clusters: int, *, speed: float = 60.0) -> Town:
        folder: Path = tmp_path_factory.mktemp("town")
        town = Town(folder, clusters=clusters, speed=speed)
        built.append(town)
        return town

    yield build
    while built:
        built.pop().close()


Build = Callable[..., Town]


@pytest.fixture(scope="session")
def town(towns: Build) -> Town:
    """The town that most journeys share: each takes clusters of its own."""
    return towns(20).start_bot()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Iterator[None]:
    """Show what the programs said beside a failure."""
    report = yield
    if report.failed:
        for town in item.config.stash.get(TOWNS, []):
            report.sections.append((f"programs in {town.folder}", town.logs()))
    return report
