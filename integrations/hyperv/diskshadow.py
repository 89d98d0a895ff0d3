"""DiskShadow's output, in any language: only our aliases, GUIDs, `->`, `*`, `+` and hex codes are matched."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.domain.vss import ExcludedComponent, RequesterReport
from integrations.hyperv.decoding import QUOTES, decode, guids, lines

SET_ALIAS = "vss_shadow_set"

_QUOTED = re.compile(rf"[{QUOTES}]([^{QUOTES}]+)[{QUOTES}]")
_ECHO = re.compile(r"->(?:\s+(.*)|)$")
_WRITER = re.compile(rf"\s*\*\s.*?[{QUOTES}](.+)[{QUOTES}]\s*[:：]\s*$")
_COMPONENT = re.compile(r"\s*\+\s[^:：]*[:：]\s*(\\.*\S)\s*$")
_VOLUME = re.compile(r"\\\\\?\\Volume\{[^}]+\}\\?|\\\\[^\s\\]+\\[^\s]+|[A-Za-z]:\\[^\s]*|[A-Za-z]:(?=\s|$)")
_ADDED = re.compile(r"add volume .* alias (\w+)(?: |$)", re.IGNORECASE)
_VARIABLE = re.compile(r"\s*(\w+)=(.*)$")
_SCRIPT_WITHOUT_ECHO = re.compile(r"\s*(?:add\s|[A-Za-z]+>)", re.IGNORECASE)

# DiskShadow prints a failure as eight hex digits without 0x (the one real capture: 80042306). A GUID, a
# path or a file name that merely holds such digits is not one.
_HRESULT = re.compile(
    r"(?<![\w\\/.{\-])(?:0[xX]([89A-Fa-f][0-9A-Fa-f]{7})|(8[0-9A-Fa-f]{7}|[CcDd]0[0-9A-Fa-f]{6}))(?!\w|[\\}\-]|\.\w)"
)
_SYMBOL = re.compile(r"\b(?:VSS_[A-Z]_\w+|E_[A-Z]+|ERROR_\w+)\b")


def parse(raw: bytes, aliases: Sequence[str]) -> RequesterReport:
    """Return what DiskShadow printed about the shadow copies with these aliases; never fails.

    `completed` is the requester's proof: one Alias line per alias and one of the set, then the echo of
    `end backup`, then the echo of the script line after it, and no HRESULT anywhere. `end backup` is
    echoed before it runs, so only the next echo tells that it returned.
    """
    reader = _Reader([alias.lower() for alias in aliases])
    for number, line in enumerate(text := lines(raw)):
        reader.read(line, text[number + 1] if number + 1 < len(text) else "")
    return reader.report()


@dataclass
class _Reader:
    aliases: list[str]
    ids: dict[str, list[str]] = field(default_factory=dict)
    included: dict[str, list[str]] = field(default_factory=dict)
    writer: str | None = None
    excluded: list[ExcludedComponent] = field(default_factory=list)
    excluded_writers: list[str] = field(default_factory=list)
    hresult: int | None = None
    error_text: str = ""
    echoed: list[str] = field(default_factory=list)
    created: bool = False  # a line was echoed after every Alias line
    ending: bool = False  # `end backup` was echoed after every Alias line
    ended: bool = False  # and a further line after that

    def read(self, line: str, following: str) -> None:
        self._read_hresult(line, following)
        if echo := _ECHO.match(line):
            self._read_echo(echo.group(1) or "")
        elif found := _WRITER.match(line):
            self.writer = found.group(1)
            self.included.setdefault(self.writer, [])
        elif self.writer is not None and (found := _COMPONENT.match(line)):
            self.included[self.writer].append(found.group(1))
        elif line[:1].strip() and not _SCRIPT_WITHOUT_ECHO.match(line):
            self._read_sentence(line, following)

    def _read_hresult(self, line: str, following: str) -> None:
        found = _HRESULT.search(line)
        if not found or self.hresult is not None:
            return
        self.hresult = int(found.group(1) or found.group(2), 16)
        symbol = _SYMBOL.search(line) or _SYMBOL.search(following)
        self.error_text = symbol.group() if symbol else following.partition(":")[2].strip()

    def _read_echo(self, text: str) -> None:
        command = " ".join(text.split())
        if not command or command.startswith("%"):  # the prompt at the end of the file; `%alias% = {…}`
            return
        self.echoed.append(command)
        self.created = self.created or self._has_all_aliases()
        is_end = command.lower() == "end backup"
        if self.ending and not is_end:
            self.ended = True
        if is_end and self._has_all_aliases():
            self.ending = True

    def _read_sentence(self, line: str, following: str) -> None:
        found = guids(line)
        alias = self._alias_of(line) if len(found) == 1 else None
        if alias:
            self.ids.setdefault(alias, []).append(found[0])
            return
        quoted = _QUOTED.findall(line)
        if len(quoted) == 2 and quoted[0].startswith("\\") != quoted[1].startswith("\\"):
            component, writer = sorted(quoted, key=lambda name: not name.startswith("\\"))
            volume = _VOLUME.search(following)
            self.excluded.append(ExcludedComponent(component, writer, volume.group() if volume else ""))
        elif len(quoted) == 1 and not quoted[0].startswith("\\") and "->" not in quoted[0]:
            # `COM call "…->…" failed.` is not about a writer, and harmless (KB3025158).
            self.excluded_writers.append(quoted[0])

    def _alias_of(self, line: str) -> str | None:
        words = {word.lower() for word in re.findall(r"(?<![\w%])\w+(?![\w%=])", line)}
        ours = [alias for alias in (*self.aliases, SET_ALIAS) if alias in words]
        return ours[0] if len(ours) == 1 else None

    def _has_all_aliases(self) -> bool:
        wanted = {*self.aliases, SET_ALIAS}
        ids = [found[0] for alias, found in self.ids.items() if alias in wanted and len(found) == 1]
        return bool(self.aliases) and len(ids) == len(wanted) == len(set(ids))

    def report(self) -> RequesterReport:
        sets = self.ids.get(SET_ALIAS, [])
        return RequesterReport(
            set_id=sets[0] if len(sets) == 1 else None,
            shadow_ids={
                alias: self.ids[alias][0] for alias in self.aliases if len(self.ids.get(alias, [])) == 1
            },
            included={writer: tuple(paths) for writer, paths in self.included.items()},
            excluded=tuple(self.excluded),
            excluded_writers=tuple(dict.fromkeys(self.excluded_writers)),
            hresult=self.hresult,
            error_text=self.error_text,
            echoed=tuple(self.echoed),
            created=self.created and self._has_all_aliases() and self.hresult is None,
            completed=self.ended and self._has_all_aliases() and self.hresult is None,
        )


def aliases(script: bytes) -> tuple[str, ...]:
    """Return the aliases of the volumes in a DiskShadow script, lower case, in its order."""
    return tuple(
        found.group(1).lower() for line in lines(script) if (found := _ADDED.match(" ".join(line.split())))
    )


@dataclass(frozen=True)
class Created:
    """The ids that CREATE put into DiskShadow's environment; lower case without braces."""

    set_id: str | None = None
    shadow_ids: dict[str, str] = field(default_factory=dict)  # alias (lower case) -> shadow copy id


def created(raw: bytes) -> Created:
    """Return the ids that `set` printed for the set and for each alias; a half-written id is not an id."""
    ids: dict[str, set[str]] = {}
    for line in lines(raw):
        found = _VARIABLE.match(line)
        values = guids(found.group(2)) if found else []
        if found and len(values) == 1:
            ids.setdefault(found.group(1).lower(), set()).add(values[0])
    sure = {name: min(values) for name, values in ids.items() if len(values) == 1}
    return Created(sure.pop(SET_ALIAS, None), sure)


def exit_code(raw: bytes) -> int | None:
    """Return DiskShadow's exit code as the kit wrote it, or None while there is no whole number."""
    words = decode(raw).split()
    if not words or not re.fullmatch(r"-?[0-9]{1,10}", words[0]):
        return None
    return int(words[0])
