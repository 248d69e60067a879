"""`csr-central policy`: check, publish and list return policies; `policy_care` has the rest."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from central_api.commands import policy_care
from central_api.commands.options import add_common, opened, say, text_of

EPILOG = """\
examples:
  csr-central policy check general.toml      say what is wrong with it: line, key, what was expected
  csr-central policy publish general.toml    immutable from then on; every desk hears of it
  csr-central policy list
  csr-central policy diff general draft.toml       what changes, in words: the newest version against a file
  csr-central policy simulate draft.toml --since 2026-10-01
                                             which past returns would have come out differently
  csr-central policy rollback general/2      a new version with the content of an older one

exit codes: 0 good, or published already   1 refused   2 wrong arguments
"""


def add_parser(subparsers: Any) -> None:
    """Describe the commands."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "policy",
        help="check, compare, simulate, publish, list or roll back policies",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    below = parser.add_subparsers(
        metavar="check|diff|simulate|publish|rollback|list", required=True
    )
    check = below.add_parser("check", help="read a policy file without publishing it")
    check.add_argument("--json", action="store_true", help="answer in JSON on stdout")
    publish = below.add_parser("publish", help="publish a policy file")
    add_common(publish)
    for command, run in ((check, run_check), (publish, run_publish)):
        command.add_argument("file", type=Path, metavar="FILE", help="TOML")
        command.set_defaults(run=run)
    listing = below.add_parser("list", help="what is published")
    add_common(listing)
    listing.set_defaults(run=run_list)
    policy_care.add_parsers(below)


def run_check(arguments: argparse.Namespace) -> int:
    """Read a policy and say that it is one."""
    from sync.protocol.policies import parse_policy

    ref = parse_policy(text_of(arguments.file)).ref
    say(arguments, f"{ref} is a policy", {"code": ref.code, "version": ref.version})
    return 0


def run_publish(arguments: argparse.Namespace) -> int:
    """Publish a policy."""
    from central_api.app import utc_now
    from central_api.database import writing
    from central_api.policies import publish_policy, reasons_not_known
    from sync.protocol.policies import parse_policy

    text = text_of(arguments.file)
    with writing(opened(arguments)) as connection:
        ref, new = publish_policy(connection, text, utc_now())
        unknown = reasons_not_known(connection, parse_policy(text))
    said = "is published" if new else "was published before, with the same text"
    notes = [
        f"note: there is no reason {code}: what it says about it never applies" for code in unknown
    ]
    answer = {
        "code": ref.code,
        "version": ref.version,
        "published": new,
        "unknown_reasons": unknown,
    }
    say(arguments, "\n".join([f"{ref} {said}", *notes]), answer)
    return 0


def run_list(arguments: argparse.Namespace) -> int:
    """List what is published."""
    from central_api.database import reading
    from central_api.policies import published_policies

    with reading(opened(arguments)) as connection:
        published = published_policies(connection)
    lines = [
        f"{entry.policy.ref}  {'active' if entry.policy.active else 'inactive'}  {entry.policy.name}"
        for entry in published
    ]
    answer = [
        {
            "code": entry.policy.code,
            "version": entry.policy.version,
            "name": entry.policy.name,
            "active": entry.policy.active,
            "published_at": entry.published_at.isoformat(),
        }
        for entry in published
    ]
    say(arguments, "\n".join(lines) or "no policy is published", {"policies": answer})
    return 0
