"""Typed text as words: typographic marks made plain, hidden characters found, names compared and listed."""

from __future__ import annotations

import difflib
import html
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

LONGEST_WORD = 40  # of a wrong word that is shown again
_ALIKE = 0.6  # difflib's ratio from which a name may have been meant
_AS_GOOD = 0.05  # names whose ratios differ by less are all named


@dataclass(frozen=True)
class Hidden:
    """A character that nobody sees when reading the line."""

    character: str
    line: str


_TYPED_BY_PHONES = str.maketrans(
    {"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "‚": "'", "—": "--", "–": "--"}
    | {"\u2010": "-", "\u2011": "-", "\u2212": "-"}
)  # fmt: skip


def split(text: str) -> list[str] | Hidden:
    """Split a line into words: Slack's escapes undone, typographic marks made plain, hidden characters refused."""
    line = html.unescape(text).strip(" \t\r\n\xa0")
    hidden = next((c for c in line if c != "\t" and _is_hidden(c)), None)
    return line.translate(_TYPED_BY_PHONES).split() if hidden is None else Hidden(hidden, line)


def _is_hidden(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def _visible(character: str) -> str:
    return f"[U+{ord(character):04X}]" if _is_hidden(character) else character


def shown(text: str, limit: int = LONGEST_WORD) -> str:
    """Return outside text fit for a sentence: no marks that format, hidden characters named, shortened."""
    short = text if len(text) <= limit else text[: limit - 1] + "…"
    return "".join(_visible(character) for character in short).replace("`", "'")


def nearest(word: str, names: Iterable[str], count: int = 3) -> tuple[str, ...]:
    """Return the names that look most like a word, best first; a path is judged by its last part."""
    names = list(names)
    last = re.split(r"[\\/]", word[-200:].rstrip("\\/ ."))[-1]
    plain = re.sub(r"[^a-z0-9-]", "", last.lower())[:64]
    if plain in names:
        return (plain,)
    begins = [name for name in names if plain and name.startswith(plain)]
    alike = {name: difflib.SequenceMatcher(None, name, plain).ratio() for name in names}
    best = max(alike.values(), default=0.0)
    close = [name for name in names if best >= _ALIKE and alike[name] > best - _AS_GOOD]
    return tuple(dict.fromkeys([*begins, *close]))[:count]


def listed(names: Sequence[str], joint: str = "or", most: int = 8) -> str:
    """Return names as people write lists: `a`, `b` or `c`; at most `most`, then how many more."""
    if len(names) > most:
        return f"{', '.join(f'`{n}`' for n in names[:most])} {joint} {len(names) - most} more"
    quoted = [f"`{name}`" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} {joint} {quoted[-1]}"
