"""`vssbot`: the command line."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot import logs
from bot.commands.exits import Exit
from bot.config import ConfigFaults, Secret, Settings, load, load_file

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Application-consistent VSS backups of Hyper-V Cluster Shared Volumes on a FlashArray, from Slack.",
)
ConfigPath = Annotated[
    Path, typer.Option("--config", "-c", envvar="VSSBOT_CONFIG", help="The configuration file.")
]
DEFAULT = Path("vssbot.toml")


def _settings(config: Path) -> Settings:
    settings = load(config, os.environ)
    logs.configure(_secret_texts(settings))
    return settings


def _secret_texts(settings: Settings) -> list[str]:
    secrets: list[Secret | None] = [settings.bot_token, settings.app_token, settings.signing_secret]
    secrets += [*settings.node_passwords.values(), *settings.array_tokens.values()]
    return [secret() for secret in secrets if secret is not None]


@app.command()
def serve(config: ConfigPath = DEFAULT) -> None:
    """Run the bot until SIGTERM; backups that run on nodes go on without it."""
    from bot.commands.serve import serve as run

    raise typer.Exit(run(_settings(config)))


@app.command()
def health(config: ConfigPath = DEFAULT) -> None:
    """Ask the bot that runs here how it is."""
    from bot.commands.serve import ask_health

    well, answer = ask_health(_settings(config))
    typer.echo(json.dumps(answer))
    raise typer.Exit(Exit.OK if well else Exit.CHECK)


@app.command()
def backup(
    words: Annotated[
        list[str], typer.Argument(metavar="CLUSTER VOLUME...", help="What to back up, as one set.")
    ],
    config: ConfigPath = DEFAULT,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON line at the end.")] = False,
) -> None:
    """Take a backup from the terminal and watch it; the exit code tells the outcome."""
    from bot.commands.backup import backup as run

    raise typer.Exit(run(_settings(config), words, as_json=as_json))


@app.command()
def check(config: ConfigPath = DEFAULT) -> None:
    """Try every wire: Slack, each node and its kit, each array; say what to do where one does not answer."""
    from bot.commands.check import check as run

    raise typer.Exit(run(_settings(config)))


@app.command()
def explain(code: Annotated[str, typer.Argument(help="A code as printed, such as 0x80042306.")]) -> None:
    """Explain a VSS code, writer, event or one of our own codes; works offline."""
    from bot.domain.explain import explain as find
    from bot.domain.explain import nearest

    found = find(code)
    if found is None:
        near = nearest(code)
        typer.echo(f"Not known: {code[:60]}." + (f" Did you mean {near}?" if near else ""), err=True)
        raise typer.Exit(Exit.USAGE)
    typer.echo(f"{found.code} {found.name}".strip())
    for text in (found.meaning, found.cause, found.next_step):
        if text:
            typer.echo(text)


@app.command()
def manifest() -> None:
    """Print the Slack app's manifest, with the least scopes that do the work."""
    from integrations.slack.manifest import manifest as build

    typer.echo(json.dumps(build(), indent=2))


@app.command()
def kit(
    config: ConfigPath = DEFAULT,
    cluster: Annotated[str | None, typer.Option(help="The cluster whose volumes the kit allows.")] = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="Where the zip goes.")] = Path(
        "vssbot-kit.zip"
    ),
    hashes: Annotated[bool, typer.Option("--hashes", help="Print each file's SHA-256 instead.")] = False,
) -> None:
    """Write the zip that an administrator installs once on each node."""
    from bot.commands import kit as command

    file = load_file(config)
    if hashes:
        typer.echo("\n".join(command.hash_lines(file, cluster)))
    else:
        typer.echo(command.write(file, cluster, output))


def main() -> None:
    """Run the command line; a configuration that cannot be used ends with its faults and code 3."""
    try:
        app(standalone_mode=True)
    except ConfigFaults as err:
        for fault in err.faults:
            typer.echo(fault, err=True)
        sys.exit(Exit.CONFIG)


if __name__ == "__main__":
    main()
