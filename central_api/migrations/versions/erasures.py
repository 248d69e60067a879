"""Customers that were erased at their own request."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def _key() -> sa.types.TypeEngine[str]:
    """A text that sorts by its code points, whatever the locale of the server."""
    return sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    """Create their table."""
    op.create_table(
        "erasure",
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("customer_id", _key(), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erased_by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_erasure")),
    )
