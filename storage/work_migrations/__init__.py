"""Alembic's scripts for work.db; `storage.work_schema` runs them in one transaction of its own."""
