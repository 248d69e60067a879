"""`csr-tui demo`: a shop, its central API and a desk, ready to work; everything stops and is cleaned with it."""

from __future__ import annotations

import argparse

from csr_tui.commands.options import FOLDER, WithExamples


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "demo",
        help="try the desk with a synthetic shop; nothing to configure",
        description="Starts a central API on this machine with a synthetic shop, enrolls one agent and two "
        "supervisors, and opens the desk. With --keep, a second terminal that names the same DIR joins in as "
        "somebody else.",
        epilog="examples:\n  csr-tui demo\n  csr-tui demo --keep /tmp/shop\n"
        "  csr-tui demo --keep /tmp/shop --as supervisor-1     (in a second terminal)",
        formatter_class=WithExamples,
    )
    parser.add_argument(
        "--customers", type=int, default=2000, metavar="N", help="size of the shop (2000)"
    )
    parser.add_argument(
        "--as",
        dest="person",
        choices=("agent", "supervisor-1", "supervisor-2"),
        default="agent",
        help="who works at this desk (agent)",
    )
    parser.add_argument("--keep", metavar=FOLDER, help="keep the shop and its desks in DIR")
    parser.add_argument(
        "--no-desk",
        action="store_true",
        help="prepare everything, print where it is as JSON, and stop",
    )
    parser.add_argument("--json", action="store_true", help="with --no-desk: print JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Prepare the shop if it is not there, and open the desk."""
    from csr_tui.demo.session import run_demo

    return run_demo(
        customers=arguments.customers,
        person=arguments.person,
        keep=arguments.keep,
        open_screen=not arguments.no_desk,
        as_json=arguments.json,
        settings=arguments.settings,
        screen_reader=arguments.screen_reader,
    )
