"""`csr-tui plain`: the desk line by line, for screen readers and pipes."""

from __future__ import annotations

import argparse

from csr_tui.commands.options import WithExamples, add_data, add_settings
from csr_tui.paths import data_folder


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "plain",
        help="work line by line: for screen readers and pipes",
        description="The whole desk as questions and answers, one line each: nothing moves the cursor, nothing is "
        "drawn. At each question back, help and quit act. Every answer is kept: what was begun waits as a draft.",
        epilog="examples:\n  csr-tui plain\n  csr-tui plain --data /tmp/shop/desks/agent < answers.txt\n\n"
        "exit codes: 0 quit, or the answers ended at the main question; 7 the answers ended inside another "
        "question, and what was typed is kept as a draft.",
        formatter_class=WithExamples,
    )
    add_data(parser)
    add_settings(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Talk until the agent quits."""
    from csr_tui.plain.run import run_plain

    return run_plain(data_folder(arguments.data), arguments.settings)
