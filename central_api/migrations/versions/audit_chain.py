"""The server's audit chain, the lives of desks, and how far their numbers were used."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def _key() -> sa.types.TypeEngine[str]:
    """A text that sorts by its code points, whatever the locale of the server."""
    return sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    """Add the tables and the column; what was decided before has no entry."""
    op.add_column(
        "number_block", sa.Column("used", sa.Integer(), nullable=False, server_default="0")
    )
    op.create_table(
        "desk_life",
        sa.Column("device", _key(), nullable=False),
        sa.Column("incarnation", _key(), nullable=False),
        sa.Column("run", sa.String(), nullable=False),
        sa.Column("earlier_runs", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("head", sa.String(), nullable=False),
        sa.Column("fault", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("device", "incarnation", name=op.f("pk_desk_life")),
    )
    op.create_table(
        "audit_entry",
        sa.Column("chain", _key(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("entity", sa.String(), nullable=False),
        sa.Column("command", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("op_id", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("begun_on", sa.String()),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("chain", "position", name=op.f("pk_audit_entry")),
    )
