"""`vssbot serve`: the bot itself, until SIGTERM; backups that run on nodes go on without it."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path
from typing import Any

import structlog

from bot.commands.exits import Exit
from bot.config import Settings
from bot.ports import Refused, StoreUnavailable, Unreachable
from bot.wiring import Bot, store_path
from integrations.engine.lock import EngineBusy
from integrations.health.server import HealthServer
from integrations.slack.connection import Connection

ENGINE_STOP_S = 7.0
log = structlog.get_logger("serve")


def health_file(settings: Settings) -> Path:
    """Return the file that holds the address of the health service while `serve` runs."""
    return store_path(settings).with_suffix(".health")


def serve(settings: Settings) -> Exit:
    """Run until SIGTERM or SIGINT."""
    os.umask(0o077)  # the store holds names of VMs and people
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        bot = Bot(settings)
        bot.engine.start()
    except (EngineBusy, StoreUnavailable) as err:
        log.error("not started", error=str(err))
        return Exit.BUSY
    connection = bot.connection()
    health = _start(bot, connection)
    threading.Thread(target=_delete_orphans, args=(bot,), name="orphan-shells", daemon=True).start()
    log.info(
        "ready", clusters=len(bot.catalog.clusters), live_runs=len(bot.store.runs.live()), health=health.url
    )
    stop.wait()
    _stop(bot, connection, health)
    return Exit.OK


def _start(bot: Bot, connection: Connection) -> HealthServer:
    bot.dispatcher.start()
    bot.recovery.start()
    bot.groups.start()
    bot.sender.start()
    connection.start()
    host, _, port = bot.settings.file.server.health.rpartition(":")
    health = HealthServer(host.strip("[]"), int(port), lambda: _health(bot, connection), bot.metrics.registry)
    health.start()
    health_file(bot.settings).write_text(health.url + "\n", "utf-8")
    return health


def _health(bot: Bot, connection: Connection) -> dict[str, str]:
    try:
        bot.store.runs.live()
        store = "ok"
    except StoreUnavailable as err:
        store = str(err)
    bot.metrics.look(bot.store.runs)
    return {
        "store": store,
        "slack": connection.problem() or "ok",
        "sender": bot.sender.trouble() or "ok",
    }


def _tell_abandoned(bot: Bot) -> None:
    """Name the runs without an outcome that the engine has given up: a person must look at them."""
    live = {run.id for run in bot.store.runs.live()}
    for run_id in live.intersection(bot.engine.abandoned()):
        log.error("the engine has given this run up", run_id=run_id)


def _delete_orphans(bot: Bot) -> None:
    """Delete the shells that an earlier life left on the nodes: they count towards WinRM's quota."""
    for node, shell_id in bot.ledger.left_behind():
        try:
            bot.nodes.delete_orphan(node, shell_id)
        except (Unreachable, Refused) as err:
            log.warning("orphaned shell not deleted", node=node, error=str(err))
        else:
            log.info("orphaned shell deleted", node=node)


def _stop(bot: Bot, connection: Connection, health: HealthServer) -> None:
    """Take no more work, let go of the nodes, and end; what is running is found again at the next start."""
    log.info("stopping", live_runs=len(bot.store.runs.live()))
    connection.close(1.0)
    bot.dispatcher.stop()
    bot.recovery.stop()
    bot.groups.close()
    bot.clock.stop()
    all_left = bot.engine.stop(ENGINE_STOP_S)
    bot.sender.close(1.0)
    bot.nodes.close()
    health.close()
    health_file(bot.settings).unlink(missing_ok=True)
    bot.store.close()
    log.info("stopped", clean=all_left)
    if not all_left:
        os._exit(int(Exit.OK))  # threads that wait for a node cannot be ended otherwise


def ask_health(settings: Settings) -> tuple[bool, dict[str, Any]]:
    """Ask a running `serve` how it is; used by `vssbot health` and containers."""
    import requests

    file = health_file(settings)
    if not file.is_file():
        return False, {"ok": False, "serve": "does not run (there is no health file)"}
    try:
        reply = requests.get(file.read_text("utf-8").strip() + "/healthz", timeout=3)
        return reply.ok, reply.json()
    except (requests.RequestException, ValueError) as err:
        return False, {"ok": False, "serve": f"does not answer ({type(err).__name__})"}
