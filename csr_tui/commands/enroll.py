"""`csr-tui enroll URL CODE`: make this desk known to a central API."""

from __future__ import annotations

import argparse
import asyncio
import json

from csr_tui.exit_codes import ExitCode
from csr_tui.paths import data_folder


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "enroll",
        help="connect this desk to a central API",
        description="Connect this desk with the single-use code that `csr-central enroll` printed.",
        epilog="Example: csr-tui enroll https://returns.example.com 7KQ2-M4XP",
    )
    parser.add_argument("url", help="base URL of the central API; plain http only on this machine")
    parser.add_argument("code", help="the single-use code")
    parser.add_argument("--data", metavar="DIR", help="the desk's folder")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Enroll and say as whom."""
    from csr_tui.enrollment import enroll

    identity = asyncio.run(enroll(data_folder(arguments.data), arguments.url, arguments.code))
    if arguments.json:
        print(
            json.dumps(
                {"person": identity.person, "role": identity.role, "device": identity.device}
            )
        )
    else:
        print(f"Enrolled as {identity.person} ({identity.role}). Start the desk with: csr-tui")
    return ExitCode.OK
