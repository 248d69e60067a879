"""A draft of a return that was made before: everything that was typed, as it would be typed again."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from enum import Enum
from typing import Any

from rma.draft import Draft, DraftLine, Editing
from rma.money import format_amount
from rma.request import LineRequest, ReturnRequest

_MONEY = frozenset({"amount", "goodwill"})
_OF_CONTACT = ("email", "phone")


def draft_of(
    request: ReturnRequest, currency: str, *, draft_id: str, at: datetime, editing: Editing | None
) -> Draft:
    """The draft that `rma.draft.read_draft` makes this request of; `at` is when it begins."""
    typed = _typed(Draft, request, currency)
    typed |= {name: getattr(request.contact, name) for name in _OF_CONTACT}
    typed["lines"] = tuple(_line(line, currency) for line in request.lines)
    return Draft(
        **typed | {"draft_id": draft_id, "started_at": at, "saved_at": at, "editing": editing}
    )


def _line(line: LineRequest, currency: str) -> DraftLine:
    return DraftLine(**_typed(DraftLine, line, currency) | {"serials": " ".join(line.serials)})


def _typed(shape: type[Any], request: ReturnRequest | LineRequest, currency: str) -> dict[str, Any]:
    """What stands in the fields that draft and request share."""
    names = {field.name for field in fields(shape)} & {field.name for field in fields(request)}
    return {name: _text(name, getattr(request, name), currency) for name in names}


def _text(name: str, value: Any, currency: str) -> Any:
    if isinstance(value, tuple):
        return tuple(_text(name, each, currency) for each in value)
    if isinstance(value, bool) or not isinstance(value, Enum | int | None):
        return value
    if isinstance(value, Enum):
        return value.value
    if name in _MONEY and (value or name == "amount") and value is not None:
        return format_amount(value, currency)
    return str(value) if value else ""
