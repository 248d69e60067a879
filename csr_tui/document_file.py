"""Documents that commands read from a file or standard input, and what is wrong with them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from csr_tui.exit_codes import ExitCode
from rma.errors import RmaError
from rma.harmless import harmless_lines
from rma.wording import _

if TYPE_CHECKING:
    from sync.protocol.document_problems import BadDocument

LONGEST_FILE = 16 << 20
"""Bytes; no order needs more."""


class UnreadableFile(RmaError):
    """The file cannot be read at all."""


def read_text(name: str) -> str:
    """The text of a file, or of standard input where the name is `-`.

    Raises:
        UnreadableFile: if there is none, it is too large, or no UTF-8.
    """
    try:
        if name == "-":
            data = sys.stdin.buffer.read(LONGEST_FILE + 1)
        else:
            with Path(name).open("rb") as file:
                data = file.read(LONGEST_FILE + 1)
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        raise UnreadableFile(
            _("{file} cannot be read: {why}.").format(file=repr(name), why=error)
        ) from None
    if len(data) > LONGEST_FILE:
        raise UnreadableFile(
            _("{file} is larger than 16 MiB: expected one order and one policy.").format(
                file=repr(name)
            )
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableFile(
            _("{file}, byte {byte}: expected UTF-8. Save the file in that encoding.").format(
                file=repr(name), byte=error.start + 1
            )
        ) from None


def print_problems(error: BadDocument | UnreadableFile, as_json: bool) -> ExitCode:
    """Say what is wrong with a document; gives the exit code for it."""
    from sync.protocol.document_problems import BadDocument

    if as_json and isinstance(error, BadDocument):
        problems = [
            {"place": p.place, "expected": p.expected, "got": p.got} for p in error.problems
        ]
        sys.stdout.write(json.dumps({"problems": problems}, indent=2) + "\n")
    else:
        sys.stderr.write(f"{harmless_lines(str(error))}\n")
    return ExitCode.USAGE
