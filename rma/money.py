"""Exact money: integers in minor units, one rounding rule, one way to spread an amount.

No float anywhere. A currency's exponent says how many minor digits it has (JPY 0, EUR 2, BHD 3).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import TypeAlias

from rma.wording import _

Minor: TypeAlias = int
"""An amount in minor units of the currency that stands beside it."""

MAX_AMOUNT = 10**15
"""Minor units; far above any order, far below what 64 bits hold after a multiplication by units."""


def require_bounded(name: str, value: int) -> None:
    """Refuse a number that no arithmetic of ours should meet.

    Raises:
        ValueError: with the name and the bound.
    """
    if abs(value) > MAX_AMOUNT:
        raise ValueError(f"{name} is beyond {MAX_AMOUNT}")


ROUNDING = "half_up"
"""The rounding rule that is stored on every document."""

_EXPONENTS = {
    **dict.fromkeys(
        [
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "UYI",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ],
        0,
    ),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
    **dict.fromkeys(["CLF", "UYW"], 4),
}
"""Currencies whose exponent is not 2 (ISO 4217, list one)."""

_CURRENCY = re.compile(r"[A-Z]{3}")
_AMOUNT = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,6})?")


class BadAmount(ValueError):
    """A text is not an amount of this currency; the message says what to type."""


def exponent(currency: str) -> int:
    """How many minor digits `currency` has.

    Raises:
        BadAmount: if `currency` is not three capital letters.
    """
    if not _CURRENCY.fullmatch(currency):
        said = _("{text} is no currency code: three capital letters, like EUR")
        raise BadAmount(said.format(text=repr(currency)))
    return _EXPONENTS.get(currency, 2)


def round_half_up(numerator: int, denominator: int) -> int:
    """The quotient rounded to a whole number, halves away from zero. `denominator` is positive."""
    if denominator <= 0:
        raise ValueError("the denominator must be positive")
    quotient = (2 * abs(numerator) + denominator) // (2 * denominator)
    return quotient if numerator >= 0 else -quotient


def proportion(whole: Minor, part: Minor, of: Minor) -> Minor:
    """`whole * part / of`, rounded half up; 0 where there is nothing to share."""
    if of == 0:
        return 0
    return round_half_up(whole * part, of) if of > 0 else round_half_up(-whole * part, -of)


def spread(amount: Minor, weights: Sequence[int]) -> tuple[Minor, ...]:
    """Spread `amount` over `weights` by largest remainder; the parts add up to it exactly.

    Ties go to the larger weight, then to the earlier position. With no weight at all, the first takes everything
    (domain rule 5.1).

    Raises:
        ValueError: if there is nothing to spread over, or a weight is negative.
    """
    if not weights:
        raise ValueError("nothing to spread over")
    if min(weights) < 0:
        raise ValueError("a weight is negative")
    whole = sum(weights)
    if whole == 0:
        return (amount, *(0 for _ in weights[1:]))
    sign = -1 if amount < 0 else 1
    parts = [abs(amount) * weight // whole for weight in weights]
    remainders = [abs(amount) * weight % whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda i: (-remainders[i], -weights[i], i))
    for index in order[: abs(amount) - sum(parts)]:
        parts[index] += 1
    return tuple(sign * part for part in parts)


def parse_amount(text: str, currency: str) -> Minor:
    """Read a plain decimal such as `12.50` into minor units.

    Raises:
        BadAmount: if the text is no plain decimal, has more digits than the currency, or is beyond MAX_AMOUNT.
    """
    text = text.strip()
    if not _AMOUNT.fullmatch(text):
        said = _("{text} is no amount: digits and one point, like 12.50")
        raise BadAmount(said.format(text=repr(text[:20])))
    amount = to_minor(Decimal(text), currency)
    if abs(amount) > MAX_AMOUNT:
        said = _("{text} is more than any order: check the digits")
        raise BadAmount(said.format(text=text[:20]))
    return amount


def to_minor(amount: Decimal, currency: str) -> Minor:
    """An exact decimal in major units as minor units.

    Raises:
        BadAmount: if it has more decimals than the currency.
    """
    digits = exponent(currency)
    scaled = amount.scaleb(digits)
    if scaled != scaled.to_integral_value():
        said = _("{amount} has more decimals than {currency} knows ({count})")
        raise BadAmount(said.format(amount=amount, currency=currency, count=digits))
    return int(scaled)


def format_amount(amount: Minor, currency: str) -> str:
    """`amount` as a plain decimal with the currency's digits, without the code: `12.50`."""
    digits = exponent(currency)
    if digits == 0:
        return str(amount)
    sign = "-" if amount < 0 else ""
    whole, fraction = divmod(abs(amount), 10**digits)
    return f"{sign}{whole}.{fraction:0{digits}d}"
