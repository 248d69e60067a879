"""Return slips that wait to be mailed, and returns that were refused."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def _key() -> sa.types.TypeEngine[str]:
    """A text that sorts by its code points, whatever the locale of the server."""
    return sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    """Create both tables."""
    op.create_table(
        "mail",
        sa.Column("op_id", _key(), nullable=False),
        sa.Column("number", _key(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("slip", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("person", _key(), nullable=False),
        sa.Column("device", _key(), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('queued', 'sent', 'failed')", name=op.f("ck_mail_state")),
        sa.ForeignKeyConstraint(["number"], ["rma.number"], name=op.f("fk_mail_number")),
        sa.PrimaryKeyConstraint("op_id", name=op.f("pk_mail")),
    )
    op.create_index(op.f("ix_mail_number"), "mail", ["number"])
    op.create_index(op.f("ix_mail_state_queued_at"), "mail", ["state", "queued_at"])
    op.create_table(
        "refusal",
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("refusal_id", _key(), nullable=False),
        sa.Column("order_id", _key(), nullable=False),
        sa.Column("customer_id", _key(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("refusal_id", name=op.f("pk_refusal")),
    )
    op.create_index(op.f("ix_refusal_order_id"), "refusal", ["order_id"])
    op.create_index(op.f("ix_refusal_customer_id"), "refusal", ["customer_id"])
