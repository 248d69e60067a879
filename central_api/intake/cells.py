"""Read one cell of a row: texts, whole numbers, amounts, instants, yes and no, lists."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from central_api.intake.errors import BadCell
from central_api.intake.harmless import clean
from central_api.intake.rows import Cells
from rma.money import MAX_AMOUNT, BadAmount, Minor, parse_amount, round_half_up

LONGEST_ID = 80
LONGEST_TEXT = 300

_WHOLE = re.compile(r"([+-]?[0-9]{1,15})(?:\.0{1,6})?")
_PRICE = re.compile(r"([0-9]{1,15})(?:\.([0-9]{1,6}))?")
_YES = {"yes", "y", "true", "1"}
_NO = {"no", "n", "false", "0", ""}
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)


def text(cells: Cells, field: str, longest: int = LONGEST_TEXT) -> str:
    """A cleaned text; empty where the row is silent."""
    value = cells.get(field)
    if not value:
        return ""
    value = clean(value)
    if len(value) > longest:
        raise BadCell(field, f"has {len(value)} characters: at most {longest} are possible")
    return value


def identifier(cells: Cells, field: str) -> str:
    """A text that has to be there."""
    value = text(cells, field, LONGEST_ID)
    if not value:
        raise BadCell(field, "is empty")
    return value


def whole(cells: Cells, field: str, low: int, high: int) -> int | None:
    """A whole number between `low` and `high`; None where the row is silent."""
    value = cells.get(field)
    if not value or not (value := value.strip()):
        return None
    if value.isascii() and value.isdigit() and len(value) < 16:
        number = int(value)
    elif match := _WHOLE.fullmatch(value):
        number = int(match.group(1))
    else:
        raise BadCell(field, f"{clean(value)[:40]!r} is no whole number")
    if not low <= number <= high:
        raise BadCell(field, f"is {number}: expected {low} to {high}")
    return number


def amount(cells: Cells, field: str, currency: str) -> Minor | None:
    """Money in minor units, never negative; None where the row is silent."""
    value = cells.get(field)
    if not value or not (value := value.strip()):
        return None
    return minor(field, value, currency)


def minor(field: str, value: str, currency: str) -> Minor:
    """A plain decimal in major units as minor units, never negative."""
    try:
        parsed = parse_amount(clean(value), currency)
    except BadAmount as error:
        raise BadCell(field, str(error)) from error
    return _within(field, value, parsed)


def line_total(field: str, price: str, units: int, digits: int) -> Minor:
    """`units` times a unit price, rounded half up to minor units (`digits` after the point) once."""
    scaled, decimals = _unit_price(field, price.strip())
    return _within(field, price, round_half_up(scaled * units * 10**digits, 10**decimals))


def _within(field: str, value: str, parsed: Minor) -> Minor:
    if parsed < 0:
        raise BadCell(field, f"{clean(value)[:40]!r} is negative")
    if parsed > MAX_AMOUNT:
        raise BadCell(field, f"{clean(value)[:40]!r} is beyond any order")
    return parsed


@lru_cache(maxsize=4096)
def _unit_price(field: str, price: str) -> tuple[int, int]:
    match = _PRICE.fullmatch(price)
    if match is None:
        raise BadCell(field, f"{clean(price)[:40]!r} is no price: digits and one point, like 12.50")
    fraction = match.group(2) or ""
    return int(match.group(1) + fraction), len(fraction)


def instant(cells: Cells, field: str, latest: datetime) -> datetime | None:
    """An ISO 8601 date and time, UTC where it names no zone; None where the row is silent."""
    value = cells.get(field)
    if not value or not (value := value.strip()):
        return None
    parsed = _instant(field, value)
    if parsed > latest:
        raise BadCell(field, f"{parsed:%Y-%m-%d %H:%M} lies in the future")
    return parsed


@lru_cache(maxsize=4096)
def _instant(field: str, value: str) -> datetime:
    try:
        parsed = datetime.fromisoformat(value)
        parsed = parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadCell(
            field, f"{clean(value)[:40]!r} is no time: expected one like 2026-11-20 14:05"
        ) from error
    if parsed < _EARLIEST:
        raise BadCell(field, f"{clean(value)[:40]!r} is before 1970")
    return parsed


def yes_or_no(cells: Cells, field: str) -> bool:
    """Yes or no; no where the row is silent."""
    value = cells.get(field)
    if not value:
        return False
    value = value.strip().casefold()
    if value in _NO:
        return False
    if value in _YES:
        return True
    raise BadCell(field, f"{clean(value)[:40]!r}: expected yes or no")


def texts(cells: Cells, field: str) -> tuple[str, ...]:
    """Texts with `;` or `|` between them, or a JSON list of texts."""
    value = cells.get(field)
    if not value or not (value := value.strip()):
        return ()
    if value.startswith("["):
        parts = json_list(field, value)
        if not all(isinstance(part, str) for part in parts):
            raise BadCell(field, "expected a list of texts")
    else:
        parts = value.replace("|", ";").split(";")
    found = tuple(part for part in map(clean, parts) if part)
    if any(len(part) > LONGEST_ID for part in found):
        raise BadCell(field, f"has an entry of more than {LONGEST_ID} characters")
    return found


def json_list(field: str, value: str) -> list[Any]:
    """A JSON list; numbers stay texts with the digits that the file has."""
    try:
        tree = json.loads(value, parse_float=str, parse_int=str)
    except (ValueError, RecursionError) as error:
        raise BadCell(field, f"is no JSON list: {error}") from error
    if not isinstance(tree, list):
        raise BadCell(field, "is no JSON list")
    return tree
