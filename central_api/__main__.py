"""The command line of `csr-central`: serve, enroll, import, publish, check."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from rma.harmless import harmless_lines

OK, FAILED, USAGE = 0, 1, 2

EPILOG = """\
examples:
  csr-central serve --with-defaults                      serve on http://127.0.0.1:8787
  csr-central enroll --role agent --name "Ada"           print a single-use code
  csr-central import --customers customers.csv --orders orders.csv --lines lines.csv
  csr-central policy publish general.toml                every desk hears of it

exit codes:
  0 done   1 refused or failed   2 wrong arguments   3 import: some rows were rejected
"""


def build_parser() -> argparse.ArgumentParser:
    """The parser with every command; importing a command's module costs no more than argparse."""
    from central_api.commands import (
        backup,
        check,
        devices,
        enroll,
        erase,
        import_,
        policy,
        reasons,
        recover,
        release,
        revoke,
        serve,
    )

    parser = argparse.ArgumentParser(
        prog="csr-central",
        description="The central API of a returns desk: one ledger for all desks.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    subparsers = parser.add_subparsers(metavar="COMMAND", dest="command", required=True)
    for command in (
        serve,
        enroll,
        import_,
        policy,
        reasons,
        check,
        revoke,
        release,
        erase,
        recover,
        devices,
        backup,
    ):
        command.add_parser(subparsers)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; gives back the exit code."""
    arguments = build_parser().parse_args(argv)
    try:
        code: int = arguments.run(arguments)
    except KeyboardInterrupt:
        return FAILED
    except Exception as error:
        from central_api.commands.telling import in_words

        said = in_words(error)
        if said is None:
            raise
        sys.stderr.write(f"{harmless_lines(said)}\n")
        return FAILED
    return code


if __name__ == "__main__":
    sys.exit(main())
