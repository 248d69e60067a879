"""`csr-central check`: whether the file is sound, and the books agree."""

from __future__ import annotations

import argparse
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from central_api.commands.options import add_common, found, say

if TYPE_CHECKING:
    from sqlalchemy import Connection

EPILOG = """\
example:
  csr-central check --json

exit codes: 0 the books agree   1 they do not (each fault is printed)   2 wrong arguments
"""


def add_parser(subparsers: Any) -> None:
    """Describe the command."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "check",
        help="look for damage; compare units, returns, operations, counters and the audit chain",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_common(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Look at all of it in one moment of the database, and write nothing."""
    from central_api.commands.telling import in_words
    from central_api.database import reading
    from central_api.errors import DatabaseUnusable
    from central_api.schema import REVISIONS

    engine, revision = found(arguments, read_only=True)
    if revision != REVISIONS[-1]:
        raise DatabaseUnusable(
            f"The database has the older schema {revision}: csr-central serve brings it up to date; check it then."
        )
    looked = Looked()
    try:
        with reading(engine) as connection:
            _look(connection, looked)
    except Exception as error:  # what is in a page is not what we wrote: a fault like others
        said = "a document cannot be read" if isinstance(error, ValueError) else in_words(error)
        if said is None:
            raise
        looked.faults.append(f"{said} ({_first_line(error)})")
    finally:
        engine.dispose()
    say(
        arguments,
        "\n".join([*(looked.faults or [looked.summary()]), *looked.notes]),
        asdict(looked),
    )
    return 1 if looked.faults else 0


@dataclass
class Looked:
    """What was looked at; the numbers are None where the database is too damaged to compare its books."""

    order_lines: int | None = None
    rmas: int | None = None
    audit_entries: int | None = None
    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What is no fault, and yet should be known."""

    def summary(self) -> str:
        """That all is well."""
        return (
            f"{self.order_lines} order lines, {self.rmas} returns and {self.audit_entries} "
            "audit entries agree"
        )


def _look(connection: Connection, looked: Looked) -> None:
    from central_api import chain, desk_reports, erasing
    from central_api.audit import audit
    from central_api.backup import damage
    from central_api.orphans import orphans
    from central_api.unpublished import not_published

    looked.faults += damage(connection)
    if looked.faults:
        return  # what is read from broken pages says nothing about the books
    books = audit(connection)
    looked.faults += books.faults
    for faults in (orphans, erasing.faults, chain.faults, desk_reports.faults):
        looked.faults += faults(connection)
    looked.order_lines, looked.rmas = books.order_lines, books.rmas
    looked.audit_entries = chain.count(connection)
    missing = not_published(connection)
    if missing:
        looked.notes.append(f"note: {missing}")


def _first_line(error: Exception) -> str:
    cause = getattr(error, "orig", None) or error
    return str(cause).partition("\n")[0]
