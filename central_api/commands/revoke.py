"""`csr-central revoke`: a person or a desk may no longer work, from this moment on."""

from __future__ import annotations

import argparse
from typing import Any

from central_api.commands.options import add_common, opened, say

EPILOG = """\
examples:
  csr-central revoke "Ada"                                  whatever she made and sends later is held
  csr-central revoke 0194c1f2-6a3b-7c55-9d1e-2f6b8a0c4d11   the same for a desk, which deletes its copy of the data
  csr-central revoke "Ada" --undo                           she may work again

What was made before is not lost: a desk hands it in for 30 days more. Returns wait for a supervisor under their
numbers, anything else for csr-central release.
exit codes: 0 done   1 nobody of this name   2 wrong arguments
"""


def add_parser(subparsers: Any) -> None:
    """Describe the command."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "revoke",
        help="take the right to work from a person or a desk",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_common(parser)
    parser.add_argument("name", help="the person, or the id of the desk")
    parser.add_argument("--undo", action="store_true", help="give it back")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Revoke, at once."""
    from central_api.app import utc_now
    from central_api.database import writing
    from central_api.people import revoke

    with writing(opened(arguments)) as connection:
        what = revoke(connection, arguments.name, utc_now(), undo=arguments.undo)
    done = "may work again" if arguments.undo else "may no longer work"
    answer = {what: arguments.name, "revoked": not arguments.undo}
    say(arguments, f"{what} {arguments.name} {done}", answer)
    return 0
