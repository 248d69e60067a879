"""`csr-tui enroll URL CODE`: make this desk known to a central API."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys

from csr_tui.commands.options import WithExamples, add_data, add_json
from csr_tui.exit_codes import ExitCode
from csr_tui.paths import data_folder
from rma.harmless import harmless
from rma.wording import _, words


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "enroll",
        help="connect this desk to a central API",
        description="Connect this desk with the single-use code that `csr-central enroll` printed.",
        epilog="example:\n  csr-tui enroll https://returns.example.com 7KQ2-M4XP",
        formatter_class=WithExamples,
    )
    parser.add_argument("url", help="base URL of the central API; plain http only on this machine")
    parser.add_argument("code", help="the single-use code")
    add_data(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Enroll and say as whom."""
    from csr_tui.asking_pin import ask_pin
    from csr_tui.enrollment import enroll

    asking = ask_pin if sys.stdin.isatty() else None
    identity = asyncio.run(
        enroll(data_folder(arguments.data), arguments.url, arguments.code, ask_pin=asking)
    )
    if arguments.json:
        print(
            json.dumps(
                {"person": identity.person, "role": identity.role, "device": identity.device}
            )
        )
    else:
        said = _("Enrolled as {person} ({role}). Start the desk with: csr-tui")
        print(harmless(said.format(person=identity.person, role=words(identity.role))))
    return ExitCode.OK
