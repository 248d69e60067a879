"""Bring the database to this program's schema; Alembic is loaded only when it is behind.

A migration is one transaction, also on SQLite: it happens as a whole or not at all. Of several servers that start at
once one migrates, the others wait for it and find it done.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from central_api.database import is_sqlite, reading
from central_api.errors import DatabaseUnusable

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010", "0011")
"""Every schema there was, oldest first; the last one is this program's."""


_MIGRATING = 7202611200
"""The advisory lock of a migration: there is no table yet that could be locked."""


def migrate(engine: Engine) -> None:
    """Migrate to the newest schema; does nothing when the database has it.

    Raises:
        DatabaseUnusable: if it cannot be opened, a newer program made it, or it is not one of ours.
    """
    if revision_of(engine) != REVISIONS[-1]:
        _upgrade(engine)


def revision_of(engine: Engine) -> str | None:
    """The schema that a database has, one of `REVISIONS`; None where it is empty. Nothing is written.

    Raises:
        DatabaseUnusable: if it cannot be opened, a newer program made it, or it is not one of ours.
    """
    try:
        with reading(engine) as connection:
            revision = _revision(connection)
            foreign = revision is None and bool(inspect(connection).get_table_names())
    except DBAPIError as error:
        where = engine.url.database or ""
        raise DatabaseUnusable(f"The database {where} cannot be opened: {error.orig}.") from error
    if revision is not None and revision not in REVISIONS:
        raise DatabaseUnusable(
            f"The database has schema {revision}, this program knows {REVISIONS[-1]}: "
            "install the newer csr-central."
        )
    if foreign:
        raise DatabaseUnusable(
            "The database holds tables of another program: give an empty or an own database."
        )
    return revision


def _revision(connection: Connection) -> str | None:
    if "alembic_version" not in inspect(connection).get_table_names():
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _upgrade(engine: Engine) -> None:
    from alembic import command  # costs a third of a second: only when there is work for it
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.connect() as kept:
        driver = kept.connection.driver_connection
        if is_sqlite(engine) and driver is not None:
            driver.execute("PRAGMA foreign_keys = OFF")  # tables are rebuilt while it runs
        try:
            with kept.begin():
                if not is_sqlite(engine):
                    kept.execute(text("SET LOCAL lock_timeout = 0"))
                    kept.execute(text(f"SELECT pg_advisory_xact_lock({_MIGRATING})"))
                config.attributes["connection"] = kept
                command.upgrade(config, "head")
        finally:
            if is_sqlite(engine) and driver is not None:
                driver.execute("PRAGMA foreign_keys = ON")
