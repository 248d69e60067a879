"""Read the recorded return events, and what was expected of each."""

from __future__ import annotations

import csv
import lzma
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO

from rma.errors import RmaError


class BadReplay(RmaError):
    """The folder is no replay; the message names the file and what was expected."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the record says should come out; compared only after the event was decided."""

    outcome: str
    """`accept`, `partial`, `already_returned` or `never_bought`."""
    accepted: int
    allocations: tuple[tuple[str, str, int], ...]
    """Order id, line number, units."""
    refund: Decimal
    """At purchase price, in major units."""


@dataclass(frozen=True, slots=True)
class Event:
    """One return event: all that is read before it is decided."""

    seq: int
    at: datetime
    invoice: str
    """Number of the credit note, which orders it among what happened in the same minute; empty where unknown."""
    customer_id: str
    sku: str
    quantity: int
    expected: Expectation | None


@dataclass(frozen=True, slots=True)
class ReplayFiles:
    """The four files of a replay, plain or .xz."""

    customers: Path
    orders: Path
    lines: Path
    events: Path


def find_files(folder: Path) -> ReplayFiles:
    """The replay's files in a folder.

    Raises:
        BadReplay: naming the file that is not there.
    """

    def find(stem: str) -> Path:
        for ending in (".csv", ".csv.xz"):
            path = folder / f"{stem}{ending}"
            if path.exists():
                return path
        raise BadReplay(f"{folder} holds no {stem}.csv or {stem}.csv.xz: is it a replay folder?")

    return ReplayFiles(
        find("customers"), find("orders"), find("order_lines"), find("return_events")
    )


def read_events(path: Path) -> Iterator[Event]:
    """The events in their order.

    Raises:
        BadReplay: if a needed column is not there.
    """
    with _open(path) as file:
        rows = csv.DictReader(file)
        needed = {"seq", "at", "customer_id", "sku", "qty"}
        missing = needed - set(rows.fieldnames or ())
        if missing:
            raise BadReplay(f"{path.name} lacks the column {min(missing)}.")
        for row in rows:
            yield Event(
                seq=int(row["seq"]),
                at=datetime.strptime(row["at"], "%Y-%m-%d %H:%M").replace(tzinfo=UTC),
                invoice=row.get("credit_note", "").lstrip("C"),
                customer_id=row["customer_id"],
                sku=row["sku"],
                quantity=int(row["qty"]),
                expected=_expectation(row),
            )


def _expectation(row: dict[str, str]) -> Expectation | None:
    if "outcome" not in row:
        return None
    return Expectation(
        outcome=row["outcome"],
        accepted=int(row["accepted_qty"]),
        allocations=tuple(_allocation(text) for text in row["allocations"].split(";") if text),
        refund=Decimal(row["refund_at_purchase_price"]),
    )


def _allocation(text: str) -> tuple[str, str, int]:
    place, _, _ = text.partition("@")
    order, line, quantity = place.split(":")
    return order, line, int(quantity)


def _open(path: Path) -> IO[str]:
    if path.suffix == ".xz":
        return lzma.open(path, "rt", encoding="utf-8", newline="")
    return path.open(encoding="utf-8", newline="")
