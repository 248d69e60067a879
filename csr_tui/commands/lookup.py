"""`csr-tui lookup TEXT`: find a customer, order or RMA on this desk, without a screen."""

from __future__ import annotations

import argparse
import json

from csr_tui.commands.options import WithExamples, add_data, add_json
from csr_tui.exit_codes import ExitCode
from csr_tui.paths import data_folder
from rma.harmless import harmless
from rma.wording import words


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "lookup",
        help="find a customer, order or RMA",
        description="Search like the look-up box: name, phone ending, e-mail, postcode, order or RMA number.",
        epilog='examples:\n  csr-tui lookup "4960 242"\n  csr-tui lookup maria --json\n\n'
        "exit codes: 0 found, 6 nothing found",
        formatter_class=WithExamples,
    )
    parser.add_argument("text", help="what the caller said")
    add_data(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the hits, best first."""
    from csr_tui.commands.signed_in import signed_in

    with signed_in(data_folder(arguments.data)) as opened:
        found = opened.desk.lookup.search(arguments.text)
    if arguments.json:
        hits = [
            {
                "kind": hit.kind,
                "key": hit.key,
                "customer_id": hit.customer_id,
                "title": hit.title,
                "detail": hit.detail,
                "matched": hit.matched,
            }
            for hit in found.hits
        ]
        print(json.dumps({"hits": hits, "hint": found.hint}, ensure_ascii=False))
    else:
        for hit in found.hits:
            print(harmless(f"{words(hit.kind):<9} {hit.key:<14} {hit.title}  {hit.detail}"))
        if found.hint:
            print(harmless(found.hint))
    return ExitCode.OK if found.hits else ExitCode.NOT_FOUND
