"""The public half of the operator's recovery key, which desks are told at enrollment."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the table; nobody has such a key yet."""
    op.create_table(
        "recovery_key",
        sa.Column("public_key", sa.String(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("public_key", name=op.f("pk_recovery_key")),
    )
