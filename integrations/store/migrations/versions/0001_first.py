"""The first schema: runs with their details, outgoing messages, audit."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

TEXT = sa.String()
NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")  # times too: sortable text, UTC


def upgrade() -> None:
    """Create every table."""
    op.create_table(
        "audit",
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", NAME, nullable=False),
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("origin", TEXT, nullable=False),
        sa.Column("what", TEXT, nullable=False),
        sa.Column("decision", TEXT, nullable=False),
        sa.Column("rule", TEXT, nullable=False),
        sa.Column("result", TEXT, nullable=False),
        sa.Column("previous_hash", TEXT, nullable=False),
        sa.Column("hash", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_audit")),
    )
    op.create_table(
        "outbox",
        sa.Column("key", TEXT, nullable=False),
        sa.Column("channel", TEXT, nullable=False),
        sa.Column("ts", TEXT, nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("sent_revision", sa.Integer(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("final", sa.Boolean(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("waits_since", NAME, nullable=False),
        sa.Column("not_before", NAME, nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("last_error", TEXT, nullable=False),
        sa.Column("created", NAME, nullable=False),
        sa.Column("updated", NAME, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_outbox")),
    )
    op.create_index("ix_outbox_state", "outbox", ["state", "waits_since"])
    op.create_table(
        "runs",
        sa.Column("id", NAME, nullable=False),
        sa.Column("id_reversed", NAME, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("cluster", TEXT, nullable=False),
        sa.Column("volumes", sa.JSON(), nullable=False),
        sa.Column("target_key", TEXT, nullable=False),
        sa.Column("backup_type", TEXT, nullable=False),
        sa.Column("stage", TEXT, nullable=False),
        sa.Column("requested_by", TEXT, nullable=False),
        sa.Column("requested_at", NAME, nullable=False),
        sa.Column("channel", TEXT, nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("node", TEXT, nullable=True),
        sa.Column("set_id", TEXT, nullable=True),
        sa.Column("cancel_by", TEXT, nullable=True),
        sa.Column("ended_at", NAME, nullable=True),
        sa.Column("verdict", sa.JSON(none_as_null=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
        sa.UniqueConstraint("key", name=op.f("uq_runs_key")),
    )
    op.create_index("ix_runs_cluster", "runs", ["cluster", "requested_at", "id"])
    op.create_index("ix_runs_cluster_stage", "runs", ["cluster", "stage", "requested_at"])
    op.create_index("ix_runs_id_reversed", "runs", ["id_reversed"])
    op.create_index("ix_runs_requested_at", "runs", ["requested_at", "id"])
    op.create_index("ix_runs_stage", "runs", ["stage", "requested_at", "id"])
    op.create_index("ix_runs_target", "runs", ["target_key", "stage", "requested_at"])
    op.create_table(
        "array_snapshots",
        sa.Column("run_id", NAME, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("volume", TEXT, nullable=False),
        sa.Column("array", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("created", NAME, nullable=False),
        sa.Column("protection_group", TEXT, nullable=True),
        sa.Column("members", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_array_snapshots_run_id")),
        sa.PrimaryKeyConstraint("run_id", "position", name=op.f("pk_array_snapshots")),
    )
    op.create_table(
        "attempts",
        sa.Column("run_id", NAME, nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("request_id", TEXT, nullable=False),
        sa.Column("node", TEXT, nullable=True),
        sa.Column("stage", TEXT, nullable=False),
        sa.Column("started", NAME, nullable=False),
        sa.Column("ended", NAME, nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_attempts_run_id")),
        sa.PrimaryKeyConstraint("run_id", "n", name=op.f("pk_attempts")),
    )
    op.create_table(
        "facts",
        sa.Column("run_id", NAME, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_facts_run_id")),
        sa.PrimaryKeyConstraint("run_id", "name", name=op.f("pk_facts")),
    )
    op.create_table(
        "notes",
        sa.Column("run_id", NAME, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_notes_run_id")),
        sa.PrimaryKeyConstraint("run_id", "key", name=op.f("pk_notes")),
    )
    op.create_table(
        "phases",
        sa.Column("run_id", NAME, nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("phase", TEXT, nullable=False),
        sa.Column("started", NAME, nullable=False),
        sa.Column("ended", NAME, nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_phases_run_id")),
        sa.PrimaryKeyConstraint("run_id", "attempt", "phase", name=op.f("pk_phases")),
    )
    op.create_table(
        "vms",
        sa.Column("run_id", NAME, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("node", TEXT, nullable=False),
        sa.Column("volumes", sa.JSON(), nullable=False),
        sa.Column("included", sa.Boolean(), nullable=True),
        sa.Column("note", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_vms_run_id")),
        sa.PrimaryKeyConstraint("run_id", "position", name=op.f("pk_vms")),
    )
    op.create_table(
        "wishes",
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("run_id", NAME, nullable=False),
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("channel", TEXT, nullable=False),
        sa.Column("at", NAME, nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_wishes_run_id")),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_wishes")),
        sa.UniqueConstraint("key", name=op.f("uq_wishes_key")),
    )
    op.create_index("ix_wishes_run", "wishes", ["run_id", "n"])
    op.create_table(
        "writers",
        sa.Column("run_id", NAME, nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("node", TEXT, nullable=False),
        sa.Column("writer", TEXT, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("phase", TEXT, nullable=False),
        sa.Column("running", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Integer(), nullable=False),
        sa.Column("hresult", sa.BigInteger(), nullable=False),
        sa.Column("at", NAME, nullable=False),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_writers_run_id")),
        sa.PrimaryKeyConstraint("run_id", "attempt", "node", "writer", name=op.f("pk_writers")),
    )
