"""`csr-central recovery-key` and `csr-central recover`: the way back into a desk whose keyring or passphrase is lost."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from central_api.commands.options import add_common, opened, say

KEY_EPILOG = """\
example:
  csr-central recovery-key recovery.key

Keep the file away from this server, and a copy of it in another place: whoever has it can open any desk's
folder. Desks that are enrolled from now on can be recovered with it.
exit codes: 0 made   1 refused   2 wrong arguments
"""

EPILOG = """\
example:
  csr-central recover --key recovery.key /home/ada/.local/share/csr-tui

The desk opens again with all its work, and its keys lie open in its folder: run csr-tui sync there, then
csr-tui protect.
exit codes: 0 recovered   1 refused, nothing was changed   2 wrong arguments
"""


def add_parser(subparsers: Any) -> None:
    """Describe both commands."""
    made: argparse.ArgumentParser = subparsers.add_parser(
        "recovery-key",
        help="make the key that opens a desk whose keyring is lost",
        epilog=KEY_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_common(made)
    made.add_argument("file", metavar="FILE", type=Path, help="where the private half is written")
    made.set_defaults(run=run_make)
    recovered: argparse.ArgumentParser = subparsers.add_parser(
        "recover",
        help="open a desk's folder without its keyring or passphrase",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    recovered.add_argument("folder", metavar="FOLDER", type=Path, help="the desk's data folder")
    recovered.add_argument(
        "--key", metavar="FILE", type=Path, required=True, help="the private half"
    )
    recovered.add_argument("--json", action="store_true", help="answer in JSON on stdout")
    recovered.set_defaults(run=run_recover)


def run_make(arguments: argparse.Namespace) -> int:
    """Make a key, keep its private half in a new file, and tell desks the other."""
    from sqlalchemy.exc import DBAPIError

    from central_api.app import utc_now
    from central_api.commands.telling import in_words
    from central_api.database import writing
    from central_api.errors import DatabaseUnusable
    from central_api.recovery import publish
    from sync.protocol.recovery import new_key

    private, public = new_key()
    engine = opened(arguments)
    _write_new(arguments.file, f"{private.hex()}\n")
    try:
        with writing(engine) as connection:
            publish(connection, public, utc_now())
    except DBAPIError as error:  # it may be stored all the same: the file stays
        raise DatabaseUnusable(
            f"The key is in {arguments.file}, but the database did not say that desks will be told: "
            f"run it again with another FILE, and keep both. {in_words(error)}"
        ) from error
    said = f"The private half is in {arguments.file}: keep it away from this server."
    say(arguments, said, {"file": str(arguments.file)})
    return 0


def _write_new(path: Path, text: str) -> None:
    """All of it on the disk, or no file."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        path.unlink()
        error.filename = str(path)  # the system names none here
        raise
    if os.name == "posix":  # so that its name survives a power cut too
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def run_recover(arguments: argparse.Namespace) -> int:
    """Open a desk's folder."""
    from central_api.errors import CannotRecover
    from central_api.recovery import recover

    try:
        private = bytes.fromhex(arguments.key.read_text("ascii"))
    except ValueError:
        raise CannotRecover(f"{arguments.key} holds no recovery key.") from None
    found = recover(arguments.folder, private)
    said = (
        f"The desk in {arguments.folder} opens again; {found.unsent} operations wait to be sent. "
        "Run csr-tui sync there, then csr-tui protect."
    )
    say(arguments, said, {"folder": str(arguments.folder), "unsent": found.unsent})
    return 0
