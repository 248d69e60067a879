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
        help="compare units, returns, operations, counters and the audit chain",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_common(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Look at all of it in one moment of the database."""
    from central_api import chain, desk_reports, erasing
    from central_api.audit import audit
    from central_api.database import reading
    from central_api.orphans import orphans

    with reading(opened(arguments)) as connection:
        found = audit(connection)
        faults = [*found.faults, *orphans(connection), *erasing.faults(connection)]
        faults += [*chain.faults(connection), *desk_reports.faults(connection)]
        entries = chain.count(connection)
    answer = {
        "order_lines": found.order_lines,
        "rmas": found.rmas,
        "audit_entries": entries,
        "faults": faults,
    }
    summary = (
        f"{found.order_lines} order lines, {found.rmas} returns and {entries} audit entries agree"
    )
    say(arguments, "\n".join(faults) or summary, answer)
    return 1 if faults else 0
