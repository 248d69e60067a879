"""`csr-central enroll`: a single-use code that connects a person's desk."""

from __future__ import annotations

import argparse
from typing import Any

from central_api.commands.options import add_common, opened, say
from rma.request import Role

EPILOG = """\
example:
  csr-central enroll --role agent --name "Ada"

The code works once, for 24 hours: csr-tui enroll URL CODE.
exit codes: 0 printed   1 refused   2 wrong arguments
"""


def add_parser(subparsers: Any) -> None:
    """Describe the command."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "enroll",
        help="print a single-use enrollment code",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_common(parser)
    parser.add_argument("--name", required=True, help="who will work there")
    parser.add_argument("--role", required=True, choices=[role.value for role in Role])
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Make the code."""
    from central_api.app import utc_now
    from central_api.database import writing
    from central_api.people import CODE_LASTS, create_code

    now = utc_now()
    with writing(opened(arguments)) as connection:
        code = create_code(connection, arguments.name, Role(arguments.role), now)
    answer = {
        "code": code,
        "name": arguments.name,
        "role": arguments.role,
        "expires_at": (now + CODE_LASTS).isoformat(),
    }
    say(arguments, code, answer)
    return 0
