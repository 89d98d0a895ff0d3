"""`vssadmin list writers` and `list providers` in any language: by GUIDs, `[n]` and the shape of the blocks."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.domain.vss import Provider, WriterStatus
from integrations.hyperv.decoding import guids, lines, unquote

_LABEL = re.compile(r"\s*[^:：]{1,60}[:：]\s*(.*?)\s*$")
_STATE = re.compile(r"\[(\d{1,3})\]\s*(.*?)\s*$|[:：]\s*(\d{1,3})\s*\((.*)\)\s*$")


def writers(raw: bytes) -> tuple[WriterStatus, ...]:
    """Return the writers listed; blocks that are torn or not understood are left out."""
    found: list[WriterStatus] = []
    for block in _blocks(raw):
        state = next((s for line in block.rest if not guids(line) and (s := _STATE.search(line))), None)
        if state is None or len(block.ids) < 2:
            continue
        number, text = (
            (state.group(1), state.group(2)) if state.group(1) else (state.group(3), state.group(4))
        )
        after = block.rest[block.rest.index(state.string) + 1 :]
        found.append(
            WriterStatus(
                name=block.name,
                writer_id=block.ids[0],
                instance_id=block.ids[1],
                state=int(number),
                state_text=text,
                last_error=next((_value(line) for line in after if _LABEL.match(line)), ""),
            )
        )
    return tuple(found)


def providers(raw: bytes) -> tuple[Provider, ...]:
    """Return the providers listed; a version's blanks (`7. 1. 4`) are dropped."""
    found: list[Provider] = []
    for block in _blocks(raw):
        if len(block.ids) != 1:
            continue
        at = next(i for i, line in enumerate(block.rest) if guids(line))
        kinds, versions = block.rest[:at], block.rest[at + 1 :]
        found.append(
            Provider(
                name=block.name,
                provider_id=block.ids[0],
                version="".join(_value(versions[0]).split()) if versions else "",
                type_text=_value(kinds[0]) if kinds else "",
            )
        )
    return tuple(found)


@dataclass(frozen=True)
class _Block:
    name: str
    rest: list[str]

    @property
    def ids(self) -> list[str]:
        return [found for line in self.rest for found in guids(line)]


def _blocks(raw: bytes) -> list[_Block]:
    # A block is headed by a line that is not indented and has a quoted or plain name after a colon.
    blocks: list[_Block] = []
    for line in lines(raw):
        found = _LABEL.match(line)
        if not line.strip():
            continue
        if line[:1].strip() and found and not guids(line):
            blocks.append(_Block(unquote(found.group(1)), []))
        elif blocks and line[:1] in " \t":
            blocks[-1].rest.append(line)
    return blocks


def _value(line: str) -> str:
    found = _LABEL.match(line)
    return unquote(found.group(1)) if found else ""
