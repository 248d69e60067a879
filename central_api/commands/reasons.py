"""`csr-central reasons`: publish the tree of return reasons."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from central_api.commands.options import add_common, opened, say, text_of

EPILOG = """\
example:
  csr-central reasons publish reasons.toml

exit codes: 0 published, or published already   1 refused   2 wrong arguments
"""


def add_parser(subparsers: Any) -> None:
    """Describe the command."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "reasons",
        help="publish the reason tree",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    below = parser.add_subparsers(metavar="publish", required=True)
    publish = below.add_parser("publish", help="publish a reasons file")
    add_common(publish)
    publish.add_argument("file", type=Path, metavar="FILE", help="TOML")
    publish.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Publish a reason tree."""
    from central_api.app import utc_now
    from central_api.database import writing
    from central_api.policies import publish_reasons

    text = text_of(arguments.file)
    with writing(opened(arguments)) as connection:
        version, new = publish_reasons(connection, text, utc_now())
    said = "are published" if new else "were published before, with the same text"
    say(arguments, f"reasons v{version} {said}", {"version": version, "published": new})
    return 0
