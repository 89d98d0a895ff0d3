"""A fresh application on fakes for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import structlog

from tests.use_cases.rig import Rig


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Keep the logs in memory: drawing tracebacks takes longer than everything else together."""
    with structlog.testing.capture_logs():
        yield


@pytest.fixture
def rig() -> Rig:
    return Rig()
