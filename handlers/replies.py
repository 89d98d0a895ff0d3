"""Everything that is said in Slack, as Block Kit; pure, and the only place that chooses words for the chat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from bot.domain.answers import Accepted, Answer, Explained, HelpShown, Listing, Shown, Told
from bot.domain.backup import Run, RunView
from bot.domain.wording import Complaint
from bot.ports import Message
from handlers import parts
from handlers.blocks import Block, Room, clip, context, fit, lines, section
from handlers.card import card
from handlers.mrkdwn import bold, channel_link, code, date, duration, prose, who
from handlers.notices import ask_person, notice

_SAYS = {
    "backup": "back up one or more volumes of a cluster as one shadow copy set",
    "status": "what runs now and what ended last, or how one run stands",
    "show": "all of one run",
    "cancel": "stop a run before its shadow copy",
    "explain": "what an error code means, and what to do",
    "help": "this text",
}


class Replies:
    """Turns views and answers into messages; satisfies `bot.ports.Render`."""

    def __init__(self, command: str = "/vss") -> None:
        self.command = command

    def card(self, view: RunView) -> Message:
        """Return the run's card."""
        return card(view)

    def notice(self, view: RunView) -> Message:
        """Return the new message for the team's channel when a run is over."""
        return notice(view, self.command)

    def ask_person(self, view: RunView) -> Message:
        """Return the message that asks a person about a run whose state is unknown."""
        return ask_person(view, self.command)

    def answer(self, answer: Answer) -> Message:
        """Return what one person sees after a command or a click."""
        match answer:
            case Told():
                return told(answer)
            case Accepted():
                return accepted(answer)
            case Listing():
                return listing(answer)
            case Shown():
                return card(answer.view)
            case Explained():
                return explained(answer)
            case HelpShown():
                return help_text(answer)
        assert_never(answer)

    def complaint(self, complaint: Complaint) -> Message:
        """Return the one sentence about a line that was not understood."""
        sentence = prose(complaint.sentence, 500)
        return Message(clip(sentence), [section(sentence)])


def told(answer: Told) -> Message:
    """Return a plain answer in four parts."""
    rest = [part for part in (answer.why, answer.safe, answer.next_step) if part]
    text = " ".join(prose(part, 600) for part in (answer.what, *rest))

    def build(room: Room) -> list[Block]:
        body = "\n".join(prose(part, room.chars) for part in rest)
        return [section(f"{bold(prose(answer.what, room.chars))}{chr(10) if body else ''}{body}")]

    return fit(text, build)


def accepted(answer: Accepted) -> Message:
    """Return the private word after a backup was recorded or joined."""
    run = answer.run
    target = prose(str(run.target), 200)
    if answer.joined:
        head = f"Joined: backup of {target}"
        since = f"It was asked for by {who(run.requested_by)}, {date(run.requested_at)}."
    else:
        head = f"Queued: backup of {target}"
        since = (
            f"It waits for run {code(answer.waits_for, 90)}." if answer.waits_for else "It starts at once."
        )
    where = f"Its card is in {channel_link(run.channel)}." if run.channel else ""
    rest = " ".join(part for part in (since, where, prose(answer.note, 200)) if part)
    return Message(
        clip(f"{head}. {rest}"), [section(f"{bold(head)}\n{rest}"), context(f"Run: {code(run.id, 90)}")]
    )


def listing(answer: Listing) -> Message:
    """Return runs in short, those at work first."""
    text = f"Status: {len(answer.live)} at work or waiting, {len(answer.recent)} ended lately."

    def build(room: Room) -> list[Block]:
        live = lines("*At work or waiting*", [_live_row(view) for view in answer.live], most=room.rows)
        recent = lines("*Ended lately*", [_ended_row(run) for run in answer.recent], most=min(room.rows, 20))
        note = [section(prose(answer.note, room.chars))] if answer.note else []
        nothing = [section("*Nothing runs, and nothing has run yet.*")]
        return [*(live or _idle(answer.recent)), *recent, *note] or nothing

    return fit(text, build)


def _idle(recent: Sequence[Run]) -> list[Block]:
    return [section("*Nothing runs now.*")] if recent else []


def _live_row(view: RunView) -> str:
    phase = view.phase_now()
    took = duration((view.now - (phase.started if phase else view.run.requested_at)).total_seconds())
    behind = f" behind {code(view.waits_for, 90)}" if view.waits_for else ""
    return f"{parts.headline(view)} · {took}{behind} · {who(view.run.requested_by)} · {code(view.run.id, 90)}"


def _ended_row(run: Run) -> str:
    when = date(run.ended_at or run.requested_at)
    return f"{parts.WORDS[run.stage]}: backup of {prose(str(run.target), 200)} · {when} · {code(run.id, 90)}"


def explained(answer: Explained) -> Message:
    """Return a code in plain words."""
    title = " ".join(code(part, 80) for part in (answer.code, answer.name) if part)
    labelled = [("", answer.meaning), ("*Cause:* ", answer.cause), ("*Next:* ", answer.next_step)]
    plain = " ".join(prose(text) for _, text in labelled if text)

    def build(room: Room) -> list[Block]:
        body = [f"{label}{prose(text, room.chars)}" for label, text in labelled if text]
        return [section("\n".join([title, *body]))]

    return fit(f"{prose(answer.code, 80)}: {plain}", build)


def help_text(answer: HelpShown) -> Message:
    """Return each verb with what it does and a line that works."""
    verbs = [verb for verb in _SAYS if verb in answer.verbs]
    rows = [f"{code(answer.known.example(verb).strip('`'), 120)} · {_SAYS[verb]}" for verb in verbs]
    clusters = [
        f"{code(name, 40)}: {', '.join(code(volume, 40) for volume in volumes[:12])}"
        f"{f' and {len(volumes) - 12} more' if len(volumes) > 12 else ''}"
        for name, volumes in answer.known.clusters.items()
    ]

    def build(room: Room) -> list[Block]:
        return [
            *lines("*What can be typed*", rows, most=len(rows)),
            *lines("*Clusters and their volumes*", clusters, most=room.rows),
        ]

    return fit(f"Help: {', '.join(verbs)}. Example: {prose(answer.known.example('backup'))}", build)
