"""What wants attention is found without a look at all that waits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Create the index: it is empty as long as nothing went wrong."""
    op.create_index(
        "ix_outbox_attention",
        "outbox",
        ["decided_at", "seq"],
        sqlite_where=sa.text("settled_at IS NULL AND outcome NOT IN ('accepted', 'not_yet')"),
    )
