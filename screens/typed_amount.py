"""Amounts as people type them: with the decimal sign of their language, or with a point.

Nothing is guessed: a text that could mean two amounts, such as `1.234` where the point also parts thousands, is no
amount. A wrong guess would be a thousand times too much.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rma.money import exponent
from screens.formats import signs

_BLANKS = "\u0020\u00a0\u202f"


@dataclass(frozen=True, slots=True)
class Typed:
    """What a text means."""

    plain: str
    """As a plain decimal such as `1234.50`; a text that is no amount comes back so that nobody reads it as one."""
    two_ways: bool = False
    """Whether it could mean two amounts."""


def typed_amount(text: str, currency: str) -> Typed:
    """Read a typed text; the rules say what is wrong with one that is no amount."""
    text = text.strip()
    digits = exponent(currency)
    point, group = signs()
    fraction = rf"[0-9]{{1,{digits}}}" if digits else r"(?!)"
    parted = f"[{_BLANKS}]" if group in _BLANKS else re.escape(group)
    plain = re.fullmatch(rf"[0-9]+(\.{fraction})?", text)
    local = re.fullmatch(rf"[0-9]+{re.escape(point)}{fraction}", text)
    grouped = group and re.fullmatch(
        rf"[0-9]{{1,3}}({parted}[0-9]{{3}})+(?P<cents>{re.escape(point)}{fraction})?", text
    )
    if grouped and not grouped["cents"] and group in ".,":
        return Typed(f"{text}?", two_ways=True)
    if plain:
        return Typed(text)
    if local or grouped:
        return Typed(re.sub(parted, "", text).replace(point, ".") if group else text)
    return Typed(text)
