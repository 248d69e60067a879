"""An order as it is being typed by hand: texts as they stand in the fields, and what they are read as."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from rma.calendar import EARLIEST, LATEST
from rma.typed_order import (
    LONGEST_ITEM,
    LONGEST_KEY,
    LONGEST_NUMBER,
    MOST_UNITS,
    TypedLine,
    TypedOrder,
)
from rma.verdict import Missing
from rma.wording import _

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DOTTED = re.compile(r"(\d{1,2})\.\s*(\d{1,2})\.\s*(\d{4})")


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftItem:
    """One item, as typed."""

    item: str = ""
    """A SKU, or what the caller calls it."""
    bought: str = ""
    sku: str = ""
    """The product's, where the desk knew the text as a SKU."""
    name: str = ""
    """The product's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftOrder:
    """An order, as typed. Items keep their places: an empty one may stand between others."""

    number: str = ""
    caller: str = ""
    placed: str = ""
    delivered: str = ""
    items: tuple[DraftItem, ...] = ()


def read_order(draft: DraftOrder) -> tuple[TypedOrder, tuple[Missing, ...]]:
    """The order that a draft stands for, and every field whose text cannot be read; that counts as not entered."""
    wrong: list[Missing] = []

    def day(text: str, field: str) -> date | None:
        found = read_day(text)
        if text.strip() and found is None:
            wrong.append(Missing(field, None, wrong_day(text)))
        return found

    lines = []
    for position, item in enumerate(draft.items, start=1):
        line_id = str(position)
        bought = item.bought.strip()
        if wrong_count(bought):
            wrong.append(Missing("bought", line_id, wrong_count(bought)))
            bought = ""
        name = (item.name or item.item).strip()[:LONGEST_ITEM]
        if name or bought:
            lines.append(
                TypedLine(
                    line_id=line_id,
                    item=name,
                    bought=int(bought or 0),
                    sku=(item.sku or "").strip()[:LONGEST_KEY],
                )
            )
    typed = TypedOrder(
        number=draft.number.strip()[:LONGEST_NUMBER],
        caller=draft.caller.strip()[:LONGEST_ITEM],
        placed=day(draft.placed, "placed"),
        delivered=day(draft.delivered, "delivered"),
        lines=tuple(lines),
    )
    return typed, tuple(wrong)


def read_day(text: str) -> date | None:
    """A day as `2026-11-03` or `3.11.2026`; None where it is neither, or no day of the calendar."""
    text = text.strip()
    if found := _ISO.fullmatch(text):
        year, month, day = map(int, found.groups())
    elif found := _DOTTED.fullmatch(text):
        day, month, year = map(int, found.groups())
    else:
        return None
    try:
        return date(year, month, day) if EARLIEST <= year <= LATEST else None
    except ValueError:
        return None


def wrong_day(text: str) -> str:
    """What is wrong with a typed day; empty where it can be read, or is not given."""
    if not text.strip() or read_day(text) is not None:
        return ""
    said = _("“{text}” is no day: like 2026-11-03 or 3.11.2026")
    return said.format(text=text.strip()[:20])


def wrong_count(text: str) -> str:
    """What is wrong with a typed number of units; empty where it can be read, or is not given."""
    text = text.strip()
    if not text:
        return ""
    readable = text.isascii() and text.isdigit() and len(text) <= 7
    if readable and 1 <= int(text) <= MOST_UNITS:
        return ""
    return _("“{text}” is no quantity: a whole number from 1").format(text=text[:12])
