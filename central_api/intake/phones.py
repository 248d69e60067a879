"""Phone numbers as the source has them, in international form."""

from __future__ import annotations

import re

_NOT_A_DIGIT = re.compile(r"[^0-9]")
_COUNTRY = re.compile(r"[A-Za-z]{2}")


def international(number: str, country: str) -> str:
    """The E.164 form where it is sure: a valid number with its country code, or of a known `country` (two letters).

    Everything else stays as its digits alone.
    """
    import phonenumbers  # its tables cost 100 ms to load: only a file with phone numbers pays for them

    region = country.upper() if _COUNTRY.fullmatch(country) else None
    dialled = f"+{number[2:]}" if region is None and number.startswith("00") else number
    try:
        parsed = phonenumbers.parse(dialled, region)
    except phonenumbers.NumberParseException:
        return _digits(number)
    if not phonenumbers.is_valid_number(parsed):
        return _digits(number)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _digits(number: str) -> str:
    return _NOT_A_DIGIT.sub("", number)[:40]
