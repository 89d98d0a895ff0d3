"""The store's tables as the code uses them; the migrations build them."""

from __future__ import annotations

import sqlalchemy as sa

from integrations.store.columns import Name, Utc

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
    }
)


def _run_id(*, primary_key: bool = False) -> sa.Column[str]:
    return sa.Column("run_id", Name, sa.ForeignKey("runs.id"), primary_key=primary_key, nullable=False)


runs = sa.Table(
    "runs",
    metadata,
    sa.Column("id", Name, primary_key=True),
    sa.Column("id_reversed", Name, nullable=False),  # so that an id is found by its end, with an index
    sa.Column("key", sa.String, nullable=False, unique=True),  # of the wish that made the run
    sa.Column("cluster", sa.String, nullable=False),
    sa.Column("volumes", sa.JSON, nullable=False),
    sa.Column("target_key", sa.String, nullable=False),  # str(Target)
    sa.Column("backup_type", sa.String, nullable=False),
    sa.Column("stage", sa.String, nullable=False),
    sa.Column("requested_by", sa.String, nullable=False),
    sa.Column("requested_at", Utc, nullable=False),
    sa.Column("channel", sa.String, nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("node", sa.String),
    sa.Column("set_id", sa.String),
    sa.Column("cancel_by", sa.String),
    sa.Column("ended_at", Utc),
    sa.Column("verdict", sa.JSON(none_as_null=True)),
    sa.Index("ix_runs_id_reversed", "id_reversed"),
    sa.Index("ix_runs_requested_at", "requested_at", "id"),
    sa.Index("ix_runs_cluster", "cluster", "requested_at", "id"),
    sa.Index("ix_runs_cluster_stage", "cluster", "stage", "requested_at"),
    sa.Index("ix_runs_stage", "stage", "requested_at", "id"),
    sa.Index("ix_runs_target", "target_key", "stage", "requested_at"),
)

wishes = sa.Table(
    "wishes",
    metadata,
    sa.Column("n", sa.Integer, primary_key=True),
    sa.Column("key", sa.String, nullable=False, unique=True),
    _run_id(),
    sa.Column("actor", sa.String, nullable=False),
    sa.Column("channel", sa.String, nullable=False),
    sa.Column("at", Utc, nullable=False),
    sa.Index("ix_wishes_run", "run_id", "n"),
)

attempts = sa.Table(
    "attempts",
    metadata,
    _run_id(primary_key=True),
    sa.Column("n", sa.Integer, primary_key=True),
    sa.Column("request_id", sa.String, nullable=False),
    sa.Column("node", sa.String),
    sa.Column("stage", sa.String, nullable=False),  # the last one of this attempt
    sa.Column("started", Utc, nullable=False),
    sa.Column("ended", Utc),
)

phases = sa.Table(
    "phases",
    metadata,
    _run_id(primary_key=True),
    sa.Column("attempt", sa.Integer, primary_key=True),
    sa.Column("phase", sa.String, primary_key=True),
    sa.Column("started", Utc, nullable=False),
    sa.Column("ended", Utc),
)

writers = sa.Table(
    "writers",
    metadata,
    _run_id(primary_key=True),
    sa.Column("attempt", sa.Integer, primary_key=True),
    sa.Column("node", sa.String, primary_key=True),
    sa.Column("writer", sa.String, primary_key=True),
    sa.Column("position", sa.Integer, nullable=False),  # in order of first appearance
    sa.Column("phase", sa.String, nullable=False),
    sa.Column("running", sa.Boolean, nullable=False),
    sa.Column("state", sa.Integer, nullable=False),
    sa.Column("hresult", sa.BigInteger, nullable=False),
    sa.Column("at", Utc, nullable=False),
    sa.Column("seconds", sa.Float),
)

vms = sa.Table(
    "vms",
    metadata,
    _run_id(primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("id", sa.String, nullable=False),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("node", sa.String, nullable=False),
    sa.Column("volumes", sa.JSON, nullable=False),
    sa.Column("included", sa.Boolean),
    sa.Column("note", sa.String, nullable=False),
)

array_snapshots = sa.Table(
    "array_snapshots",
    metadata,
    _run_id(primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("volume", sa.String, nullable=False),
    sa.Column("array", sa.String, nullable=False),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("created", Utc, nullable=False),
    sa.Column("protection_group", sa.String),
    sa.Column("members", sa.JSON, nullable=False),
)

notes = sa.Table(
    "notes",
    metadata,
    _run_id(primary_key=True),
    sa.Column("key", sa.String, primary_key=True),
    sa.Column("position", sa.Integer, nullable=False),  # in order of the keys' first use
    sa.Column("text", sa.String, nullable=False),
)

facts = sa.Table(
    "facts",
    metadata,
    _run_id(primary_key=True),
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("value", sa.JSON, nullable=False),
)

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("key", sa.String, primary_key=True),
    sa.Column("channel", sa.String, nullable=False),
    sa.Column("ts", sa.String),  # Slack's name of the posted message
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("sent_revision", sa.Integer, nullable=False),
    sa.Column("payload", sa.JSON, nullable=False),
    sa.Column("final", sa.Boolean, nullable=False),
    sa.Column("urgent", sa.Boolean, nullable=False),
    sa.Column("state", sa.String, nullable=False),  # waiting | sent | given-up
    sa.Column("waits_since", Utc, nullable=False),  # of the oldest revision that was not sent
    sa.Column("not_before", Utc),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("last_error", sa.String, nullable=False),
    sa.Column("created", Utc, nullable=False),
    sa.Column("updated", Utc, nullable=False),
    sa.Index("ix_outbox_state", "state", "waits_since"),
)

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("n", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", Utc, nullable=False),
    sa.Column("actor", sa.String, nullable=False),
    sa.Column("origin", sa.String, nullable=False),
    sa.Column("what", sa.String, nullable=False),
    sa.Column("decision", sa.String, nullable=False),
    sa.Column("rule", sa.String, nullable=False),
    sa.Column("result", sa.String, nullable=False),
    sa.Column("previous_hash", sa.String, nullable=False),
    sa.Column("hash", sa.String, nullable=False),
)
