"""Amounts, days, times and phone numbers as people read them, by locale.

Without a locale they stand as the desk has always shown them: `1234.50`, `2026-11-21`, `+493012345678`, the same on
every machine, and no library is loaded for it. With one, babel and phonenumbers write them.
"""

from __future__ import annotations

from datetime import date as Day  # noqa: N812  `date` is what this module gives
from datetime import datetime
from decimal import Decimal

from rma.money import Minor, exponent, format_amount

_locale = ""


def use_locale(locale: str) -> None:
    """Write for this locale from now on, such as `de` or `de_AT`; an empty text is the default."""
    global _locale  # noqa: PLW0603  a process writes for one locale
    _locale = locale


def amount(minor: Minor, currency: str) -> str:
    """Minor units with the currency's digits, exact and without its code: `1234.50`, `1.234,50`."""
    return decimal(format_amount(minor, currency), currency)


def money(minor: Minor, currency: str) -> str:
    """The same with the code behind it, in every locale: `1234.50 EUR`."""
    return f"{amount(minor, currency)} {currency}"


def decimal(plain: str, currency: str) -> str:
    """A plain decimal such as `1234.50` as `amount` writes it."""
    if not _locale:
        return plain
    from babel.numbers import format_decimal

    digits = exponent(currency)
    pattern = f"#,##0.{'0' * digits}" if digits else "#,##0"
    return str(format_decimal(Decimal(plain), pattern, _locale))


def signs() -> tuple[str, str]:
    """The decimal sign and the sign between thousands; the second is empty where none is written."""
    if not _locale:
        return ".", ""
    from babel.numbers import get_decimal_symbol, get_group_symbol

    return str(get_decimal_symbol(_locale)), str(get_group_symbol(_locale))


def date(moment: Day) -> str:
    """A day, short, for a column: `2026-11-21`, `21.11.2026`."""
    if not _locale:
        return f"{moment:%Y-%m-%d}"
    from babel.dates import format_skeleton

    return str(format_skeleton("yMMdd", moment, locale=_locale))  # numbers: as wide as the column


def minute(moment: datetime) -> str:
    """A minute in the time zone of the desk: `2026-11-20 11:00`."""
    local = moment.astimezone()
    if not _locale:
        return f"{local:%Y-%m-%d %H:%M}"
    from babel.dates import format_time

    return f"{date(local)} {format_time(local, 'short', locale=_locale)}"


def phone(number: str) -> str:
    """A number as people of this locale read it: `030 12345678` at home, `+49 30 12345678` abroad.

    What is in no international form stands as it is.
    """
    if not _locale or not number.startswith("+"):
        return number
    import phonenumbers

    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    at_home = phonenumbers.region_code_for_number(parsed) == _territory()
    form = phonenumbers.PhoneNumberFormat
    return str(phonenumbers.format_number(parsed, form.NATIONAL if at_home else form.INTERNATIONAL))


def _territory() -> str:
    """Where the locale is at home: `AT` for `de_AT`, `DE` for `de`."""
    from babel import Locale
    from babel.core import get_global

    locale = Locale.parse(_locale)
    likely: str = get_global("likely_subtags").get(locale.language, "")
    return locale.territory or likely.rpartition("_")[2]
