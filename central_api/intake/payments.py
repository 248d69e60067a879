"""How an order was paid, and what was charged beside its lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from central_api.intake.cells import amount, json_list, minor
from central_api.intake.errors import BadCell
from central_api.intake.harmless import clean
from central_api.intake.rows import Cells
from rma.money import Minor
from rma.order import Charge, ChargeKind, OrderLine, Tender, TenderKind

MAX_TENDERS = 50


def read_charges(cells: Cells, currency: str, *, without_tax: bool) -> tuple[Charge, ...]:
    """Shipping and fee of the whole order, `without_tax` with theirs on top; a charge of nothing is none.

    Raises:
        BadCell: if an amount cannot be read, or its tax is more than it.
    """
    charges = []
    for kind in ChargeKind:
        gross = amount(cells, kind.value, currency) or 0
        tax = amount(cells, f"{kind.value}_tax", currency) or 0
        refunded = amount(cells, f"{kind.value}_refunded", currency) or 0
        if without_tax:
            gross += tax
        if tax > gross:
            raise BadCell(f"{kind.value}_tax", f"is more than {kind.value}, which contains it")
        if refunded > gross:
            raise BadCell(f"{kind.value}_refunded", f"is more than was paid for {kind.value}")
        if gross:
            charges.append(
                Charge(charge_id=kind.value, kind=kind, gross=gross, tax=tax, refunded=refunded)
            )
    return tuple(charges)


def read_tenders(cells: Cells, currency: str) -> tuple[Tender, ...]:
    """The payments in capture order, from `card:40.00;gift_card:10.00` or a JSON list; empty where the row is silent.

    Raises:
        BadCell: if one cannot be read.
    """
    value = cells.get("tenders", "").strip()
    if not value:
        return ()
    if value.startswith("["):
        parts = json_list("tenders", value)
    else:
        parts = [_short(part) for part in value.split(";") if part.strip()]
    if len(parts) > MAX_TENDERS:
        raise BadCell("tenders", f"has {len(parts)} payments: at most {MAX_TENDERS} are possible")
    tenders = tuple(_tender(part, index, currency) for index, part in enumerate(parts, 1))
    if len({tender.tender_id for tender in tenders}) != len(tenders):
        raise BadCell("tenders", "names a tender_id twice")
    return tenders


def unknown_tender(lines: Sequence[OrderLine], charges: Sequence[Charge]) -> Tender:
    """Where the source does not say how it was paid: everything, by one unknown tender."""
    paid: Minor = sum(line.gross for line in lines) + sum(charge.gross for charge in charges)
    refunded: Minor = sum(line.refunded_before for line in lines)
    refunded += sum(charge.refunded for charge in charges)
    return Tender(tender_id="1", kind=TenderKind.UNKNOWN, captured=paid, refunded=refunded)


def gone_back(
    cells: Cells,
    tenders: Sequence[Tender],
    lines: Sequence[OrderLine],
    charges: Sequence[Charge],
) -> tuple[Tender, ...]:
    """The tenders with what lines and charges say went back, in capture order, unless the tenders say it themselves.

    What no tender can have taken went back as store credit, which is no tender of this order.
    """
    if '"refunded"' in cells.get("tenders", ""):
        return tuple(tenders)
    refunded = sum(line.refunded_before for line in lines)
    refunded += sum(charge.refunded for charge in charges)
    left = refunded - sum(tender.refunded for tender in tenders)
    settled = []
    for tender in tenders:
        part = max(0, min(left, tender.refundable))
        settled.append(replace(tender, refunded=tender.refunded + part) if part else tender)
        left -= part
    return tuple(settled)


def _short(part: str) -> dict[str, Any]:
    kind, _, rest = part.partition(":")
    value, _, label = rest.partition(":")
    return {"kind": kind, "amount": value, "label": label}


def _tender(tree: Any, index: int, currency: str) -> Tender:
    if not isinstance(tree, dict):
        raise BadCell("tenders", 'expected entries like {"kind": "card", "amount": "40.00"}')
    entry = {name: _said(name, value) for name, value in tree.items()}
    word = entry.get("kind", "").casefold().replace(" ", "_")
    try:
        kind = TenderKind(word)
    except ValueError as error:
        known = ", ".join(TenderKind)
        raise BadCell(
            "tenders", f"{word[:40]!r} is no kind of payment: expected one of {known}"
        ) from error
    try:
        return Tender(
            tender_id=entry.get("tender_id") or str(index),
            kind=kind,
            captured=minor("tenders", entry.get("amount", ""), currency),
            refunded=minor("tenders", entry.get("refunded") or "0", currency),
            change=minor("tenders", entry.get("change") or "0", currency),
            label=entry.get("label", "")[:80],
        )
    except BadCell:
        raise
    except ValueError as error:
        raise BadCell("tenders", str(error)) from error


def _said(name: str, value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadCell("tenders", f"{clean(name)[:40]!r} is no text and no number")
    return clean(value)
