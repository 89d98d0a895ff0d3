"""Block Kit as plain dicts, within Slack's limits (50 blocks, 3000 characters a section, about 13,200 in all)."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.ports import Message

Block = dict[str, Any]

SECTION_LIMIT = 2_900
MESSAGE_LIMIT = (
    13_000  # of all blocks as JSON; undocumented, Slack answers msg_blocks_too_long (bolt-js issue 2509)
)
CANCEL_ACTION = "vss_cancel"


def mrkdwn(text: str) -> Block:
    """Return a text object in which Slack turns nothing into links or mentions by itself."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def section(text: str) -> Block:
    """Return a section."""
    return {"type": "section", "text": mrkdwn(text)}


def context(*texts: str) -> Block:
    """Return a line of small print, at most ten parts."""
    return {"type": "context", "elements": [mrkdwn(text) for text in texts[:10] if text]}


def divider() -> Block:
    """Return a line."""
    return {"type": "divider"}


def lines(title: str, rows: Sequence[str], *, most: int) -> list[Block]:
    """Return one section with a title and at most `most` rows, then how many more; nothing for no rows."""
    if not rows:
        return []
    kept: list[str] = []
    room = SECTION_LIMIT - len(title) - 40
    for row in rows[:most]:
        room -= len(row) + 1
        if room < 0:
            break
        kept.append(row)
    if len(kept) < len(rows):
        kept.append(f"and {len(rows) - len(kept)} more")
    return [section("\n".join([title, *kept] if title else kept))]


def cancel_button(run_id: str, target: str) -> Block:
    """Return the button that cancels a run, with a confirmation that states the consequence."""
    plain = {"type": "plain_text", "emoji": False}
    return {
        "type": "actions",
        "elements": [
            {
                "type": "button",
                "action_id": CANCEL_ACTION,
                "style": "danger",
                "value": run_id,
                "text": {**plain, "text": "Cancel"},
                "accessibility_label": f"Cancel the backup of {target}"[:75],
                "confirm": {
                    "title": {**plain, "text": "Cancel this backup?"},
                    "text": {
                        **plain,
                        "text": f"The backup of {target[:150]} stops at the gate, before any shadow copy. "
                        "After the gate it cannot be stopped.",
                    },
                    "confirm": {**plain, "text": "Cancel the backup"},
                    "deny": {**plain, "text": "Let it run"},
                },
            }
        ],
    }


@dataclass(frozen=True)
class Room:
    """How much of a view may be shown: rows per list and characters per outside sentence."""

    rows: int
    chars: int


ROOMS = (Room(40, 600), Room(20, 500), Room(10, 400), Room(5, 250), Room(2, 150), Room(1, 80))


def fit(text: str, build: Callable[[Room], list[Block]]) -> Message:
    """Build a message with ever less room until Slack takes it; the last room always fits (tested)."""
    blocks = build(ROOMS[0])
    for room in ROOMS[1:]:
        if _is_taken(blocks):
            break
        blocks = build(room)
    return Message(clip(text), blocks)


def _is_taken(blocks: list[Block]) -> bool:
    longest = max((len(block["text"]["text"]) for block in blocks if block["type"] == "section"), default=0)
    return len(blocks) <= 50 and longest <= 3_000 and size(blocks) <= MESSAGE_LIMIT


def size(blocks: list[Block]) -> int:
    """Return the length of blocks as JSON as the SDK sends it."""
    return len(json.dumps(blocks))


def clip(text: str, limit: int = 1_500) -> str:
    """Return a message's plain text without code marks, at a length that a lock screen can take."""
    text = text.replace("`", "")
    return text if len(text) <= limit else text[: limit - 1] + "…"
