"""Discounts of a whole order: each line's share, taken off its gross and kept beside it (domain rule 5.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from central_api.intake.cells import amount, json_list, minor
from central_api.intake.errors import BadCell
from central_api.intake.harmless import clean
from central_api.intake.rows import Cells
from rma.money import Minor, spread
from rma.order import DiscountShare, OrderDiscount, OrderLine

MAX_DISCOUNTS = 20


def read_discounts(
    cells: Cells, lines: Sequence[OrderLine], shares: Mapping[str, Minor], currency: str
) -> tuple[OrderDiscount, ...]:
    """The discounts of an order whose `lines` are still without them.

    `discount` is an amount (with `discount_minimum`, and `shares` from the lines where the source gives them), or a
    JSON list of `{"discount_id", "amount", "minimum", "shares": {line_no: amount}}`.

    Raises:
        BadCell: if one cannot be read, or its shares do not fit it.
    """
    value = cells.get("discount", "").strip()
    if value.startswith("["):
        entries = json_list("discount", value)
        if len(entries) > MAX_DISCOUNTS:
            raise BadCell(
                "discount", f"has {len(entries)} discounts: at most {MAX_DISCOUNTS} are possible"
            )
        found = tuple(_entry(tree, i, lines, currency) for i, tree in enumerate(entries, 1))
        if len({discount.discount_id for discount in found}) != len(found):
            raise BadCell("discount", "names a discount_id twice")
        return tuple(discount for discount in found if discount.amount)
    whole = amount(cells, "discount", currency) or 0
    if not whole and not sum(shares.values()):
        return ()
    minimum = amount(cells, "discount_minimum", currency)
    return (_discount("discount", whole, minimum, lines, shares),)


def apply_discounts(
    lines: Sequence[OrderLine], discounts: Sequence[OrderDiscount]
) -> tuple[OrderLine, ...]:
    """The lines with what was really paid for each.

    Raises:
        BadCell: if a line's share is more than its gross, or leaves less than its tax.
    """
    off: dict[str, Minor] = {}
    for discount in discounts:
        for share in discount.shares:
            off[share.line_id] = off.get(share.line_id, 0) + share.amount
    return tuple(_lowered(line, off.get(line.line_id, 0)) for line in lines)


def _lowered(line: OrderLine, share: Minor) -> OrderLine:
    if not share:
        return line
    try:
        return replace(line, gross=line.gross - share)
    except ValueError as error:
        raise BadCell(
            "discount",
            f"line {line.line_id} carries more of it than its gross, less its tax and refunds, allows",
        ) from error


def _entry(tree: Any, index: int, lines: Sequence[OrderLine], currency: str) -> OrderDiscount:
    if not isinstance(tree, dict) or not isinstance(tree.get("amount"), str):
        raise BadCell("discount", 'expected entries like {"discount_id": "X", "amount": "5.00"}')
    minimum = tree.get("minimum")
    shares = tree.get("shares") or {}
    texts = [
        tree.get("discount_id") or "",
        minimum or "",
        *(shares.values() if isinstance(shares, dict) else [0]),
    ]
    if not all(isinstance(value, str) for value in texts):
        raise BadCell("discount", "discount_id, minimum and shares have to be texts and numbers")
    return _discount(
        clean(texts[0])[:80] or str(index),
        minor("discount", tree["amount"], currency),
        minor("discount", minimum, currency) if minimum else None,
        lines,
        {clean(line_id): minor("discount", share, currency) for line_id, share in shares.items()},
    )


def _discount(
    discount_id: str,
    whole: Minor,
    minimum: Minor | None,
    lines: Sequence[OrderLine],
    shares: Mapping[str, Minor],
) -> OrderDiscount:
    if not shares:
        parts = spread(whole, [line.gross for line in lines])
        shares = {line.line_id: part for line, part in zip(lines, parts, strict=True)}
    elif unknown := set(shares) - {line.line_id for line in lines}:
        raise BadCell("discount", f"has a share for line {min(unknown)[:40]}, which is not there")
    try:
        return OrderDiscount(
            discount_id=discount_id,
            amount=whole,
            minimum=minimum,
            shares=tuple(DiscountShare(line_id, part) for line_id, part in shares.items() if part),
        )
    except ValueError as error:
        raise BadCell("discount", "the shares of its lines do not add up to it") from error
