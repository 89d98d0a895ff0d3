"""`vssbot backup`: a backup from a terminal, through a running `serve` or by an engine of its own."""

from __future__ import annotations

import getpass
import json
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.live import Live
from rich.table import Table

from bot.commands.exits import Exit
from bot.config import Settings
from bot.domain.answers import Accepted
from bot.domain.backup import Actor, Run, RunView, Stage
from bot.domain.wording import Backup, Complaint, parse
from bot.wiring import Bot
from integrations.engine.lock import EngineBusy

LOOK_S = 0.5


def backup(settings: Settings, words: list[str], *, as_json: bool) -> Exit:
    """Take a backup and watch it until it is over; Ctrl-C stops watching, not the backup."""
    bot = Bot(settings)
    wish = parse(" ".join(["backup", *words]), bot.catalog.known)
    if not isinstance(wish, Backup):
        sentence = wish.sentence if isinstance(wish, Complaint) else "Name a cluster and its volumes."
        print(sentence.replace("/vss backup", "vssbot backup").replace("`", "'"), file=sys.stderr)  # noqa: T201
        return Exit.USAGE
    with _engine(bot) as note:
        by = Actor(f"cli:{getpass.getuser()}")
        answer = bot.desk.backup(wish, by=by, key=f"cli:{uuid.uuid4()}", channel="", team="")
        if not isinstance(answer, Accepted):
            print(str(answer), file=sys.stderr)  # noqa: T201
            return Exit.USAGE
        show = _Json() if as_json else _Screen(note) if sys.stdout.isatty() else _Lines(note)
        try:
            run = _watch(bot, answer.run, show)
        except KeyboardInterrupt:
            print(f"Not watching any more; run {answer.run.id} goes on.", file=sys.stderr)  # noqa: T201
            return Exit.UNKNOWN
        return Exit.of(run.stage)


@contextmanager
def _engine(bot: Bot) -> Iterator[str]:
    """Run the engine here unless a `serve` does; what is recorded is found by whoever runs it."""
    try:
        bot.engine.start()
    except EngineBusy as err:
        yield f"handed to the bot that runs already (process {err.pid})"
        return
    bot.dispatcher.start()
    bot.sender.start()
    try:
        yield "run by this command; no bot is running"
    finally:
        bot.dispatcher.stop()
        bot.clock.stop()
        bot.engine.stop(5.0)
        bot.sender.close(3.0)
        bot.nodes.close()


def _watch(bot: Bot, run: Run, show: _Show) -> Run:
    with show:
        while True:
            now = bot.store.runs.get(run.id) or run
            show.view(bot.views.of(now))
            if now.is_over:
                return now
            bot.clock.wait(LOOK_S)


class _Show:
    """How a run is shown; `view` is called twice a second."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        return None

    def view(self, view: RunView) -> None:
        """Show the run as it stands."""


class _Lines(_Show):
    """One line per news, for logs and pipes."""

    def __init__(self, note: str, write: Callable[[str], object] = print) -> None:
        self._write = write
        self._said: set[str] = set()
        self._say("note", note)

    def view(self, view: RunView) -> None:
        """Say what was not said yet."""
        run = view.run
        self._say("run", f"run {run.id}: backup of {run.target}, type {run.backup_type}")
        if run.node:
            self._say("node", f"node {run.node}")
        for time in view.phases:
            self._say(str(time.phase), f"{time.started:%H:%M:%S}Z  {time.phase}")
        for note in view.notes:
            self._say(note, f"note: {note}")
        if run.is_over and run.verdict:
            for snapshot in view.snapshots:
                self._say(snapshot.name, f"array snapshot {snapshot.name} on {snapshot.array}")
            self._say("end", f"{run.stage.upper()}: {run.verdict.sentence()}")

    def _say(self, key: str, text: str) -> None:
        if key not in self._said:
            self._said.add(key)
            self._write(text)


class _Json(_Show):
    """One JSON line at the end."""

    def view(self, view: RunView) -> None:
        """Print the outcome once."""
        run = view.run
        if not run.is_over:
            return
        document = {
            "run": run.id,
            "target": str(run.target),
            "outcome": run.stage.value,
            "node": run.node,
            "set_id": run.set_id,
            "snapshots": [
                {"volume": s.volume, "array": s.array, "name": s.name, "created": s.created.isoformat()}
                for s in view.snapshots
            ],
            "code": run.verdict.code if run.verdict else None,
            "message": run.verdict.sentence() if run.verdict else None,
        }
        print(json.dumps(document))  # noqa: T201


class _Screen(_Show):
    """A table that is redrawn in place."""

    def __init__(self, note: str) -> None:
        self._note = note
        self._live = Live(console=Console(), refresh_per_second=4)

    def __enter__(self) -> None:
        self._live.__enter__()

    def __exit__(self, *_: object) -> None:
        self._live.__exit__(None, None, None)

    def view(self, view: RunView) -> None:
        """Redraw the table."""
        run = view.run
        table = Table(title=f"Backup of {run.target} · {run.id}", caption=_caption(view, self._note))
        for column in ("Phase", "Seconds", "Usual"):
            table.add_column(column)
        for time in view.phases:
            took = ((time.ended or view.now) - time.started).total_seconds()
            usual = view.usual_s.get(time.phase)
            table.add_row(str(time.phase), f"{took:.0f}", f"{usual:.0f}" if usual is not None else "–")
        for writer in view.writers:
            state = "failed" if writer.failed else "in" if writer.running else "after"
            table.add_row(f"  {writer.writer}", f"{state} {writer.phase}", "")
        self._live.update(table)


def _caption(view: RunView, note: str) -> str:
    run = view.run
    if run.is_over and run.verdict:
        names = "".join(f"\n{s.name} on {s.array}" for s in view.snapshots)
        return f"{run.stage.upper()}: {run.verdict.sentence()}{names}"
    if run.stage is Stage.QUEUED and view.waits_for:
        return f"waits for {view.waits_for}"
    return "\n".join([note, *view.notes])
