"""`csr-tui sync`: push what waits and pull what changed, once."""

from __future__ import annotations

import argparse
import asyncio
import json

from csr_tui.commands.options import WithExamples, add_data, add_json
from csr_tui.exit_codes import ExitCode
from csr_tui.paths import data_folder
from rma.harmless import harmless
from rma.wording import _


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "sync",
        help="push what waits and pull what changed",
        description="Send what waits on this desk and fetch what changed, once.",
        epilog="examples:\n  csr-tui sync\n  csr-tui sync --json\n\n"
        "exit codes: 0 everything is sent and fetched, 5 the central API was not reached (nothing is lost)",
        formatter_class=WithExamples,
    )
    add_data(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Sync once and say what happened."""
    from csr_tui.bootstrap import open_desk, sync_once

    opened = open_desk(data_folder(arguments.data))
    try:
        status = asyncio.run(sync_once(opened))
        queue = opened.work.queue()
    finally:
        opened.close()
    report = {
        "synced": not status.trouble,
        "trouble": status.trouble,
        "waiting": queue.waiting,
        "attention": queue.attention,
        "numbers_left": queue.numbers_left,
    }
    if arguments.json:
        print(json.dumps(report))
    else:
        said = _("Synced. {waiting} waiting, {attention} need attention.")
        done = said.format(waiting=queue.waiting, attention=queue.attention)
        print(harmless(status.trouble or done))
    return ExitCode.OFFLINE if status.trouble else ExitCode.OK
