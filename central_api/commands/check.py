"""`csr-central check`: whether the books agree."""

from __future__ import annotations

import argparse
from typing import Any

from central_api.commands.options import add_common, opened, say

EPILOG = """\
example:
  csr-central check --json

exit codes: 0 the books agree   1 they do not (each fault is printed)   2 wrong arguments
"""


def add_parser(subparsers: Any) -> None:
    """Describe the command."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "check",
        help="compare units, returns and counters",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_common(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Audit the database."""
    from central_api.audit import audit
    from central_api.database import reading

    with reading(opened(arguments)) as connection:
        found = audit(connection)
    answer = {"order_lines": found.order_lines, "rmas": found.rmas, "faults": found.faults}
    summary = f"{found.order_lines} order lines and {found.rmas} returns agree"
    say(arguments, "\n".join(found.faults) or summary, answer)
    return 1 if found.faults else 0
