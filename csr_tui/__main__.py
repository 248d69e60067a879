"""The command line of `csr-tui`: the desk, and everything it does without a screen."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from csr_tui.exit_codes import ExitCode
from rma.errors import RmaError

EPILOG = """\
examples:
  csr-tui demo                                 try it: a synthetic shop, nothing to configure
  csr-tui enroll https://rma.example.com CODE  connect this desk
  csr-tui                                      open the desk
  csr-tui lookup "4960 242"                    find a caller without a screen

exit codes:
  0 done   1 failed   2 wrong arguments or malformed input   3 needs approval   4 refused
  5 the central API was not reached (nothing is lost)   6 nothing found
"""


def build_parser() -> argparse.ArgumentParser:
    """The parser with every command; importing a command's module costs no more than argparse."""
    from csr_tui.commands import demo, enroll, lookup, quote, replay, returns, sync

    parser = argparse.ArgumentParser(
        prog="csr-tui",
        description="A keyboard-only returns desk. Without a command it opens the desk.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data", metavar="DIR", help="the desk's folder (or CSR_TUI_DATA)")
    subparsers = parser.add_subparsers(metavar="COMMAND", dest="command")
    for command in (demo, enroll, sync, lookup, returns, quote, replay):
        command.add_parser(subparsers)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command, or open the desk; gives back the exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        if not words or (words[0] == "--data" and len(words) == 2):
            from csr_tui.desk_program import run_desk
            from csr_tui.paths import data_folder

            return run_desk(data_folder(words[1] if words else None))
        arguments = build_parser().parse_args(words)
        if arguments.command is None:
            build_parser().print_help()
            return ExitCode.USAGE
        code: int = arguments.run(arguments)
    except RmaError as error:
        sys.stderr.write(f"{error}\n")
        return ExitCode.FAILED
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return ExitCode.OK
    return code


if __name__ == "__main__":
    sys.exit(main())
