"""How many examples Hypothesis tries: few while one works, all of them where it is decided what lands."""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("quick", max_examples=20)
settings.register_profile("thorough", max_examples=100)
settings.load_profile("thorough" if os.environ.get("VSSBOT_TEST_REQUIRE") == "all" else "quick")
