"""`vssbot-sandbox serve`: a world to run a client in, until it is told to stop; `demo`: the bot beside it."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from pathlib import Path

from sandbox.control import ControlServer
from sandbox.demo import demo
from sandbox.world import PARTS, Options, World


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return its exit code (0 stopped as asked, 1 could not start, 2 wrong usage)."""
    given = _parser().parse_args(arguments)
    if given.command == "demo":
        return demo(speed=given.speed, folder=given.dir, page_port=given.page_port)
    try:
        options = _options(given)
        stopped = _stopped_by_signals()
        world = World(options)
    except (ValueError, OSError) as err:
        print(f"vssbot-sandbox: {err}", file=sys.stderr)  # noqa: T201
        return 1
    control = ControlServer(world)
    try:
        world.write_files()
        if world.clusters is not None and not _install_kit(world, given.kit):
            return 1
        print(json.dumps(_ready(world, control)), flush=True)  # noqa: T201
        stopped.wait()
    finally:
        control.close()
        world.close()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="vssbot-sandbox", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="start a world, write its configuration, and run until SIGTERM")
    serve.add_argument("--parts", default=",".join(PARTS), help="which of cluster,array,slack (default: all)")
    serve.add_argument("--dir", required=True, type=Path, help="where the configuration and secrets go")
    serve.add_argument("--speed", type=float, default=1.0, help="divides the lengths of simulated work")
    serve.add_argument("--seed", type=int, default=0, help="names, serials and secrets follow from it")
    serve.add_argument("--clusters", type=int, default=1)
    serve.add_argument("--kit", type=Path, help="a node kit as a zip; without it, one is asked for")
    serve.add_argument("--page-port", type=int, help="the port of the Slack page")
    serve.add_argument("--locale", choices=("en-US", "de-DE"), default="en-US", help="what the nodes speak")
    show = commands.add_parser(
        "demo", help="the world and the bot beside it, with a page to type commands on"
    )
    show.add_argument("--speed", type=float, default=5.0, help="divides the lengths of simulated work")
    show.add_argument("--dir", type=Path, help="where configuration and log go (default: a temporary folder)")
    show.add_argument("--page-port", type=int, help="the port of the page")
    return parser


def _options(given: argparse.Namespace) -> Options:
    parts = frozenset(part.strip() for part in given.parts.split(",") if part.strip())
    return Options(
        given.dir.resolve(),
        parts,
        given.clusters,
        speed=given.speed,
        seed=given.seed,
        page_port=given.page_port,
        locale=given.locale,
    )


def _stopped_by_signals() -> threading.Event:
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    return stopped


def _install_kit(world: World, kit: Path | None) -> bool:
    from sandbox.kit import KitFailed, install_everywhere

    try:
        install_everywhere(world, kit)
    except KitFailed as err:
        print(f"vssbot-sandbox: {err}", file=sys.stderr)  # noqa: T201
        return False
    return True


def _ready(world: World, control: ControlServer) -> dict[str, object]:
    return {
        "ready": True,
        "page": world.slack.page_url if world.slack is not None else None,
        "control": control.url,
        "slack_api": world.slack.api_url if world.slack is not None else None,
        "nodes": world.clusters.urls() if world.clusters is not None else {},
        "arrays": {name: part.server.url for name, part in world.arrays.items()},
    }


if __name__ == "__main__":
    sys.exit(main())
