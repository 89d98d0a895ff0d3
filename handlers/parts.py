"""The parts that a run's messages share: headline, phases, writers, VMs, array snapshots, small print."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.domain.backup import (
    PHASES,
    Actor,
    BackupType,
    Phase,
    PhaseTime,
    ProvedSnapshot,
    Run,
    RunView,
    Stage,
    VmInSet,
    WriterProgress,
)
from handlers.blocks import Block, Room, context, lines, section
from handlers.mrkdwn import clock, code, date, duration, prose, who

WORDS = {
    Stage.QUEUED: "Queued",
    Stage.CHECKING: "Checking",
    Stage.CREATING: "Creating the shadow copies",
    Stage.PROVING: "Proving",
    Stage.UNKNOWN: "Contact lost",
    Stage.VERIFIED: "Verified",
    Stage.UNVERIFIED: "Not verified yet",
    Stage.INCOMPLETE: "Incomplete, do not rely on it",
    Stage.FAILED: "Failed",
    Stage.CANCELLED: "Cancelled",
}
# BEGIN BACKUP declares a full backup to the guests (field notes A11).
_TYPES = {
    BackupType.FULL: "Type: full, guests may truncate their logs",
    BackupType.COPY: "Type: copy, guests keep their logs",
}


def state(view: RunView) -> str:
    """Return the word for where a run stands: its phase while it works, else its stage."""
    phase = view.phase_now()
    if view.run.stage in (Stage.CHECKING, Stage.CREATING, Stage.PROVING) and phase is not None:
        return phase.phase.value
    return WORDS[view.run.stage]


def headline(view: RunView) -> str:
    """Return the state and the target, without marks, as every message about a run begins."""
    return f"{state(view)}: backup of {prose(str(view.run.target), 200)}"


def node_name(run: Run) -> str:
    """Return the run's node for a sentence."""
    return code(run.node, 64) if run.node else "the node"


def phases(view: RunView, *, ahead: bool) -> list[Block]:
    """Return the phases with elapsed and usual time; `ahead` adds those still to come."""
    times = {time.phase: time for time in view.phases}
    rows = [_phase_row(times[phase], view) for phase in PHASES if phase in times]
    last = max((PHASES.index(phase) for phase in times), default=-1)
    coming = [f"{phase.value}{_usual(view, phase, ' (usually ', ')')}" for phase in PHASES[last + 1 :]]
    if ahead and coming:
        rows.append(f"Then · {', '.join(coming)}")
    return lines("*Phases*", rows, most=len(PHASES) + 1)


def _phase_row(time: PhaseTime, view: RunView) -> str:
    # A verified run counts among the usual ones itself, so an ended run is not held against them.
    usual = "" if view.run.is_over else _usual(view, time.phase, ", usually ")
    if time.ended is not None:
        took = duration((time.ended - time.started).total_seconds())
        return f"Done · {time.phase.value} · {took}{usual}"
    since = f"since {clock(time.started)}"
    if view.run.stage is Stage.UNKNOWN or view.run.is_over:
        return f"*Last seen · {time.phase.value}* · {since}{usual}"
    so_far = duration((view.now - time.started).total_seconds())
    return f"*Now · {time.phase.value} · {so_far} so far{usual}* · {since}"


def _usual(view: RunView, phase: Phase, before: str, after: str = "") -> str:
    return f"{before}{duration(view.usual_s[phase])}{after}" if phase in view.usual_s else ""


def writers(view: RunView, room: Room) -> list[Block]:
    """Return each VSS writer with its phase and seconds: failed ones first, then those at work.

    Once the run is over only those that failed matter; the others become a number.
    """
    nodes = {writer.node for writer in view.writers}
    title = f"*VSS writers on {code(nodes.pop(), 64)}*" if len(nodes) == 1 else "*VSS writers*"
    ordered = sorted(view.writers, key=lambda writer: (not writer.failed, not writer.running))
    if not view.run.is_over:
        return lines(title, [_writer_row(w, view, alone=not nodes) for w in ordered], most=room.rows)
    failed = [_writer_row(w, view, alone=not nodes) for w in ordered if w.failed]
    rest = len(ordered) - len(failed)
    words = f"{rest} {'more ' if failed else ''}took part and did not fail."
    return lines(title, [*failed, *([words] if rest else [])], most=room.rows)


def _writer_row(writer: WriterProgress, view: RunView, *, alone: bool) -> str:
    at_work = view.run.stage in (Stage.CREATING, Stage.PROVING)
    seconds = writer.seconds
    if seconds is None and writer.running and at_work:
        seconds = (view.now - writer.at).total_seconds()
    took = "" if seconds is None else f" · {duration(seconds)}"
    where = "" if alone else f" on {code(writer.node, 64)}"
    said = f"{code(writer.writer, 80)}{where} · {code(writer.phase, 40)}{took}"
    if writer.failed:
        return f"*Failed* · {said} · state {writer.state}, 0x{writer.hresult & 0xFFFFFFFF:08X}"
    if writer.running:
        return f"{'Now' if at_work else 'Last seen'} · {said}"
    return f"Done · {said}"


def vms(view: RunView, room: Room) -> list[Block]:
    """Return the VMs by name: those left out first, then the included and those not known yet."""
    rows = []
    left_out = [vm for vm in view.vms if vm.included is False]
    for vm in left_out[: room.rows]:
        why = f": {prose(vm.note, room.chars)}" if vm.note else ""
        rows.append(f"*Left out* · {_vm(vm)}{why}")
    if len(left_out) > room.rows:
        rows.append(f"*Left out* · and {len(left_out) - room.rows} more")
    rows += _vm_row("Included", [vm for vm in view.vms if vm.included], room)
    rows += _vm_row("On these volumes", [vm for vm in view.vms if vm.included is None], room)
    rows += [
        f"Note · {_vm(vm)}: {prose(vm.note, room.chars)}"
        for vm in view.vms
        if vm.note and vm.included is not False
    ][: room.rows]
    return lines("*VMs*", rows, most=len(rows))


def _vm_row(word: str, group: Sequence[VmInSet], room: Room) -> list[str]:
    if not group:
        return []
    names = ", ".join(_vm(vm) for vm in group[: room.rows])
    more = f" and {len(group) - room.rows} more" if len(group) > room.rows else ""
    return [f"{word} ({len(group)}) · {names}{more}"]


def _vm(vm: VmInSet) -> str:
    return f"{code(vm.name, 64)} on {code(vm.node, 32)}"


def notes(view: RunView, room: Room) -> list[Block]:
    """Return the run's own sentences."""
    return lines("*Notes*", [prose(note, room.chars) for note in view.notes], most=room.rows)


def snapshots(found: Sequence[ProvedSnapshot], room: Room) -> list[Block]:
    """Return the array snapshots by their final names, and what else their protection groups snapped."""
    rows = [
        f"{code(s.volume, 40)} on array {code(s.array, 64)}, made {date(s.created)}:\n{code(s.name)}"
        for s in found
    ]
    title = "*Array snapshot*" if len(found) == 1 else "*Array snapshots*"
    return [*lines(title, rows, most=room.rows), *_groups(found, room)]


def _groups(found: Iterable[ProvedSnapshot], room: Room) -> list[Block]:
    groups = {(s.array, s.protection_group): s for s in found if s.protection_group}
    rows = []
    for (_, group), snapshot in groups.items():
        members = ", ".join(code(member, 64) for member in snapshot.members[: room.rows])
        more = len(snapshot.members) - room.rows
        others = f", and with it {members}{f' and {more} more' if more > 0 else ''}" if members else ""
        rows.append(f"{code(group or '', 64)} was snapped as a whole{others}.")
    if rows:
        # The recorded call has neither --replicate nor --apply-retention (field notes A10).
        rows.append("Replication was not asked for by the provider, and no retention applies.")
    return lines("*Protection group*", rows, most=room.rows + 1)


def small_print(view: RunView) -> Block:
    """Return who asked, since when, the type, the node and the run's id."""
    run = view.run
    joined = f", joined by {', '.join(who(actor) for actor in view.joined[:5])}" if view.joined else ""
    more = f" and {len(view.joined) - 5} more" if len(view.joined) > 5 else ""
    return context(
        f"Asked for by {who(run.requested_by)}{joined}{more}, {date(run.requested_at)}",
        _TYPES[run.backup_type],
        f"Node: {code(run.node, 64)}" if run.node else "",
        f"Attempt {run.attempt}" if run.attempt > 1 else "",
        f"Cancel asked for by {who(Actor(run.cancel_by))}" if run.cancel_by and run.is_over else "",
        f"Run: {code(run.id, 90)}",
        f"Shadow copy set: {code(run.set_id, 40)}" if run.set_id else "",
    )


def verdict(view: RunView, room: Room, title: str) -> list[Block]:
    """Return the outcome in the four parts of a message."""
    told = view.run.verdict
    if told is None:
        return [section(title)]
    parts = [("*Why:*", told.why), ("*Safe now:*", told.safe), ("*Next:*", told.next_step)]
    rest = "\n".join(f"{label} {prose(text, room.chars)}" for label, text in parts if text)
    return [section(f"{title}\n{prose(told.what, room.chars)}"), *([section(rest)] if rest else [])]
