"""A second process on the same store, for the tests that need one: `python -m … VERB PATH`."""

from __future__ import annotations

import sys

import sqlalchemy as sa

from integrations.store import schema
from integrations.store.connection import Database, open_engine
from integrations.store.rows import run_values
from integrations.store.runs import SqlRuns
from tests.contracts.store.builders import a_run, a_wish


def hold(database: Database) -> None:
    """Insert a run, say so, and stay in the transaction until the parent acts."""
    with database.write() as connection:
        connection.execute(sa.insert(schema.runs).values(**run_values(a_run("half")), key="half"))
        _say("inside")
        sys.stdin.readline()


def ask(database: Database) -> None:
    """Wait for the parent's word, then ask for a backup and say which run it became."""
    _say("ready")
    name = sys.stdin.readline().strip()
    run, joined = SqlRuns(database.patient()).add_or_join(a_wish(name))
    _say(f"{run.id} {joined}")


def _say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    {"hold": hold, "ask": ask}[sys.argv[1]](Database(open_engine(sys.argv[2])))
