"""What a code means: HRESULTs of VSS, writers, writer states, event ids and our own codes, offline."""

from __future__ import annotations

import difflib
import re

from bot.domain.codes import events, hresults, ours, writers
from bot.domain.codes.row import Explanation, Retry

__all__ = ["Explanation", "Retry", "explain", "hresult", "known_codes", "nearest"]


LONGEST = 100
_HEX = re.compile(r"(?:0x)?([0-9a-f]{6,10})")


def explain(code: str) -> Explanation | None:
    """Return what a code means, or None.

    Takes an HRESULT as 0x80042306, 80042306, VSS_E_PROVIDER_VETO or as a decimal number of either sign,
    an event id, a writer's name or id, a writer state such as `[8]`, and our own codes.
    """
    text = " ".join(code.strip().strip("`'\"").split())
    if len(text) > LONGEST:
        return None
    return _ours(text) or _by_number(text) or _by_symbol(text) or _writer(text) or _state(text)


def hresult(number: int) -> Explanation:
    """Return what an HRESULT means; one that is in no table is said to be unknown."""
    number &= 0xFFFFFFFF
    row = hresults.ROWS.get(number)
    if row is None:
        return Explanation(
            f"0x{number:08X}",
            "",
            "this code is not known here.",
            next_step="Read the node's Application log around that time.",
        )
    return Explanation(f"0x{number:08X}", *row[1:], retry=hresults.RETRIES.get(number, Retry.NO))


def known_codes() -> tuple[str, ...]:
    """Return everything that `explain` knows, as people write it."""
    return (
        *(f"0x{number:08X}" for number in hresults.ROWS),
        *(row[1] for row in hresults.ROWS.values()),
        *(str(number) for number in events.ROWS),
        *(writer.name for writer in writers.WRITERS),
        *(writer.id for writer in writers.WRITERS),
        *(symbol for symbol, _ in writers.STATES.values()),
        *ours.ROWS,
    )


def nearest(code: str) -> str | None:
    """Return the known code that looks most like a mistyped one, or None if nothing is near."""
    text = " ".join(code.strip().split()).lower()
    if len(text) > LONGEST:
        return None
    if digits := _HEX.fullmatch(text):
        return _nearest_hresult(digits.group(1))
    known = {name.lower(): name for name in known_codes()}
    short = {name.partition("_e_")[2]: whole for name, whole in known.items() if "_e_" in name}
    for names in (known, short):
        if found := difflib.get_close_matches(text, names, n=1, cutoff=0.6):
            return names[found[0]]
    return None


def _nearest_hresult(digits: str) -> str | None:
    codes = [f"{number:08x}" for number in hresults.ROWS]
    best = min(codes, key=lambda known: _distance(digits, known))  # the first of several is the commoner
    return f"0x{best.upper()}" if _distance(digits, best) <= 2 else None


def _distance(one: str, two: str) -> int:
    """Return how many keys were missed, added, mistaken or swapped with their neighbour."""
    rows = [list(range(len(two) + 1))]
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(two, 1):
            row.append(min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (a != b)))
            if i > 1 and j > 1 and (a, b) == (two[j - 2], one[i - 2]):
                row[-1] = min(row[-1], rows[-2][j - 2] + 1)
        rows.append(row)
    return rows[-1][-1]


def _ours(text: str) -> Explanation | None:
    row = ours.ROWS.get(text.lower())
    return Explanation(row[0], "", *row[1:]) if row else None


def _by_number(text: str) -> Explanation | None:
    if found := re.fullmatch(r"(?:0[xX])?([0-9A-Fa-f]{8})", text):
        number = int(found.group(1), 16)
        if number in hresults.ROWS:
            return hresult(number)
    if re.fullmatch(r"0[xX][0-9A-Fa-f]{1,8}", text) and int(text, 16) in hresults.ROWS:
        return hresult(int(text, 16))
    if re.fullmatch(r"-?[0-9]{1,10}", text):
        number = int(text)
        if number & 0xFFFFFFFF in hresults.ROWS:
            return hresult(number)
        if number in events.ROWS:
            row = events.ROWS[number]
            return Explanation(str(number), *row[1:])
    return None


def _by_symbol(text: str) -> Explanation | None:
    wanted = text.upper()
    for number, row in hresults.ROWS.items():
        if wanted in (row[1], row[1].removeprefix("VSS_E_"), row[1].removeprefix("VSS_")):
            return hresult(number)
    return None


def _writer(text: str) -> Explanation | None:
    writer = writers.find(text)
    if writer is None:
        return None
    guards = " It prepares the VMs for the shadow copy." if writer.id in writers.GUARDS_VMS else ""
    return Explanation(
        code=writer.name,
        name=f"writer {{{writer.id}}}",
        meaning=f"a VSS writer that runs in the service {writer.service}.{guards}",
        cause="When it fails, its own event log has the reason.",
        next_step=writers.restart_advice(writer, "the node"),
    )


def _state(text: str) -> Explanation | None:
    bare = text.strip("[]").upper()
    for number, (symbol, sense) in writers.STATES.items():
        if bare in (symbol, symbol.removeprefix("VSS_WS_"), str(number)):
            step = "Look at the writer's event log." if 6 <= number <= 15 else ""
            return Explanation(f"[{number}]", symbol, f"the writer {sense}.", next_step=step)
    return None
