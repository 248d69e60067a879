"""`csr-tui replay DIR`: play recorded orders and returns through the whole program and compare."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from csr_tui.commands.options import FOLDER, WithExamples, add_json
from csr_tui.exit_codes import ExitCode
from rma.harmless import harmless
from rma.wording import _


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "replay",
        help="play recorded returns through the whole program",
        description="Loads customers, orders and order lines into a fresh central API, syncs a desk, and plays every "
        "return event in order under the `no limits` policy. Nothing of it is kept.",
        epilog="examples:\n  csr-tui replay records/\n  csr-tui replay records/ --json\n\n"
        "exit codes: 0 everything came out as recorded, 1 there are differences. See docs/replay.md.",
        formatter_class=WithExamples,
    )
    parser.add_argument(
        "folder", type=Path, metavar=FOLDER, help="customers, orders, order_lines, return_events"
    )
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Play and report."""
    from csr_tui.replay.run import as_tree, replay

    report = replay(arguments.folder)
    if arguments.json:
        print(json.dumps(as_tree(report)))
    else:
        said = _(
            "{events} events, {matches} of {compared} match, "
            "{returns} returns ({synced} on the server, {attention} need attention), "
            "{seconds} s, {events_per_second} events/s"
        )
        print(
            said.format(
                events=report.events,
                matches=report.matches,
                compared=report.compared,
                returns=report.returns,
                synced=report.synced,
                attention=report.attention,
                seconds=report.seconds,
                events_per_second=report.events_per_second,
            )
        )
        for difference in report.differences[:20]:
            event = _("event {number}").format(number=difference["seq"])
            print(harmless(f"  {event}: {'; '.join(difference['what'])}"))
    return ExitCode.OK if report.clean else ExitCode.FAILED
