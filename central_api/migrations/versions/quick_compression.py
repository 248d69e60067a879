"""Documents are packed with lz4 where PostgreSQL has it (14 and newer): its own method costs more than writing them."""

from alembic import op
from sqlalchemy import text

revision = "0005"
down_revision = "0004"

_HAS_LZ4 = text(
    "SELECT 'lz4' = ANY (enumvals) FROM pg_settings WHERE name = 'default_toast_compression'"
)
_DOCUMENTS = (("rma", "document"), ("orders", "document"), ("operation", "result"))


def upgrade() -> None:
    """For what is written from now on; what is there stays readable as it is."""
    connection = op.get_bind()
    if connection.dialect.name == "sqlite" or not connection.execute(_HAS_LZ4).scalar():
        return
    for table, column in _DOCUMENTS:
        op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET COMPRESSION lz4")
