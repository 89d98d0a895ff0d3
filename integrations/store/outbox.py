"""Outgoing Slack messages in the store: put by the runs, taken by the one sender."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.ports import Message
from integrations.store.clock import Now, utc_now
from integrations.store.connection import Database
from integrations.store.schema import outbox

WAITING, SENT, GIVEN_UP = "waiting", "sent", "given-up"


@dataclass(frozen=True)
class OutboxRow:
    """One message that waits to be posted (`ts` is None) or edited."""

    key: str
    channel: str
    ts: str | None
    revision: int
    message: Message
    final: bool
    urgent: bool
    tries: int  # failed ones of this revision or the ones before it that were never sent


def _nothing() -> None:
    pass


class SqlOutbox:
    """Implements ports.Outbox and the sender's side of it; `wake` is called after something new was put."""

    def __init__(
        self, database: Database, *, now: Now = utc_now, wake: Callable[[], None] = _nothing
    ) -> None:
        self._database = database
        self._now = now
        self._wake = wake

    def put(
        self, key: str, channel: str, message: Message, *, final: bool = False, urgent: bool = False
    ) -> None:
        """Post or edit the message of this key; nothing changes after its final revision or for a notice."""
        payload = asdict(message)
        with self._database.write(alone=f"outbox {key}") as connection:
            row = connection.execute(sa.select(outbox).where(outbox.c.key == key)).first()
            if row is None:
                values = _new_row(payload, self._now(), final=final, urgent=urgent)
                connection.execute(sa.insert(outbox).values(key=key, channel=channel, **values))
            elif row.final or row.urgent or row.state == GIVEN_UP:
                return
            else:
                values = _next_revision(row, payload, self._now(), final=final)
                connection.execute(sa.update(outbox).where(outbox.c.key == key).values(values))
        self._wake()

    def take(self, limit: int, now: datetime) -> list[OutboxRow]:
        """Return what may be sent at `now`: final and urgent messages first, then the longest waiting."""
        query = (
            sa.select(outbox)
            .where(outbox.c.state == WAITING, outbox.c.not_before.is_(None) | (outbox.c.not_before <= now))
            .order_by(
                sa.case((outbox.c.final | outbox.c.urgent, 0), else_=1), outbox.c.waits_since, outbox.c.key
            )
            .limit(limit)
        )
        with self._database.read() as connection:
            return [_to_row(row) for row in connection.execute(query)]

    def sent(self, key: str, revision: int, ts: str) -> None:
        """Record that this revision is on Slack under `ts`; a newer one keeps waiting."""
        newer = outbox.c.revision > revision
        self._settle(
            key,
            revision,
            {
                "ts": ts,
                "sent_revision": revision,
                "state": sa.case((newer, WAITING), else_=SENT),
                "waits_since": sa.case((newer, outbox.c.updated), else_=outbox.c.waits_since),
                "tries": 0,
                "not_before": None,
                "last_error": "",
            },
        )

    def failed(self, key: str, revision: int, error: str, not_before: datetime) -> None:
        """Record that sending this revision failed and when the message may be tried again."""
        again = {"tries": outbox.c.tries + 1, "last_error": error, "not_before": not_before}
        self._settle(key, revision, again)

    def give_up(self, key: str, error: str) -> None:
        """Never send this message again, nor later revisions of it."""
        with self._database.write() as connection:
            values = {"state": GIVEN_UP, "last_error": error}
            connection.execute(sa.update(outbox).where(outbox.c.key == key).values(values))

    def lag(self, now: datetime) -> float:
        """Return for how many seconds the longest waiting message has waited; 0 when none waits."""
        query = sa.select(sa.func.min(outbox.c.waits_since)).where(outbox.c.state == WAITING)
        with self._database.read() as connection:
            oldest = connection.execute(query).scalar()
        return 0.0 if oldest is None else max(0.0, (now - oldest).total_seconds())

    def _settle(self, key: str, revision: int, values: dict[str, Any]) -> None:
        unsent = (
            (outbox.c.key == key)
            & (outbox.c.sent_revision < revision)
            & (outbox.c.revision >= revision)
            & (outbox.c.state == WAITING)
        )
        with self._database.write() as connection:
            connection.execute(sa.update(outbox).where(unsent).values(values))


def _new_row(payload: dict[str, Any], now: datetime, *, final: bool, urgent: bool) -> dict[str, Any]:
    return {
        "revision": 1,
        "sent_revision": 0,
        "payload": payload,
        "final": final,
        "urgent": urgent,
        "state": WAITING,
        "waits_since": now,
        "tries": 0,
        "last_error": "",
        "created": now,
        "updated": now,
    }


def _next_revision(
    row: sa.Row[Any], payload: dict[str, Any], now: datetime, *, final: bool
) -> dict[str, Any]:
    if row.payload == payload:  # Slack counts an edit that changes nothing against our budget
        return {"final": final}
    return {
        "revision": row.revision + 1,
        "payload": payload,
        "final": final,
        "state": WAITING,
        # A card that changes faster than it is sent keeps its place in the queue.
        "waits_since": row.waits_since if row.state == WAITING else now,
        "updated": now,
    }


def _to_row(row: sa.Row[Any]) -> OutboxRow:
    return OutboxRow(
        key=row.key,
        channel=row.channel,
        ts=row.ts,
        revision=row.revision,
        message=Message(**row.payload),
        final=row.final,
        urgent=row.urgent,
        tries=row.tries,
    )
