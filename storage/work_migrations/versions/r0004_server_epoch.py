"""Under which epoch of the server an operation was acknowledged; and what was put off is found without a search."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the column; the trigger against deletion is made anew, with its exception."""
    op.add_column("outbox", sa.Column("epoch", sa.String()))
    op.create_index(
        "ix_outbox_put_off",
        "outbox",
        ["stream", "decided_at"],
        sqlite_where=sa.text("state = 'ready' AND outcome = 'not_yet'"),
    )
    op.execute("DROP TRIGGER IF EXISTS frozen_outbox_delete")
