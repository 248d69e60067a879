"""When this database came from a backup: what desks held from before comes by again after it."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the moment; it never did so far."""
    op.add_column("feed", sa.Column("restored_at", sa.DateTime(timezone=True), nullable=True))
