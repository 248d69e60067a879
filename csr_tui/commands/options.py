"""Options that several commands share. They mean the same before the command and behind it."""

from __future__ import annotations

import argparse
import textwrap

FOLDER, FILE = "DIR", "FILE"
"""What stands for a folder and for a file in the help; shells complete them."""


def add_data(parser: argparse.ArgumentParser) -> None:
    """`--data DIR`."""
    parser.add_argument(
        "--data",
        metavar=FOLDER,
        default=argparse.SUPPRESS,  # the one before the command counts, unless there is one behind it
        help="the desk's folder (or CSR_TUI_DATA)",
    )


def add_settings(parser: argparse.ArgumentParser) -> None:
    """`--settings FILE`."""
    parser.add_argument(
        "--settings",
        metavar=FILE,
        default=argparse.SUPPRESS,
        help="the settings file (or CSR_TUI_SETTINGS)",
    )


def add_screen_reader(parser: argparse.ArgumentParser) -> None:
    """`--screen-reader`."""
    parser.add_argument(
        "--screen-reader",
        action="store_true",
        help="the terminal's cursor stands at the focus, and only text is drawn (or CSR_TUI_SCREEN_READER=1)",
    )


def add_json(parser: argparse.ArgumentParser) -> None:
    """`--json`."""
    parser.add_argument("--json", action="store_true", help="print JSON")


class WithExamples(argparse.HelpFormatter):
    """Wraps what is described, and leaves indented lines (examples) as they are."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return "\n".join(
            line if line.startswith(" ") else textwrap.fill(line, width)
            for line in text.splitlines()
        )
