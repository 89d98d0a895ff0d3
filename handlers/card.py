"""The run's card: one message that follows a run and becomes its result."""

from __future__ import annotations

from bot.domain.backup import Actor, Phase, RunView, Stage
from bot.ports import Message
from handlers import parts
from handlers.blocks import Block, Room, cancel_button, context, fit, section
from handlers.mrkdwn import bold, clock, code, duration, prose, who

_BEFORE_THE_GATE = (Phase.QUEUED, Phase.CHECKING, Phase.GATHERING, Phase.GATE)


def card(view: RunView) -> Message:
    """Return the card of a run at work, or of one that has its outcome."""
    if view.run.is_over:
        return fit(_final_text(view), lambda room: _final(view, room))
    return fit(f"{parts.headline(view)}. {_progress(view)}", lambda room: _live(view, room))


def can_cancel(view: RunView) -> bool:
    """Tell whether a cancel may still win: before the gate, and not asked for already."""
    run = view.run
    if run.cancel_by is not None or run.stage not in (Stage.QUEUED, Stage.CHECKING, Stage.CREATING):
        return False
    phase = view.phase_now()
    return run.set_id is None and (phase is None or phase.phase in _BEFORE_THE_GATE)


def _live(view: RunView, room: Room) -> list[Block]:
    return [
        section(f"{bold(parts.headline(view))}\n{_progress(view)}"),
        *_contact_lost(view),
        *_cancel_asked(view),
        parts.small_print(view),
        *parts.phases(view, ahead=view.run.stage is not Stage.UNKNOWN),
        *parts.snapshots(view.snapshots, room),
        *parts.writers(view, room),
        *parts.vms(view, room),
        *parts.notes(view, room),
        context(f"As of {clock(view.now)}", "Slack is slow, this card lags behind" if view.lagging else ""),
        *([cancel_button(view.run.id, str(view.run.target))] if can_cancel(view) else []),
    ]


def _progress(view: RunView) -> str:
    """Return what happens now in one sentence."""
    phase = view.phase_now()
    if view.run.stage is Stage.QUEUED:
        return (
            f"Waits for run {code(view.waits_for, 90)} on the same cluster."
            if view.waits_for
            else "Starts soon."
        )
    if phase is None or view.run.stage is Stage.UNKNOWN:
        return f"Asked for {duration((view.now - view.run.requested_at).total_seconds())} ago."
    so_far = duration((view.now - phase.started).total_seconds())
    usual = view.usual_s.get(phase.phase)
    return f"{so_far} so far" + (f", usually {duration(usual)}." if usual is not None else ".")


def _contact_lost(view: RunView) -> list[Block]:
    if view.run.stage is not Stage.UNKNOWN:
        return []
    node = parts.node_name(view.run)
    return [
        section(
            f"Contact with {node} is lost, so it is not known how far it is. {node} is doing this on its own; "
            "closing Slack or the bot changes nothing. Nothing else starts on this cluster meanwhile, "
            "and the bot looks again every minute."
        )
    ]


def _cancel_asked(view: RunView) -> list[Block]:
    if view.run.cancel_by is None:
        return []
    by = who(Actor(view.run.cancel_by))
    return [section(f"Cancel asked for by {by}; it works until the gate, before any shadow copy.")]


def _final_text(view: RunView) -> str:
    told = view.run.verdict
    names = ", ".join(prose(s.name, 250) for s in view.snapshots[:4])
    found = f" Array snapshot {names}." if names else ""
    return f"{parts.headline(view)}. {prose(told.what, 300) if told else ''}{found}".strip()


def _final(view: RunView, room: Room) -> list[Block]:
    return [
        *parts.verdict(view, room, bold(parts.headline(view))),
        *parts.snapshots(view.snapshots, room),
        *parts.vms(view, room),
        *parts.notes(view, room),
        *parts.phases(view, ahead=False),
        *parts.writers(view, room),
        *_way_back(view),
        _total(view),
        parts.small_print(view),
    ]


def _total(view: RunView) -> Block:
    ended = view.run.ended_at or view.now
    took = duration((ended - view.run.requested_at).total_seconds())
    return context(f"Took {took} in all, ended {clock(ended)}")


def _way_back(view: RunView) -> list[Block]:
    """Return how to get a VM back (field notes C7), where there is something to get it from."""
    if not view.snapshots or view.run.stage in (Stage.FAILED, Stage.CANCELLED):
        return []
    first = view.snapshots[0]
    doubt = "" if view.run.stage is Stage.VERIFIED else " This backup is not verified: check what you find."
    return [
        section(
            f"*How to get a VM back*\n1. On array {code(first.array, 64)} copy {code(first.name)} to a new array volume.\n"
            "2. Connect that volume to a Windows host outside the cluster, and give the disk a new signature there.\n"
            "3. Copy the VM's files from it.\n"
            f"Never revert the CSV itself: every VM on it would go back.{doubt}"
        )
    ]
