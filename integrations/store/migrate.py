"""Brings the store's schema to the one this program knows."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from integrations.store.connection import PATIENT_WAIT_S, Database

HEAD = "0001"
"""The revision of schema.py; kept here so that a start with an up-to-date store need not load Alembic."""

MIGRATIONS = Path(__file__).parent / "migrations"


class StoreTooNew(Exception):
    """The store was written by a newer version of the program; this one must not touch it."""

    def __init__(self, revision: str) -> None:
        super().__init__(
            f"The store has schema {revision}, newer than this program's {HEAD}. Nothing was changed."
            " Start the newer version of the program again, or restore the store from before it."
        )
        self.revision = revision


def migrate(engine: sa.Engine) -> None:
    """Create or upgrade the store; safe in several processes at once. Raises StoreTooNew, StoreUnavailable."""
    database = Database(engine, wait_s=PATIENT_WAIT_S)
    with database.read() as connection:
        if _revision(connection) == HEAD:
            return
    with database.write(alone="schema") as connection:
        _upgrade(connection)


def _upgrade(connection: sa.Connection) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    revision = _revision(connection)
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if revision is not None and revision not in known:
        raise StoreTooNew(revision)
    command.upgrade(config, HEAD)


def _revision(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return revision
