"""RMA numbers: eleven digits, spoken 3-4-4, that catch a slip of the tongue before any lookup.

Six digits of a leased block, three of the number in it, two check digits ISO 7064 MOD 97-10 (the whole number leaves
1 when divided by 97).
"""

from __future__ import annotations

import unicodedata

from rma.errors import RmaError
from rma.wording import _

BLOCK_SIZE = 1_000
"""Numbers in a leased block."""

FIRST_BLOCK, LAST_BLOCK = 100_000, 999_999
"""Blocks start with a digit that no spreadsheet drops."""

WANTED_NUMBERS = 1_000
"""A desk with fewer left asks for another block in its next sync."""

LOW_NUMBERS = 500
"""A desk with fewer left warns."""

EMERGENCY_NUMBERS = 200
"""The last numbers of a desk: told to be a reserve."""


_SILENT = frozenset({"Pd", "Cf"})
"""Dashes of every kind, and marks that nobody sees: a pasted number may hold them."""


class BadRmaNumber(RmaError):
    """A text is no RMA number; the message says what is wrong and what to do."""


def compose(block: int, index: int) -> str:
    """The number `index` (0 to 999) of `block`.

    Raises:
        ValueError: if block or index lies outside its range.
    """
    if not FIRST_BLOCK <= block <= LAST_BLOCK or not 0 <= index < BLOCK_SIZE:
        raise ValueError(f"no RMA number {index} in block {block}")
    body = f"{block}{index:03d}"
    return f"{body}{98 - int(body) * 100 % 97:02d}"


def parse(text: str) -> str:
    """Read a typed or pasted number, with or without spaces, dots, slashes or dashes, into its eleven digits.

    Raises:
        BadRmaNumber: if it has not eleven digits, or the check digits do not fit.
    """
    digits = (
        text
        if text.isascii() and text.isdigit()
        else "".join(
            character
            for character in unicodedata.normalize("NFKC", text)
            if not (
                character in "./"
                or character.isspace()
                or unicodedata.category(character) in _SILENT
            )
        )
    )
    if not (digits.isascii() and digits.isdigit()):
        raise BadRmaNumber(_("An RMA number has digits only: 11 of them, said 3-4-4."))
    if len(digits) != 11:
        said = _("An RMA number has 11 digits, this one {count}: ask again.")
        raise BadRmaNumber(said.format(count=len(digits)))
    if int(digits) % 97 != 1 or not FIRST_BLOCK <= int(digits[:6]) <= LAST_BLOCK:
        raise BadRmaNumber(
            _("Check digits do not fit: a digit is wrong. Ask for the number again.")
        )
    return digits


def spoken(number: str) -> str:
    """Grouped as it is told on the phone: `471 2039 5870`."""
    return f"{number[:3]} {number[3:7]} {number[7:]}"


def digit_by_digit(number: str) -> str:
    """Each digit for itself, grouped as it is told: `4 7 1, 2 0 3 9, 5 8 7 0`."""
    return ", ".join(" ".join(part) for part in spoken(number).split())


def block_of(number: str) -> int:
    """The leased block a number belongs to."""
    return int(number[:6])


def index_of(number: str) -> int:
    """Which number of its block it is, from 0."""
    return int(number[6:9])
