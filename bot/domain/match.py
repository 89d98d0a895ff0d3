"""Which array snapshot belongs to a shadow copy set: by suffix, source and time, for each volume."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.array import ArraySnapshot, ArrayVolume
from bot.domain.backup import ProvedSnapshot

MAX_SKEW_S = 600.0
"""Beyond ten minutes a clock says nothing any more."""


class Answer(StrEnum):
    """What the array said about one volume of a set."""

    FOUND = "found"
    MISSING = "missing"
    DESTROYED = "destroyed"  # it was made and then destroyed; it may still be recoverable
    AMBIGUOUS = "ambiguous"  # something is there that cannot be tied to this set without doubt
    NOT_ASKED = "not asked"


@dataclass(frozen=True)
class VolumeAnswer:
    """The array's answer for one volume, by the short name of the configuration; `why` where it is not plain."""

    volume: str
    answer: Answer
    snapshot: ProvedSnapshot | None = None
    why: str = ""


@dataclass(frozen=True)
class Window:
    """From the gate to DiskShadow's end by our clock; `skew_s` is each array's clock minus ours."""

    begin: datetime
    end: datetime
    skew_s: Mapping[str, float] = field(default_factory=dict)
    tolerance_s: float = 120.0

    def holds(self, snapshot: ArraySnapshot) -> bool:
        """Tell whether the snapshot was made in this time, by its array's clock."""
        skew, slack = self._skew(snapshot.array), timedelta(seconds=self.tolerance_s)
        return self.begin + skew - slack <= snapshot.created <= self.end + skew + slack

    def trusts(self, array: str) -> bool:
        """Tell whether the array's clock is near enough to judge by."""
        return abs(self.skew_s.get(array, 0.0)) <= MAX_SKEW_S

    def _skew(self, array: str) -> timedelta:
        return timedelta(seconds=self.skew_s.get(array, 0.0))


@dataclass(frozen=True)
class SnapshotName:
    """A volume snapshot's name in its parts; the group is None for a snapshot of the volume alone."""

    volume: str
    suffix: str  # VSS- and 32 upper-case hex digits
    group: str | None


_POD = re.compile(r"(?P<pod>(?:[^:.]+::)*)(?P<rest>[^:]+)")
_SUFFIX = re.compile(r"VSS-([0-9A-F][0-9A-F-]*[0-9A-F])", re.IGNORECASE)


def parse_name(name: str) -> SnapshotName | None:
    """Return the parts of `vol.VSS-…`, `vg/vol.VSS-…`, `pg.VSS-….vol`, each also in a pod; else None.

    Names of volumes and groups hold no dots. A copy that was replicated here (`array:pg.VSS-….vol`) is
    no snapshot of a volume of this array, and a volume called `VSS-<serial>` is no snapshot at all.
    """
    found = _POD.fullmatch(name)
    if not found:
        return None
    pod, parts = found.group("pod"), found.group("rest").split(".")
    suffix = _suffix(parts[1]) if len(parts) in (2, 3) else None
    if suffix is None or not all(parts):
        return None
    if len(parts) == 2:
        return SnapshotName(pod + parts[0], suffix, None)
    return SnapshotName(pod + parts[2], suffix, pod + parts[0])


def match(
    suffix: str | None,
    volumes: Mapping[str, Sequence[ArrayVolume]],
    snapshots: Sequence[ArraySnapshot],
    window: Window,
    *,
    unasked: Mapping[str, str] | None = None,
) -> tuple[VolumeAnswer, ...]:
    """Return the array's answer for each volume of the set, in the order of `volumes`.

    `volumes` gives each short name its array volumes: one, or the copies of a stretched pod, which count
    once. `unasked` names the arrays that did not answer, and why. Without a suffix (DiskShadow never told
    a set id) a shadow copy's snapshot of that time is ambiguous, and none is an answer.
    """
    question = _Question(None if suffix is None else _suffix(suffix), snapshots, window, unasked or {})
    return tuple(question.answer(short, copies) for short, copies in volumes.items())


@dataclass(frozen=True)
class _Question:
    suffix: str | None
    snapshots: Sequence[ArraySnapshot]
    window: Window
    unasked: Mapping[str, str]

    def answer(self, short: str, copies: Sequence[ArrayVolume]) -> VolumeAnswer:
        if not copies:
            return VolumeAnswer(short, Answer.NOT_ASKED, why=f"it is not known which array holds {short}")
        asked = [volume for volume in copies if volume.array not in self.unasked]
        ours = sorted(
            (s for volume in asked for s in self.snapshots if _is_of(s, volume)),
            key=lambda s: (s.array, s.name),
        )
        if self.suffix is None:
            return self._without_suffix(short, ours, copies)
        same = [s for s in ours if _parsed(s).suffix == self.suffix]
        live = [s for s in same if not s.destroyed]
        if live:
            return self._found(short, live)
        if silent := self._not_asked(short, copies):
            return silent
        if same:
            gone = _proved(short, same[0], self.snapshots)
            return VolumeAnswer(short, Answer.DESTROYED, gone, f"{gone.name} was made and then destroyed")
        return VolumeAnswer(short, Answer.MISSING)

    def _found(self, short: str, live: Sequence[ArraySnapshot]) -> VolumeAnswer:
        first = live[0]
        doubt = ""
        if not self.window.trusts(first.array):
            doubt = f"the clock of {first.array} is more than ten minutes off"
        elif len({s.array for s in live}) > 1 and "::" not in first.source:
            doubt = f"{first.name} exists on several arrays that share no pod"
        elif not self.window.holds(first):
            doubt = f"{first.name} was made at another time than this run"
        answer = Answer.AMBIGUOUS if doubt else Answer.FOUND
        return VolumeAnswer(short, answer, _proved(short, first, self.snapshots), doubt)

    def _without_suffix(
        self, short: str, ours: Sequence[ArraySnapshot], copies: Sequence[ArrayVolume]
    ) -> VolumeAnswer:
        window = self.window
        near = [s for s in ours if not s.destroyed and (window.holds(s) or not window.trusts(s.array))]
        if not near:
            return self._not_asked(short, copies) or VolumeAnswer(short, Answer.MISSING)
        proved = _proved(short, near[0], self.snapshots)
        doubt = f"{proved.name} was made in that time, but DiskShadow told no set id"
        return VolumeAnswer(short, Answer.AMBIGUOUS, proved, doubt)

    def _not_asked(self, short: str, copies: Sequence[ArrayVolume]) -> VolumeAnswer | None:
        # One copy of a stretched pod is enough to answer: both hold the same snapshots.
        silent = [volume.array for volume in copies if volume.array in self.unasked]
        stretched = all("::" in volume.name for volume in copies)
        if not silent or (stretched and len(silent) < len(copies)):
            return None
        return VolumeAnswer(
            short, Answer.NOT_ASKED, why=f"{silent[0]} did not answer: {self.unasked[silent[0]]}"
        )


def _is_of(snapshot: ArraySnapshot, volume: ArrayVolume) -> bool:
    name = parse_name(snapshot.name)
    source = snapshot.source or (name.volume if name else "")
    return name is not None and snapshot.array == volume.array and source.lower() == volume.name.lower()


def _proved(short: str, snapshot: ArraySnapshot, snapshots: Sequence[ArraySnapshot]) -> ProvedSnapshot:
    name = _parsed(snapshot)
    members = {
        other.source
        for other in snapshots
        if name.group is not None
        and other.array == snapshot.array
        and other.source != snapshot.source
        and (parsed := parse_name(other.name)) is not None
        and (parsed.group, parsed.suffix) == (name.group, name.suffix)
    }
    return ProvedSnapshot(
        short, snapshot.array, snapshot.name, snapshot.created, name.group, tuple(sorted(members))
    )


def _parsed(snapshot: ArraySnapshot) -> SnapshotName:
    name = parse_name(snapshot.name)
    if name is None:
        raise ValueError(f"not a snapshot of a shadow copy: {snapshot.name!r}")
    return name


def _suffix(text: str) -> str | None:
    found = _SUFFIX.fullmatch(text)
    digits = found.group(1).replace("-", "").upper() if found else ""
    return f"VSS-{digits}" if len(digits) == 32 else None
