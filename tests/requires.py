"""Programs that some tests need and not every machine has."""

from __future__ import annotations

import os
import shutil

import pytest

REQUIRE = "VSSBOT_TEST_REQUIRE"


def needs(program: str, how: str) -> str:
    """Return the program's path; without it skip the test with `how` to install it, or fail when all is required."""
    found = shutil.which(program)
    if found is not None:
        return found
    text = f"needs {program}: {how}"
    if os.environ.get(REQUIRE) == "all":
        pytest.fail(f"{text} ({REQUIRE}=all)")
    pytest.skip(text)
