"""The command line of `csr-tui`: the desk, and everything it does without a screen."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from csr_tui.exit_codes import ExitCode
from csr_tui.swift import make_swift
from rma.errors import RmaError
from rma.harmless import harmless_lines

if TYPE_CHECKING:
    import argparse

DESCRIPTION = "A keyboard-only returns desk. Without a command it opens the desk."
EPILOG = """\
examples:
  csr-tui demo                                 try it: a synthetic shop, nothing to configure
  csr-tui enroll https://rma.example.com CODE  connect this desk
  csr-tui                                      open the desk
  csr-tui plain                                work line by line, without a screen
  csr-tui lookup "4960 242"                    find a caller without a screen
  csr-tui keys                                 every key, and how to change it

exit codes:
  0 done   1 failed   2 wrong arguments or malformed input   3 needs approval   4 refused
  5 the central API was not reached (nothing is lost)   6 nothing found
  7 the answers of `csr-tui plain` ended inside a question (what was typed is kept)
  8 the keys of this desk cannot be had
"""
_OF_THE_DESK = frozenset({"--data", "--settings"})


def build_parser() -> argparse.ArgumentParser:
    """The parser with every command; importing a command's module costs no more than argparse."""
    import argparse

    from csr_tui.commands import (
        backup,
        completion,
        demo,
        doctor,
        enroll,
        keys,
        lookup,
        outbox,
        plain,
        protect,
        quote,
        replay,
        returns,
        sync,
    )
    from csr_tui.commands.options import WithExamples, add_data, add_screen_reader, add_settings

    parser = argparse.ArgumentParser(
        prog="csr-tui", description=DESCRIPTION, epilog=EPILOG, formatter_class=WithExamples
    )
    add_data(parser)
    add_settings(parser)
    add_screen_reader(parser)
    parser.set_defaults(data=None, settings=None)
    subparsers = parser.add_subparsers(metavar="COMMAND", dest="command")
    for command in (
        *(demo, enroll, plain, sync, lookup, returns, quote, replay, keys),
        *(doctor, backup, outbox, protect, completion),
    ):
        command.add_parser(subparsers)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command, or open the desk; gives back the exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        desk = _desk_alone(words)
        if desk is not None:
            return _open_desk(desk.get("--data"), desk.get("--settings"))
        arguments = build_parser().parse_args(words)
        if arguments.command is None:
            return _open_desk(arguments.data, arguments.settings, arguments.screen_reader)
        _speak(arguments.settings)
        code: int = arguments.run(arguments)
    except RmaError as error:
        sys.stderr.write(f"{harmless_lines(str(error))}\n")
        return _code(error)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return ExitCode.OK
    return code


def _code(error: RmaError) -> ExitCode:
    from storage.secrets.errors import SecretsError

    return ExitCode.LOCKED if isinstance(error, SecretsError) else ExitCode.FAILED


def _desk_alone(words: list[str]) -> dict[str, str] | None:
    """The options where the desk is all that is wanted: it starts without the parser of all commands."""
    names, values = words[::2], words[1::2]
    if len(names) == len(values) and _OF_THE_DESK.issuperset(names):
        return dict(zip(names, values, strict=True))
    return None


def _speak(chosen: str | None) -> None:
    """Speak the user's language. What is wrong with the settings is not what the user asked for: `keys` tells it."""
    from csr_tui.paths import settings_file

    file = settings_file(chosen)
    if file is None:
        return
    from csr_tui.language import speak
    from csr_tui.settings import SettingsRefused, read_settings, wrong_language

    with suppress(SettingsRefused):
        speak(read_settings(file, check_language=wrong_language).language)


def _open_desk(data: str | None, settings: str | None, screen_reader: bool = False) -> int:
    make_swift()
    from csr_tui.desk_program import run_desk
    from csr_tui.paths import data_folder

    return run_desk(data_folder(data), settings, screen_reader=screen_reader)


if __name__ == "__main__":
    sys.exit(main())
