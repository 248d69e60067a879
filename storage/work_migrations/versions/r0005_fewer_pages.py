"""A return is durable sooner: nothing that nobody looks up by is indexed, and personal values stand in one tree."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Drop three indexes of the audit chain, where they are, and the row ids of its personal values."""
    op.drop_index("ix_audit_entry_device_seq", "audit_entry", if_exists=True)
    op.drop_index("ix_audit_entry_entity", "audit_entry", if_exists=True)
    op.drop_index("ix_audit_personal_customer_id", "audit_personal", if_exists=True)
    with op.batch_alter_table(
        "audit_personal", recreate="always", table_kwargs={"sqlite_with_rowid": False}
    ):
        pass
