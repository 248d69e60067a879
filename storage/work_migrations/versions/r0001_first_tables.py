"""The first tables: settings, drafts, RMAs, outbox, number blocks and the audit chain."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import UtcDateTime

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create everything."""
    op.create_table(
        "setting",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_setting"),
    )
    op.create_table(
        "draft",
        sa.Column("draft_id", sa.String(), nullable=False),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("draft_id", name="pk_draft"),
    )
    _create_rma()
    _create_outbox()
    op.create_table(
        "number_block",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("block", sa.Integer(), nullable=False),
        sa.Column("lease_id", sa.String(), nullable=False),
        sa.Column("next_index", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_number_block"),
        sa.UniqueConstraint("block", name="uq_number_block_block"),
        sa.UniqueConstraint("lease_id", name="uq_number_block_lease_id"),
        sa.CheckConstraint("block BETWEEN 100000 AND 999999", name="ck_number_block_block"),
        sa.CheckConstraint("next_index BETWEEN 0 AND 1000", name="ck_number_block_next_index"),
        sqlite_autoincrement=True,
    )
    _create_audit()


def _create_rma() -> None:
    op.create_table(
        "rma",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("finalized_at", UtcDateTime(), nullable=False),
        sa.Column("row_version", sa.Integer()),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("made_here", sa.Boolean(), nullable=False),
        sa.Column("draft_id", sa.String()),
        sa.Column("channel", sa.String()),
        sa.Column("started_at", UtcDateTime()),
        sa.Column("first_key_at", UtcDateTime()),
        sa.Column("keys", sa.Integer()),
        sa.Column("refused_tries", sa.Integer()),
        sa.PrimaryKeyConstraint("number", name="pk_rma"),
    )
    for column in ("order_id", "customer_id", "finalized_at", "draft_id"):
        op.create_index(f"ix_rma_{column}", "rma", [column])


def _create_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("op_id", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("depends_on", sa.String()),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("outcome", sa.String()),
        sa.Column("problem", sa.Text()),
        sa.Column("decided_at", UtcDateTime()),
        sa.Column("settled_at", UtcDateTime()),
        sa.Column("settle_note", sa.Text()),
        sa.PrimaryKeyConstraint("seq", name="pk_outbox"),
        sa.UniqueConstraint("op_id", name="uq_outbox_op_id"),
        sa.CheckConstraint(
            "state IN ('ready', 'done', 'attention', 'held')", name="ck_outbox_state"
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_state_seq", "outbox", ["state", "seq"])
    op.create_index("ix_outbox_number_state", "outbox", ["number", "state"])


def _create_audit() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("device_clock", UtcDateTime(), nullable=False),
        sa.Column("entity", sa.String(), nullable=False),
        sa.Column("command", sa.String(), nullable=False),
        sa.Column("before", sa.Text()),
        sa.Column("after", sa.Text()),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_audit_entry"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_entry_device_seq", "audit_entry", ["device", "seq"])
    op.create_index("ix_audit_entry_entity", "audit_entry", ["entity"])
    op.create_table(
        "audit_personal",
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("entry", "field", name="pk_audit_personal"),
        sa.ForeignKeyConstraint(["entry"], ["audit_entry.seq"], name="fk_audit_personal_entry"),
    )
    op.create_index("ix_audit_personal_customer_id", "audit_personal", ["customer_id"])
