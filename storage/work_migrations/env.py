"""How Alembic reaches work.db: through the connection, and inside the transaction, of `storage.work_schema`."""

from __future__ import annotations

from alembic import context

from storage.work_tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
