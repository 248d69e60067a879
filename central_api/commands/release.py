"""`csr-central release`: what is held for a supervisor, and letting it through."""

from __future__ import annotations

import argparse
from typing import Any

from central_api.commands.options import add_common, opened, say
from rma.harmless import harmless

EPILOG = """\
examples:
  csr-central release                                  what is held, oldest first
  csr-central release OPERATION --by "Sue"             decide it now, as if its maker had just sent it
  csr-central release --device DESK --by "Sue"         all that is held of a desk

Make sure first that the person it names made it. Returns of people who were revoked are not here: they wait under
their numbers, on every desk, under Approvals (F8).
exit codes: 0 done   1 refused   2 wrong arguments
"""


def add_parser(subparsers: Any) -> None:
    """Describe the command."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "release",
        help="list what is held, or let it through",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_common(parser)
    parser.add_argument("operation", nargs="*", help="ids from the list")
    parser.add_argument("--device", default="", help="everything that is held of this desk")
    parser.add_argument("--by", default="", help="the supervisor who decided so")
    parser.set_defaults(run=run, parser=parser)


def run(arguments: argparse.Namespace) -> int:
    """List, or release."""
    from central_api.database import reading
    from central_api.holding import waiting

    engine = opened(arguments)
    with reading(engine) as connection:
        held = waiting(connection)
    wanted = list(arguments.operation)
    wanted += [each.op_id for each in held if each.device == arguments.device]
    if not wanted:
        rows = [
            {
                "operation": each.op_id,
                "kind": each.kind,
                "number": each.number,
                "reason": each.reason,
                "names": each.actor,
                "sent_by": each.person,
                "device": each.device,
                "received_at": each.received_at.isoformat(),
            }
            for each in held
        ]
        lines = (
            f"{row['operation']}  {row['kind']}  {harmless(row['number'] or '-')}  {row['reason']}  "
            f"{row['names']}  {row['device']}  {row['received_at']}"
            for row in rows
        )
        say(arguments, "\n".join(lines) or "nothing is held", {"held": rows})
        return 0
    if not arguments.by:
        arguments.parser.error("--by names the supervisor who decided so")

    from central_api.app import utc_now
    from central_api.releasing import release

    results = {op_id: release(engine, op_id, arguments.by, utc_now()) for op_id in wanted}
    said = {op_id: result.outcome.value for op_id, result in results.items()}
    say(arguments, "\n".join(f"{op_id}  {outcome}" for op_id, outcome in said.items()), said)
    return 0
