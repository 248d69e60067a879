"""`csr-central erase`: a customer at their own request, for ever, here and on every desk."""

from __future__ import annotations

import argparse
import getpass
import sys
from typing import TYPE_CHECKING, Any

from central_api.commands.options import add_common, opened, say

if TYPE_CHECKING:
    from central_api.erasing import Erased

EPILOG = """\
examples:
  csr-central erase C-1042 --dry-run                        what would be erased; nothing is changed
  csr-central erase C-1042 --reason "asked on 3 November"   asks for the id once more, then erases
  csr-central erase C-1042 C-2077 --yes                     after a restore: those of the kept list
  csr-central erase --list                                  everybody who was erased

Name, contact data, notes and free text go; ids, numbers, money and quantities stay. It cannot be undone: a person who
comes back is a new customer with a new id. The server may run meanwhile. Keep the list with each backup: a backup that
is put back knows nothing of later erasures. docs/erasure.md says what goes, what stays and why.
exit codes: 0 done   1 nobody has this id, or it was not confirmed   2 wrong arguments
"""


def add_parser(subparsers: Any) -> None:
    """Describe the command."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "erase",
        help="erase a customer, here and on every desk",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_common(parser)
    parser.add_argument("customer", nargs="*", metavar="CUSTOMER_ID", help="ids, not names")
    parser.add_argument("--reason", default="", metavar="TEXT", help="kept here; name nobody in it")
    parser.add_argument("--dry-run", action="store_true", help="only say what would be erased")
    parser.add_argument("--yes", action="store_true", help="do not ask for the id once more")
    parser.add_argument("--list", action="store_true", help="everybody who was erased")
    parser.set_defaults(run=run, parser=parser)


def run(arguments: argparse.Namespace) -> int:
    """List, or erase each in a transaction of its own."""
    if arguments.list == bool(arguments.customer):
        arguments.parser.error("name the customer's id, or --list")
    engine = opened(arguments)
    if arguments.list:
        from central_api.database import reading
        from central_api.erasing import erasures

        with reading(engine) as connection:
            found = erasures(connection)
        lines = (f"{each['customer_id']}  {each['erased_at']}  {each['by']}" for each in found)
        say(arguments, "\n".join(lines) or "nobody was erased", {"erased": found})
        return 0

    from central_api.app import utc_now
    from central_api.erasing import erase_for_ever

    def erase(customer_id: str, *, dry_run: bool) -> Erased:
        return erase_for_ever(
            engine,
            customer_id,
            by=getpass.getuser(),
            reason=arguments.reason,
            now=utc_now(),
            dry_run=dry_run,
        )

    asks = not (arguments.yes or arguments.dry_run)
    if asks:
        for customer_id in arguments.customer:
            erase(customer_id, dry_run=True)  # who is not known is told before anybody confirms
    done: list[Erased] = []
    for customer_id in arguments.customer:
        if asks and not _confirmed(customer_id):
            sys.stderr.write(f"{customer_id} is not erased: that was another id.\n")
            return 1
        done.append(erase(customer_id, dry_run=arguments.dry_run))
    answer = {
        "dry_run": arguments.dry_run,
        "erased": [
            {
                "customer_id": each.customer_id,
                "erased_at": each.erased_at.isoformat(),
                "again": each.again,
                "changed": each.changed,
            }
            for each in done
        ],
    }
    say(arguments, "\n".join(_sentence(each, arguments.dry_run) for each in done), answer)
    return 0


def _confirmed(customer_id: str) -> bool:
    sys.stderr.write(f"This cannot be undone. Type {customer_id} once more to erase them: ")
    sys.stderr.flush()
    return sys.stdin.readline().strip() == customer_id


def _sentence(erased: Erased, dry_run: bool) -> str:
    verb = "would be erased" if dry_run else "is erased"
    if erased.again:
        verb = f"was erased on {erased.erased_at:%Y-%m-%d}"
    what = ", ".join(f"{count} in {table}" for table, count in erased.changed.items())
    return f"{erased.customer_id} {verb}: {what or 'nothing is left of them'}"
