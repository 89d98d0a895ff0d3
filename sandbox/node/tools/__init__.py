"""The small programs that come with Windows."""

from __future__ import annotations

from sandbox.node.process import Program

TOOLS: dict[str, Program] = {}
