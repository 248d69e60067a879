"""Which life of a desk uses a block of numbers: another one that uses it too is a copy's."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the column; a desk names its life with its next report."""
    op.add_column(
        "number_block", sa.Column("incarnation", sa.String(), server_default="", nullable=False)
    )
