"""Documents are written by one library and read by another: both mean the same bytes, in every release of either."""

from __future__ import annotations

from dataclasses import dataclass, is_dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from enum import Enum
from types import NoneType
from typing import Any, get_args, get_type_hints

from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from rma.desk_report import DeskReport, DeskReportAnswer
from rma.operations import Command, KnownRecord, Outcome, Result
from rma.order import Customer, Order, Product
from rma.refused import RefusedReturn
from sync.protocol.documents import write_document
from sync.protocol.envelopes import PolicyDocument, ReasonsDocument

DOCUMENTS = (
    *get_args(Command),
    *(Customer, Order, Product, KnownRecord, Result, RefusedReturn),
    *(PolicyDocument, ReasonsDocument, DeskReport, DeskReportAnswer),
)
PLAIN = {str, int, bool, datetime, date, NoneType, Ellipsis}
"""What documents are made of, beside words of a list, dataclasses and tuples of them."""


@dataclass(frozen=True, slots=True)
class Part:
    """One of each."""

    text: str
    number: int
    yes: bool
    at: datetime | None
    day: date
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """Several of them."""

    parts: tuple[Part, ...]
    first: Part | None = None
    names: tuple[str, ...] = ()
    pairs: tuple[tuple[int, ...], ...] = ()


texts = st.text(st.characters(exclude_categories=["Cs"]))
zones = st.sampled_from(
    [UTC, timezone(timedelta(hours=5, minutes=30)), timezone(-timedelta(hours=3))]
)
parts = st.builds(
    Part,
    text=texts,
    number=st.integers(),
    yes=st.booleans(),
    at=st.none() | st.datetimes(timezones=zones),
    day=st.dates(),
    outcome=st.sampled_from(Outcome),
)
wholes = st.builds(
    Whole,
    parts=st.lists(parts).map(tuple),
    first=st.none() | parts,
    names=st.lists(texts).map(tuple),
    pairs=st.lists(st.lists(st.integers()).map(tuple)).map(tuple),
)


def made_of(shape: Any) -> set[Any]:
    """The kinds of value in a shape that are neither dataclasses nor words of a list."""
    if is_dataclass(shape):
        return {kind for hint in get_type_hints(shape).values() for kind in made_of(hint)}
    if get_args(shape):
        return {kind for part in get_args(shape) for kind in made_of(part)}
    return set() if isinstance(shape, type) and issubclass(shape, Enum) else {shape}


@given(wholes)
def test_a_document_is_written_as_its_reader_would_write_it(whole: Whole) -> None:
    assert write_document(whole) == TypeAdapter(Whole).dump_json(whole)


def test_documents_are_made_of_nothing_else() -> None:
    assert {kind for shape in DOCUMENTS for kind in made_of(shape)} <= PLAIN
