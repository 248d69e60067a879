"""`csr-tui keys`: the cheat sheet, with the user's own keys, and a test of what the terminal sends."""

from __future__ import annotations

import argparse
import json
import sys

from csr_tui.commands.options import WithExamples, add_settings
from csr_tui.exit_codes import ExitCode
from rma.harmless import harmless, harmless_lines
from rma.wording import _

_EPILOG = """\
examples:
  csr-tui keys                  every command by screen
  csr-tui keys --test           what this terminal sends for each key; Ctrl+C ends
  csr-tui keys --check          whether the settings file is right

Keys are changed in the settings file, section [keys], by the ids that --json and --markdown show:
  [keys]
  "app.sync" = "f6"
  "return.submit" = ["f9", "ctrl+y"]

exit codes: 0 done, 1 the settings file is wrong (everything that is wrong is told)
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "keys",
        help="print all keys, check your own, or test what the terminal sends",
        description="Print every command of the desk with its key, as you have set it.",
        epilog=_EPILOG,
        formatter_class=WithExamples,
    )
    add_settings(parser)
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--json", action="store_true", help="print JSON")
    kind.add_argument("--markdown", action="store_true", help="print Markdown, as in docs/keys.md")
    kind.add_argument("--check", action="store_true", help="check the settings file and say so")
    kind.add_argument("--test", action="store_true", help="show what the terminal sends")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print, check or test; with a settings file that is wrong, print the usual keys and end with 1."""
    from csr_tui.paths import default_settings_file, settings_file
    from csr_tui.settings import (
        Settings,
        SettingsRefused,
        read_settings,
        wrong_language,
    )
    from screens.commands import sheet
    from screens.themes import unknown_theme

    path = settings_file(arguments.settings)
    code, settings = ExitCode.OK, Settings()
    try:
        settings = read_settings(path, check_theme=unknown_theme, check_language=wrong_language)
    except SettingsRefused as error:
        code = ExitCode.FAILED
        told = [*error.problems, _("Nothing of this file is used.")]
        sys.stderr.write(harmless_lines("\n".join(told)) + "\n")
    if arguments.check:
        if code is ExitCode.OK:
            said = _("{file} is right.") if path else _("There is no settings file ({file}).")
            print(harmless(said.format(file=path or default_settings_file())))
    elif arguments.test:
        from csr_tui.key_test import test_keys

        return test_keys(settings.keymap) or code
    elif arguments.json:
        print(json.dumps(sheet.as_data(settings.keymap), indent=2, ensure_ascii=False))
    elif arguments.markdown:
        sys.stdout.write(harmless_lines(sheet.as_markdown(settings.keymap)))
    else:
        sys.stdout.write(harmless_lines(sheet.as_text(settings.keymap)))
    return code
