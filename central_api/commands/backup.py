"""`csr-central backup` and `csr-central restore`: copies of the database, checked."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from central_api.commands.options import add_common, database_of, found, opened, say

BACKUP_EPILOG = """\
example:
  csr-central backup /mnt/backups/central-20261121.db

The server may run meanwhile. PostgreSQL has pg_dump.
exit codes: 0 copied and checked   1 not   2 wrong arguments
"""

RESTORE_EPILOG = """\
examples:
  csr-central restore /mnt/backups/central-20261121.db
  csr-central restore --database postgresql://csr@db/csr    after pg_restore: nothing is copied

Stop the server first. Desks notice it, fetch everything again, and offer what they told since the copy.
exit codes: 0 restored   1 refused, nothing was changed   2 wrong arguments
"""


def add_parser(subparsers: Any) -> None:
    """Describe both commands."""
    backup: argparse.ArgumentParser = subparsers.add_parser(
        "backup",
        help="copy an SQLite database, checked",
        epilog=BACKUP_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    backup.add_argument("file", metavar="FILE", type=Path, help="a new file")
    restore: argparse.ArgumentParser = subparsers.add_parser(
        "restore",
        help="put a copy back, and let every desk know",
        epilog=RESTORE_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    restore.add_argument("file", metavar="FILE", type=Path, nargs="?", help="the copy")
    for parser, run in ((backup, run_backup), (restore, run_restore)):
        add_common(parser)
        parser.set_defaults(run=run)


def run_backup(arguments: argparse.Namespace) -> int:
    """Copy and check."""
    from central_api.backup import back_up

    target = arguments.file.expanduser().absolute()
    engine, _ = found(arguments)
    try:
        back_up(engine, target)
    finally:
        engine.dispose()
    size = target.stat().st_size
    said = f"Copied to {target} and checked ({size >> 20} MiB)."
    say(arguments, said, {"file": str(target), "bytes": size})
    return 0


def run_restore(arguments: argparse.Namespace) -> int:
    """Put the copy in place, or only renew what was restored by other means."""
    from central_api.app import utc_now
    from central_api.backup import put_back, renew_history
    from central_api.errors import DatabaseUnusable

    kept, where = None, ""
    if arguments.file is None:
        renew_history(opened(arguments), utc_now())
    else:
        database = database_of(arguments)
        if "://" in database and not database.startswith("sqlite:///"):
            raise DatabaseUnusable(
                "PostgreSQL is restored with pg_restore; then run csr-central restore without a file."
            )
        path = Path(database.removeprefix("sqlite:///")).expanduser().absolute()
        kept = put_back(arguments.file.expanduser().absolute(), path, utc_now())
        where = f" to {path}"
    said = f"Restored{where}: every desk fetches everything again, and offers what it told since the copy."
    if kept is not None:
        said += f"\nThe database before is kept: {kept}"
    say(arguments, said, {"restored": True, "kept": str(kept) if kept else None})
    return 0
