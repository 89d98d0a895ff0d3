"""Which records of the event logs speak against a backup, and whether a log lost records meanwhile."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.codes.writers import GUARDS_VMS
from bot.domain.vss import PURE_PROVIDER, Event, LogState

LOGS = (
    "Application",
    "System",
    "Microsoft-Windows-Hyper-V-VMMS-Admin",
    "Microsoft-Windows-Hyper-V-VMMS-Storage",
    "Microsoft-Windows-Hyper-V-Worker-Admin",
)
"""The logs that every node of a run is asked for."""

_GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")


class Rating(StrEnum):
    """What an event does to the verdict."""

    AGAINST = "against"
    NOTED = "noted"
    UNRATED = "unrated"  # an error without a rule: shown, the verdict stays


@dataclass(frozen=True)
class RatedEvent:
    """An event of one node with its rating, and why in a few plain words."""

    node: str
    event: Event
    rating: Rating
    why: str

    def sentence(self) -> str:
        """Return the event in one sentence for people."""
        return f"Event {self.event.event_id} ({self.event.provider}) on {self.node}: {self.why}."


@dataclass(frozen=True)
class EventContext:
    """What is ours in a node's logs: CSVs, VMs, provider, and the time from the gate to the end.

    Times are ours; `skew_s` is the node's clock minus ours. `before` holds the logs as they were
    before the run: what they already held is not ours, whatever any clock says. VMs that are accepted
    as crash-consistent do not belong into `vms`.
    """

    node: str
    begin: datetime
    end: datetime
    csvs: tuple[str, ...] = ()  # names, paths, resource names and volume GUIDs of our CSVs
    vms: tuple[str, ...] = ()  # ids and names
    provider: tuple[str, ...] = (PURE_PROVIDER, "Pure Storage VSS Hardware Provider")
    writer_ids: frozenset[str] = GUARDS_VMS
    clean_end: bool = False  # END BACKUP returned without an error
    before: tuple[LogState, ...] = ()
    skew_s: float = 0.0
    tolerance_s: float = 120.0
    _newest: dict[str, int] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._newest.update({state.log.lower(): state.newest for state in self.before})

    def holds(self, event: Event) -> bool:
        """Tell whether the event came after the baseline and inside gate..end."""
        if event.record_id and event.record_id <= self._newest.get(event.log.lower(), 0):
            return False
        skew, slack = timedelta(seconds=self.skew_s), timedelta(seconds=self.tolerance_s)
        return self.begin + skew - slack <= event.at <= self.end + skew + slack


def rate(event: Event, context: EventContext) -> RatedEvent:
    """Return what an event does to the verdict of the run that `context` describes."""
    rating, why = _rate(event, context)
    return RatedEvent(context.node, event, rating, why)


def _rate(event: Event, context: EventContext) -> tuple[Rating, str]:
    if not context.holds(event):
        return Rating.NOTED, "it is from another time"
    source = event.provider.lower()
    if source == "vss":
        return _rate_vss(event, context)
    if source == "microsoft-windows-failoverclustering":
        return _rate_cluster(event, context)
    if "hyper-v-vmms" in source or "hyper-v-vmms" in event.log.lower():
        return _rate_vmms(event, context)
    return _rest(event)


def _rate_vss(event: Event, context: EventContext) -> tuple[Rating, str]:
    text = event.text().lower()
    if event.event_id == 8229:
        if any(writer in text for writer in context.writer_ids):
            return Rating.AGAINST, "a writer that guards the VMs refused or failed"
        return Rating.UNRATED, "another writer refused or failed"
    if event.event_id in (12289, 12293):
        if any(name.lower() in text for name in context.provider):
            return Rating.AGAINST, "the provider failed"
        if _GUID.search(text):
            return Rating.NOTED, "another provider failed"
        return Rating.UNRATED, "a provider failed, it does not say which"
    if event.event_id in (8193, 8194, 8224):
        return Rating.NOTED, "it is common on healthy nodes"
    return _rest(event)


def _rate_cluster(event: Event, context: EventContext) -> tuple[Rating, str]:
    if event.event_id in (1584, 5120, 5142):
        # These events name a CSV by its folder's last part and by its resource.
        folders = (csv.rstrip("\\").rpartition("\\")[2] for csv in context.csvs)
        if names(event, (*context.csvs, *folders)):
            return Rating.AGAINST, _CSV_EVENTS[event.event_id]
        return Rating.NOTED, "it is about another CSV"
    if event.event_id == 1544:
        if context.clean_end:
            return Rating.NOTED, "it concerns the cluster's own configuration, and the backup ended cleanly"
        return Rating.UNRATED, "a backup was broken off; it does not say whose"
    return _rest(event)


_CSV_EVENTS = {
    1584: "the CSV was not properly prepared for the shadow copy",
    5120: "the CSV was paused",
    5142: "the CSV could not be reached",
}


def _rate_vmms(event: Event, context: EventContext) -> tuple[Rating, str]:
    if event.level not in (1, 2):
        return Rating.NOTED, "it is no error"
    if "storage" in event.log.lower():
        return _rest(event)
    hit = [vm for vm in context.vms if names(event, (vm,))]
    if hit:
        plain = next((vm for vm in hit if not _GUID.search(vm.lower())), hit[0])
        return Rating.AGAINST, f"Hyper-V reports an error of VM {plain}, which is in this backup"
    if _GUID.search(event.text().lower()):
        return Rating.NOTED, "it is about another VM"
    return _rest(event)


def _rest(event: Event) -> tuple[Rating, str]:
    if event.level in (1, 2):
        return Rating.UNRATED, "there is no rule for this error"
    return Rating.NOTED, "it is no error"


def names(event: Event, wanted: Iterable[str]) -> bool:
    """Tell whether an event's data names one of these things as a whole word: `Volume1` is not in `Volume10`."""
    text = event.text()
    return any(
        re.search(rf"(?<![\w-]){re.escape(name.rstrip(chr(92)))}(?![\w-])", text, re.IGNORECASE)
        for name in wanted
        if name.rstrip("\\")
    )


def log_gap(
    before: Sequence[LogState], after: Sequence[LogState], expected: Sequence[str] = ()
) -> tuple[str, ...]:
    """Return a sentence for each log that cannot witness for the time between two looks at it."""
    earlier = {state.log.lower(): state for state in before}
    later = {state.log.lower(): state for state in after}
    wanted = dict.fromkeys([*(s.log for s in before), *(s.log for s in after), *expected])
    unique = {log.lower(): log for log in wanted}
    gaps = ((log, _gap(earlier.get(key), later.get(key))) for key, log in unique.items())
    return tuple(f"The log {log} {why}." for log, why in gaps if why)


def _gap(before: LogState | None, after: LogState | None) -> str:
    if before is None:
        return "could not be read before the backup"
    if after is None:
        return "could not be read after the backup"
    if after.newest < before.newest or (before.count and not after.count):
        return "was cleared during the backup"
    if after.count and after.oldest > before.newest + 1:
        return "was overwritten during the backup"
    return ""
