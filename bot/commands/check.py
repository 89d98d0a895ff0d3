"""`vssbot check`: asks every wire one question and says what to do where the answer is not good."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from rich.console import Console
from rich.table import Table

from bot.commands.exits import Exit
from bot.config import Settings
from bot.domain.catalog import Cluster
from bot.ports import Refused, Unreachable
from bot.use_cases.check import Questions
from bot.use_cases.precheck import look_at
from bot.wiring import SystemClock, build_arrays, build_nodes, catalog
from integrations.flasharray.arrays import FlashArrays
from integrations.hyperv.kit import version
from integrations.hyperv.nodes import WinrmNodes
from integrations.slack.client import web_client, who
from integrations.slack.errors import NETWORK, SlackFailure, translate
from integrations.slack.manifest import SCOPES


@dataclass(frozen=True)
class Row:
    """One question and its answer; `todo` is empty when all is well."""

    wire: str
    question: str
    answer: str
    todo: str = ""


def check(settings: Settings) -> Exit:
    """Ask everything, print a table, and tell by the exit code whether all is well."""
    rows = list(questions(settings))
    table = Table(show_lines=False)
    for column in ("", "Wire", "Question", "Answer", "What to do"):
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row("no" if row.todo else "ok", row.wire, row.question, row.answer, row.todo)
    Console(soft_wrap=False).print(table)
    return Exit.CHECK if any(row.todo for row in rows) else Exit.OK


def questions(settings: Settings) -> Iterator[Row]:
    """Ask one question after the other; no answer of one keeps the next from being asked."""
    yield from _slack(settings)
    nodes, _ = build_nodes(settings)
    arrays = build_arrays(settings)
    asked = Questions(nodes, arrays, SystemClock())
    for name in settings.file.arrays:
        yield _array(arrays, name)
    for cluster in catalog(settings).clusters.values():
        for node in cluster.nodes:
            yield _kit(nodes, cluster.name, node)
        yield from _cluster(asked, arrays, cluster)
    nodes.close()


def _slack(settings: Settings) -> Iterator[Row]:
    client = web_client(settings.bot_token(), settings.slack_api_url)
    wanted = {scope for scope, _ in SCOPES}
    try:
        us = who(client)
    except SlackFailure as err:
        yield Row(
            "Slack",
            "Is the bot token good?",
            str(err),
            "Install the app again and set VSSBOT_SLACK_BOT_TOKEN.",
        )
    else:
        missing = sorted(wanted - set(us.scopes)) if us.scopes else []
        wrong = us.workspace != settings.file.slack.workspace
        todo = f"Add the scopes {', '.join(missing)}: `vssbot manifest`." if missing else ""
        if wrong:
            todo = f"Set slack.workspace to {us.workspace} if this is the right workspace."
        yield Row(
            "Slack", "Is the bot token good, with its scopes?", f"{us.workspace_name} ({us.workspace})", todo
        )
    try:
        client.apps_connections_open(app_token=settings.app_token())
    except NETWORK as err:
        yield Row(
            "Slack",
            "Does the app token open a line?",
            str(translate(err)),
            "Make an app-level token with connections:write.",
        )
    else:
        yield Row("Slack", "Does the app token open a line?", "yes")


def _array(arrays: FlashArrays, name: str) -> Row:
    def ask() -> str:
        about = arrays.about(name)
        skew = (arrays.clock(name) - datetime.now(UTC)).total_seconds()
        return f"{about['name']}, Purity {about['purity']}, REST {about['rest']}, clock {skew:+.0f} s"

    return _row(name, "Does the array answer, with a good token?", ask)


def _kit(nodes: WinrmNodes, cluster: str, node: str) -> Row:
    question = f"Is the kit of {cluster} installed and unchanged?"
    try:
        state = nodes.kit(cluster, node)
    except (Unreachable, Refused) as err:
        return Row(node, question, err.why, _todo(err))
    if not state.installed:
        return Row(node, question, "no kit", "Run install.cmd of `vssbot kit` on the node.")
    if state.version != version():
        return Row(
            node, question, f"version {state.version}, ours is {version()}", "Install the present kit."
        )
    if state.changed_files:
        changed = ", ".join(state.changed_files)
        return Row(
            node, question, f"differs: {changed}", "Find out who changed it, then install the kit again."
        )
    return Row(node, question, f"version {state.version}, {len(state.volumes)} volumes, all hashes agree")


def _cluster(asked: Questions, arrays: FlashArrays, cluster: Cluster) -> Iterator[Row]:
    """Probe the nodes as before a backup of every volume, and show what would keep it from starting."""
    request_id = f"check-{cluster.name}-{secrets.token_hex(4)}"
    for found in look_at(asked, arrays, cluster, request_id):
        yield Row(found.place, found.question, found.answer, found.todo)


def _row(wire: str, question: str, ask: Callable[[], str]) -> Row:
    try:
        return Row(wire, question, ask())
    except (Unreachable, Refused) as err:
        return Row(wire, question, err.why, _todo(err))


def _todo(err: Unreachable | Refused) -> str:
    if isinstance(err, Refused) and err.next_step:
        return err.next_step
    return f"See that {err.place} can be reached from this machine, by name and port."
