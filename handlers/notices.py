"""New messages for a team's channel: edits of a card never notify anybody."""

from __future__ import annotations

from bot.domain.backup import RunView, Stage
from bot.ports import Message
from handlers import parts
from handlers.blocks import Block, Room, context, fit, section
from handlers.mrkdwn import bold, code, date, duration, prose, who


def notice(view: RunView, command: str) -> Message:
    """Return the notice that a run is over: one line when it is verified, all four parts otherwise."""
    if view.run.stage is Stage.VERIFIED:
        return fit(_quiet_text(view), lambda room: _quiet(view, room))
    told = view.run.verdict
    text = f"{parts.headline(view)}. {prose(told.sentence(), 900) if told else ''}".strip()
    return fit(text, lambda room: _clear(view, room, command))


def _took(view: RunView) -> str:
    return duration(((view.run.ended_at or view.now) - view.run.requested_at).total_seconds())


def _quiet_text(view: RunView) -> str:
    names = ", ".join(prose(s.name, 250) for s in view.snapshots[:4])
    return f"{parts.headline(view)} in {_took(view)}. Array snapshot {names}."


def _quiet(view: RunView, room: Room) -> list[Block]:
    names = ", ".join(code(s.name) for s in view.snapshots[: room.rows])
    more = f" and {len(view.snapshots) - room.rows} more" if len(view.snapshots) > room.rows else ""
    head = f"{bold(parts.headline(view))} in {_took(view)}, asked for by {who(view.run.requested_by)}."
    return [section(f"{head} Array snapshot {names}{more}.")]


def _clear(view: RunView, room: Room, command: str) -> list[Block]:
    return [
        *parts.verdict(view, room, bold(parts.headline(view))),
        *parts.snapshots(view.snapshots, room),
        *parts.vms(view, Room(min(room.rows, 10), room.chars)),
        parts.small_print(view),
        context(f"All of it: {code(f'{command} show {view.run.id}', 120)}"),
    ]


def ask_person(view: RunView, command: str) -> Message:
    """Return the message that asks a person to look: the node does not answer, or does not come to an end."""
    run = view.run
    node = parts.node_name(run)
    since = duration((view.now - run.requested_at).total_seconds())
    lost = run.stage is Stage.UNKNOWN
    state, trouble = (
        ("is in an unknown state", "does not answer") if lost else ("takes very long", "has not ended it yet")
    )
    head = bold(f"Please look: backup of {prose(str(run.target), 200)} {state}")
    suffix = f"VSS-{run.set_id.replace('-', '').upper()}" if run.set_id else ""
    on_array = f", and on the array for an array snapshot whose name holds {code(suffix)}" if suffix else ""
    what = f"{head}\n{node} {trouble}; the run was asked for {since} ago, {date(run.requested_at)}."
    safe = (
        "*Safe now:* nothing is started again by itself, and nothing else runs on this cluster meanwhile. "
        "Do not end DiskShadow: VSS may prepare for half an hour."
    )
    folder = code(rf"C:\vssbot\runs\{run.request_id}", 140)
    step = (
        f"*Next:* see whether {node} is up and answers WinRM, then look into {folder} on it{on_array}. "
        "The bot looks again every minute and tells here what it finds."
    )
    word = "Unknown" if lost else "Very long"
    text = f"{word}: backup of {prose(str(run.target), 200)}. {node} {trouble}; please look."
    show = context(f"All of it: {code(f'{command} show {run.id}', 120)}")
    return fit(text, lambda _: [section(what), section(safe), section(step), parts.small_print(view), show])
