"""Cards and notices as plain words: what a person would learn, without any Block Kit."""

from __future__ import annotations

from bot.domain.backup import RunView
from bot.ports import Message


class FakeRender:
    """ports.Render: every fact that a reader may see is one word or sentence of the text."""

    def card(self, view: RunView) -> Message:
        phase = view.phase_now()
        parts = [
            str(view.run.stage),
            str(phase.phase) if phase else "",
            view.run.verdict.sentence() if view.run.verdict else "",
            f"waits for {view.waits_for}" if view.waits_for else "",
            *(f"{writer.writer}: {writer.phase}" for writer in view.writers),
            *(snapshot.name for snapshot in view.snapshots),
            *view.notes,
        ]
        return _message(" | ".join(part for part in parts if part))

    def notice(self, view: RunView) -> Message:
        return _message(f"{view.run.stage}: {view.run.verdict.sentence() if view.run.verdict else ''}")

    def ask_person(self, view: RunView) -> Message:
        return _message(f"{view.run.stage}: please look at {view.run.node}")


def _message(text: str) -> Message:
    return Message(text, [{"type": "section", "text": {"type": "plain_text", "text": text}}])
