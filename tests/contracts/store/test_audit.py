"""The audit: append-only, and tampering shows."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
import sqlalchemy as sa

from bot.ports import AuditEntry
from integrations.store import schema
from integrations.store.audit import FIRST, SqlAudit
from integrations.store.connection import Database
from tests.contracts.store.builders import at
from tests.fakes.store import FakeAudit


def entry(number: int) -> AuditEntry:
    return AuditEntry(at(number), "U1", "slack:C1", f"backup cluster1 — {number}", "allowed", "rule", "ok")


def test_entries_are_read_back_newest_first(audit: SqlAudit | FakeAudit) -> None:
    for number in range(3):
        audit.write(entry(number))
    assert audit.recent(2) == [entry(2), entry(1)]


def test_an_untouched_chain_verifies(audit: SqlAudit | FakeAudit) -> None:
    assert (audit.verify(), audit.head()) == (None, (0, FIRST))
    for number in range(5):
        audit.write(entry(number))
    assert audit.verify() is None
    assert audit.head()[0] == 5


def test_entries_written_at_once_form_one_chain(audit: SqlAudit | FakeAudit) -> None:
    threads = [threading.Thread(target=audit.write, args=(entry(number),)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert audit.verify() is None
    assert audit.head()[0] == 12


def test_a_changed_entry_of_the_fake_shows() -> None:
    audit = FakeAudit()
    for number in range(3):
        audit.write(entry(number))
    audit.entries[1] = replace(audit.entries[1], actor="U2")
    assert audit.verify() == 2


@pytest.mark.parametrize("field", [column.name for column in schema.audit.c if column.name != "n"])
def test_a_changed_field_shows_at_its_entry(database: Database, field: str) -> None:
    audit = SqlAudit(database)
    for number in range(4):
        audit.write(entry(number))
    with database.write() as connection:
        connection.execute(sa.text(f"UPDATE audit SET {field} = 'x' WHERE n = 3"))
    assert audit.verify() == 3


@pytest.mark.parametrize(
    ("act", "broken"),
    [
        ("DELETE FROM audit WHERE n = 1", 1),
        ("DELETE FROM audit WHERE n = 2", 2),
        ("UPDATE audit SET n = 9 WHERE n = 2", 2),
    ],
)
def test_a_removed_or_moved_entry_shows(database: Database, act: str, broken: int) -> None:
    audit = SqlAudit(database)
    for number in range(4):
        audit.write(entry(number))
    with database.write() as connection:
        connection.execute(sa.text(act))
    assert audit.verify() == broken


def test_a_cut_off_end_shows_against_the_head_kept_elsewhere(database: Database) -> None:
    audit = SqlAudit(database)
    for number in range(4):
        audit.write(entry(number))
    head = audit.head()
    with database.write() as connection:
        connection.execute(sa.text("DELETE FROM audit WHERE n = 4"))
    assert audit.verify() is None
    assert audit.head() != head
