"""`csr-central devices`: every desk, who works there, and how it stands."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from central_api.commands.options import add_common, opened, say

if TYPE_CHECKING:
    from central_api.devices import Device

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
            "revoked_people": list(each.revoked_people),
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
        f"{each.device}  {_people(each)}  "
        f"{f'seen {each.seen_at:%Y-%m-%d %H:%M}' if each.seen_at else 'never seen'}  "
        f"{each.numbers_left} numbers left"
        f"{f'  REVOKED {each.revoked_at:%Y-%m-%d}' if each.revoked_at else ''}"
        f"{f'  {each.fault}' if each.fault else ''}"
        for each in found
    ]
    say(arguments, "\n".join(lines) or "No desk is enrolled.", {"devices": rows})
    return 0


def _people(device: Device) -> str:
    names = (
        f"{name} (REVOKED)" if name in device.revoked_people else name for name in device.people
    )
    return ", ".join(names) or "-"
