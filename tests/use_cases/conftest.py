"""A fresh application on fakes for each test."""

from __future__ import annotations

import pytest

from tests.use_cases.rig import Rig


@pytest.fixture
def rig() -> Rig:
    return Rig()
