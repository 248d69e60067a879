"""`csr-central import`: customers, orders and products of the shop, from CSV and JSON Lines."""

from __future__ import annotations

import argparse
import gc
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from central_api.commands.options import add_common, made, say

EPILOG = """\
example:
  csr-central import --customers customers.csv --orders orders.csv.gz --lines lines.jsonl --currency EUR

Columns and formats: docs/import.md. Importing the same files twice changes nothing.
exit codes: 0 all imported   3 some rows were rejected   1 refused, or stopped by a full disk   2 wrong arguments
"""

DEFAULT_REJECTS = Path("import-rejects.csv")


def add_parser(subparsers: Any) -> None:
    """Describe the command."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "import",
        help="take over customers, orders and products from files",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_common(parser)
    for name in ("customers", "orders", "lines"):
        parser.add_argument(f"--{name}", type=Path, required=True, metavar="F")
    parser.add_argument("--products", type=Path, metavar="F")
    parser.add_argument(
        "--currency", metavar="C", help="of orders that name none: three letters, like EUR"
    )
    parser.add_argument(
        "--rejects",
        type=Path,
        metavar="F",
        default=DEFAULT_REJECTS,
        help=f"where bad rows go, as CSV (default: {DEFAULT_REJECTS} in this folder)",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Import, and say what became of the rows."""
    from central_api.app import utc_now
    from central_api.intake.importing import Sources, import_files, quiet

    # What is loaded stays, and rows make no cycles: looking for them less often saves a fifth of the time.
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)
    sources = Sources(
        customers=arguments.customers,
        orders=arguments.orders,
        lines=arguments.lines,
        products=arguments.products,
    )
    on_terminal = sys.stderr.isatty()
    try:
        summary = import_files(
            made(arguments),
            sources,
            rejects=arguments.rejects,
            currency=arguments.currency,
            now=utc_now(),
            progress=_progress_line() if on_terminal else quiet,
        )
    finally:
        if on_terminal:
            _show("")
    say(arguments, summary.text(), summary.tree())
    return 3 if summary.rejected else 0


def _progress_line() -> Callable[[str, int], None]:
    return lambda doing, rows: _show(f"{doing}: {rows:,}")


def _show(text: str) -> None:
    sys.stderr.write(f"\r\x1b[K{text}")
    sys.stderr.flush()
