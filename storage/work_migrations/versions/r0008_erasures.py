"""Customers that were erased, and which operations were since; the trigger against rewriting knows that exception."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import UtcDateTime

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Create the table and the column; the trigger is made anew."""
    op.create_table(
        "erasure",
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("learnt_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("customer_id", name="pk_erasure"),
    )
    op.add_column(
        "outbox", sa.Column("erased", sa.Boolean(), nullable=False, server_default=sa.text("0"))
    )
    op.execute("DROP TRIGGER IF EXISTS frozen_outbox_update")
