"""Reads what a message is to say, and refuses it as Slack does."""

from __future__ import annotations

import json
from typing import Any

from sandbox.slack.blocks import block_faults
from sandbox.slack.errors import SlackError, explained
from sandbox.slack.messages import Blocks, Content

MOST_TEXT = 40_000  # of a new message; chat.update names 4,000 in its list of errors
MOST_TEXT_OF_UPDATE = 4_000
MOST_BLOCK_JSON = 13_200  # undocumented, found by users of bolt-js (issue 2509)


def checked_blocks(blocks: Any) -> Blocks:
    """Return the blocks with a block_id each. Raises invalid_blocks, invalid_blocks_format, msg_blocks_too_long."""
    if blocks is None:
        return []
    if not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    faults = block_faults(blocks)
    if faults:
        raise explained("invalid_blocks", *faults)
    if len(json.dumps(blocks, separators=(",", ":"), ensure_ascii=False)) > MOST_BLOCK_JSON:
        raise SlackError("msg_blocks_too_long")
    return [{"block_id": f"b{number:04x}", **block} for number, block in enumerate(blocks)]


def checked_content(text: str, blocks: Any, *, most_text: int = MOST_TEXT) -> Content:
    """Return what to show. Raises no_text, msg_too_long and the errors of the blocks."""
    shown = checked_blocks(blocks)
    if not text.strip() and not shown:
        raise SlackError("no_text")
    if len(text) > most_text:
        raise SlackError("msg_too_long")
    return Content(text, shown)
