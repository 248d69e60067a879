"""Alembic's entry: runs inside the connection and the transaction that `central_api.schema` opened."""

from __future__ import annotations

from alembic import context

from central_api.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
