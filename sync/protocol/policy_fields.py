"""What single fields of policy and reasons documents hold, each with the words for what was expected.

People write major units and percents; `rma` has minor units and basis points.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, TypeAlias
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, PlainValidator, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from rma.calendar import require_instant
from rma.money import MAX_AMOUNT, BadAmount, to_minor
from rma.policy import OVERRIDABLE, Amounts, CurrencyAmount, Rule
from sync.protocol.policy_problems import Expects


def one_of(choices: Iterable[str]) -> Expects:
    """A choice between texts."""
    return Expects("one of: " + ", ".join(choices))


def _exact(value: Any) -> Decimal:
    """A whole or decimal number, and nothing that only looks like one."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError
    exact = Decimal(value)
    _, digits, scale = exact.as_tuple()
    # Beyond 20 digits, arithmetic on decimals would round.
    if not isinstance(scale, int) or len(digits) > 20 or abs(scale) > 20:
        raise ValueError
    return exact


def _basis_points(value: Any) -> int:
    percent = _exact(value)
    if not 0 <= percent <= 100 or percent * 100 % 1 != 0:
        raise ValueError
    return int(percent * 100)


def _amounts(value: Any) -> Amounts:
    if not isinstance(value, dict):
        raise PydanticCustomError("table", "a table")
    entries, errors = [], []
    for currency, amount in value.items():
        try:
            entries.append(CurrencyAmount(currency, _minor(amount, currency)))
        except BadAmount as error:
            wrong = PydanticCustomError("expected", "{phrase}", {"phrase": str(error)})
            errors.append(InitErrorDetails(type=wrong, loc=(currency,), input=amount))
    if errors:
        raise ValidationError.from_exception_data("amounts", errors)
    return Amounts(tuple(entries))


def _minor(amount: Any, currency: str) -> int:
    """Raises BadAmount; its text is what was expected."""
    if not re.fullmatch(r"[A-Z]{3}", currency):
        raise BadAmount("a currency code of three capital letters, like EUR = 12.50")
    try:
        exact = _exact(amount)
    except ValueError:
        exact = Decimal(-1)
    if not 0 <= exact <= MAX_AMOUNT // 10_000:
        raise BadAmount(f"an amount of {currency} from 0, like 12 or 12.50, as a number")
    try:
        return to_minor(exact, currency)
    except BadAmount:
        raise BadAmount(f"an amount with no more decimals than {currency} has") from None


def _time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, OSError) as error:
        raise ValueError from error
    return name


def _instant(moment: datetime) -> datetime:
    require_instant("it", moment)
    return moment.astimezone(UTC)


def _readable(text: str) -> str:
    if not text.strip() or not all(c.isprintable() or c == "\n" for c in text):
        raise ValueError
    return text


def _overridable(rule: Rule) -> Rule:
    if rule not in OVERRIDABLE:
        raise ValueError
    return rule


LAX = Field(strict=False)
"""A choice is written as text."""

Overridable: TypeAlias = Annotated[Rule, LAX, AfterValidator(_overridable), one_of(OVERRIDABLE)]

Code: TypeAlias = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}\z"),
    Expects("a code of 1 to 40 letters, digits, _ and -"),
]
Text: TypeAlias = Annotated[
    str,
    Field(max_length=2000),
    AfterValidator(_readable),
    Expects("a text of 1 to 2000 characters, without control characters"),
]
Label: TypeAlias = Annotated[
    str,
    Field(max_length=80, pattern=r"^\P{C}*\z"),
    Expects("a text of at most 80 characters in one line"),
]
Number: TypeAlias = Annotated[
    int, Field(ge=1, le=1_000_000), Expects("a whole number from 1 to 1000000")
]
Days: TypeAlias = Annotated[
    int, Field(ge=0, le=36_500), Expects("a whole number of days from 0 to 36500")
]
Hours: TypeAlias = Annotated[
    int, Field(ge=0, le=100_000), Expects("a whole number of hours from 0 to 100000")
]
Months: TypeAlias = Annotated[
    int, Field(ge=0, le=1200), Expects("a whole number of months from 0 to 1200")
]
Flag: TypeAlias = Annotated[bool, Expects("true or false")]
Moment: TypeAlias = Annotated[
    datetime,
    AfterValidator(_instant),
    Expects("a date and time with its zone, like 2026-01-31T00:00:00Z"),
]
Zone: TypeAlias = Annotated[
    str, AfterValidator(_time_zone), Expects("a time zone name, like Europe/London")
]
Percent: TypeAlias = Annotated[
    int,
    PlainValidator(_basis_points),
    Expects("a percent from 0 to 100 with at most 2 decimals"),
]
AmountTable: TypeAlias = Annotated[Amounts, PlainValidator(_amounts)]
