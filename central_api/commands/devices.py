"""`csr-central devices`: every desk, who works there, and how it stands."""

from __future__ import annotations

import argparse
from typing import Any

from central_api.commands.options import add_common, opened, say

EPILOG = """\
example:
  csr-central devices --json

exit codes: 0 listed   1 refused   2 wrong arguments
"""


def add_parser(subparsers: Any) -> None:
    """Describe the command."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "devices",
        help="list the desks",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_common(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """List them."""
    from central_api.database import reading
    from central_api.devices import devices

    with reading(opened(arguments)) as connection:
        found = devices(connection)
    rows = [
        {
            "device": each.device,
            "people": list(each.people),
            "platform": each.platform,
            "enrolled_at": each.enrolled_at.isoformat(),
            "seen_at": each.seen_at.isoformat() if each.seen_at else None,
            "revoked_at": each.revoked_at.isoformat() if each.revoked_at else None,
            "blocks": each.blocks,
            "numbers_left": each.numbers_left,
            "lives": each.lives,
            "fault": each.fault or None,
        }
        for each in found
    ]
    lines = [
        f"{each.device}  {', '.join(each.people) or '-'}  "
        f"{f'seen {each.seen_at:%Y-%m-%d %H:%M}' if each.seen_at else 'never seen'}  "
        f"{each.numbers_left} numbers left"
        f"{f'  REVOKED {each.revoked_at:%Y-%m-%d}' if each.revoked_at else ''}"
        f"{f'  {each.fault}' if each.fault else ''}"
        for each in found
    ]
    say(arguments, "\n".join(lines) or "No desk is enrolled.", {"devices": rows})
    return 0
