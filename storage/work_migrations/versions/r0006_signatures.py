"""The signature of the device beside the bytes that it signed, and as frozen as they are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the column; the trigger against rewriting is made anew, with it."""
    op.add_column(
        "outbox", sa.Column("signature", sa.String(), nullable=False, server_default=sa.text("''"))
    )
    op.execute("DROP TRIGGER IF EXISTS frozen_outbox_update")
