"""Slack's text marks: outside text is shown, never obeyed; names are copied exactly."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime

from bot.domain.backup import Actor

_USER = re.compile(r"[UW][A-Z0-9]{2,20}")
_CHANNEL = re.compile(r"[CGD][A-Z0-9]{2,20}")
_SPAN = re.compile(r"`([^`\n]{1,400})`")
_EMOJI = re.compile(r":(?=[a-z0-9_+'-]*[a-z][a-z0-9_+'-]*:)")
# Slack has no escape for these, so look-alikes stand in; names never come here, they are in code marks.
_LOOKALIKE = str.maketrans({"*": "∗", "~": "∼", "`": "ˋ"})


def clean(text: str, limit: int) -> str:
    """Return outside text on one line, hidden and direction characters replaced, at most `limit` long."""
    line = " ".join(text.split())
    line = line if len(line) <= limit else line[: limit - 1] + "…"
    return "".join("\N{REPLACEMENT CHARACTER}" if unicodedata.category(c)[0] == "C" else c for c in line)


def escape(text: str) -> str:
    """Return text in which no `<…>` is obeyed."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def code(text: str, limit: int = 250) -> str:
    """Return an outside name in code marks, exact but for backticks; empty text becomes `-`."""
    return f"`{escape(clean(text, limit)).replace('`', chr(0x02CB)) or '-'}`"


def prose(text: str, limit: int = 600) -> str:
    """Return an outside sentence that cannot format, mention or link; text between backticks stays exact."""
    line = clean(text, limit)
    parts = []
    end = 0
    for span in _SPAN.finditer(line):
        parts += [_plain(line[end : span.start()]), code(span[1], 400)]
        end = span.end()
    return "".join([*parts, _plain(line[end:])])


def _plain(text: str) -> str:
    text = re.sub(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])", "ˍ", text)  # inside a word Slack leaves it alone
    return escape(_EMOJI.sub("∶", text.translate(_LOOKALIKE)))


def bold(marked: str) -> str:
    """Return text that is marked up already in bold."""
    return f"*{marked}*"


def who(actor: Actor) -> str:
    """Return a mention of a Slack user, or the name of another actor as code."""
    return f"<@{actor.id}>" if _USER.fullmatch(actor.id) else code(actor.id, 80)


def channel_link(channel: str) -> str:
    """Return a link to a channel by its id."""
    if channel.startswith("D"):
        return "this conversation"
    return f"<#{channel}>" if _CHANNEL.fullmatch(channel) else code(channel, 80)


def date(at: datetime, form: str = "{date_short_pretty} at {time}") -> str:
    """Return a time that every reader sees in the own zone, with UTC for those who cannot."""
    at = at.astimezone(UTC)
    return f"<!date^{int(at.timestamp())}^{form}|{at:%Y-%m-%d %H:%M:%S} UTC>"


def clock(at: datetime) -> str:
    """Return a time of day with seconds, in the reader's zone."""
    return date(at, "{time_secs}")


def duration(seconds: float) -> str:
    """Return a length of time in plain words: 7.4 s, 42 s, 3 min 12 s, 2 h 5 min."""
    seconds = max(seconds, 0.0)
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
