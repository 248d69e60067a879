"""Put a return of a typed order onto the real order, once that is known. Nothing is guessed.

The number has to be equal. An item is the one line of the order with its SKU; where several lines have it, the one with
as many units as were said to be bought. What stays unclear, or belongs to somebody else, is for a person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from rma.expiry import SERVER
from rma.order import Customer, Order, OrderLine
from rma.policy import Rule
from rma.record import RmaRecord, step
from rma.request import Contact, LineRequest
from rma.states import RmaCommand
from rma.typed_order import TypedLine, TypedOrder, same_text, typed_order_id
from rma.verdict import Finding, Observed, Verdict
from rma.wording import _, mark


@dataclass(frozen=True, slots=True)
class Unclear:
    """Why a return cannot be put onto an order: one sentence for the supervisor."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Mapped:
    """A return on its real order, before it is judged anew and holds anything."""

    record: RmaRecord
    same_customer: bool
    """Whether the caller is known to be the order's customer; else a person decides."""


def order_of(record: RmaRecord, orders: Sequence[Order]) -> Order | Unclear | None:
    """The order that a return was typed for, of those that are known; None where none has its number.

    Shops of several sources may share a number: then it is the customer's, if exactly one is.
    """
    typed = record.request.typed
    assert typed is not None
    named = [order for order in orders if same_text(order.number, typed.number)]
    own = [order for order in named if order.customer_id == record.customer_id]
    if len(own) == 1:
        return own[0]
    if len(named) <= 1:
        return next(iter(named), None)
    said = _("There are {count} orders with number {number}: nobody can tell which one is meant.")
    return Unclear(said.format(count=len(named), number=typed.number))


def put_on_order(
    record: RmaRecord, order: Order, customer: Customer | None, at: datetime
) -> Mapped | Unclear:
    """The return with the lines of the real order, holding nothing yet; or what is unclear about it."""
    typed = record.request.typed
    assert typed is not None
    lines = _lines(record.request.lines, typed, order)
    if isinstance(lines, Unclear):
        return lines
    same = _is_customer(record, order, customer)
    unknown_caller = record.customer_id == typed_order_id(typed.number)
    stepped = step(record, RmaCommand.MATCH, SERVER, "", at, "")
    return Mapped(
        replace(
            stepped,
            order_id=order.order_id,
            order_number=order.number,
            customer_id=order.customer_id if unknown_caller and same else record.customer_id,
            request=replace(
                record.request,
                order_id=order.order_id,
                customer_id=order.customer_id,
                lines=lines,
            ),
            problem=None,
        ),
        same,
    )


def found_finding(record: RmaRecord, order: Order, customer: Customer | None) -> Finding:
    """Why a supervisor looks at a return that was put onto its order: what was told, beside what is true."""
    typed = record.request.typed
    assert typed is not None
    said = _("The order was typed by hand and is known now: a supervisor looks at this return.")
    facts = [Observed(mark("order number"), typed.number)]
    if not _is_customer(record, order, customer):
        said = _(
            "The order belongs to {name}, but the caller was not known as this customer: "
            "a supervisor makes sure before approving."
        ).format(name=customer.name if customer else order.customer_id)
        facts.append(Observed(mark("caller as told"), typed.caller or record.customer_id))
    for wanted in record.request.lines:
        told, line = _told(typed, wanted, order), order.line(wanted.line_id)
        if told is not None and line is not None and told.bought != line.units:
            facts.append(
                Observed(
                    mark("bought"),
                    _("{told} of {item} as told, {units} on the order").format(
                        told=told.bought, item=told.item, units=line.units
                    ),
                )
            )
    if typed.placed is not None and typed.placed != order.placed_at.date():
        days = _("{told} as told, {true} on the order")
        value = days.format(told=typed.placed.isoformat(), true=order.placed_at.date().isoformat())
        facts.append(Observed(mark("placed"), value))
    return Finding(
        rule=Rule.ORDER_NOT_FOUND,
        outcome=Verdict.NEEDS_APPROVAL,
        sentence=said,
        observed=tuple(facts),
    )


def _is_customer(record: RmaRecord, order: Order, customer: Customer | None) -> bool:
    """Whether the caller is known to be the order's customer: chosen as such, or by an equal e-mail or phone."""
    typed = record.request.typed
    if record.customer_id == order.customer_id:
        return True
    if typed is None or record.customer_id != typed_order_id(typed.number) or customer is None:
        return False
    return _same_contact(record.contact, customer)


def _same_contact(told: Contact, customer: Customer) -> bool:
    email, phone = told.email.strip(), _digits(told.phone)
    return bool(email and same_text(email, customer.email)) or bool(
        phone and phone == _digits(customer.phone)
    )


def _digits(phone: str) -> str:
    return "".join(c for c in phone if c.isdecimal())


def _lines(
    wanted: Sequence[LineRequest], typed: TypedOrder, order: Order
) -> tuple[LineRequest, ...] | Unclear:
    mapped: list[LineRequest] = []
    taken: dict[str, str] = {}
    for each in wanted:
        told = typed.line(each.line_id)
        line = _line_of(told, order) if told is not None else None
        if told is None or line is None:
            item = told.item if told is not None else each.line_id
            said = _("“{item}” is not clear on order {number}: no single line has that SKU.")
            return Unclear(said.format(item=item, number=order.number))
        if taken.setdefault(line.line_id, told.line_id) != told.line_id:
            said = _("“{item}” was typed twice, but is one line of order {number}.")
            return Unclear(said.format(item=told.item, number=order.number))
        mapped.append(replace(each, line_id=line.line_id))
    return tuple(mapped)


def _line_of(told: TypedLine, order: Order) -> OrderLine | None:
    names = [name for name in (told.sku, told.item) if name.strip()]
    fits = [
        line
        for line in order.lines
        if line.origin is None and any(same_text(name, line.sku) for name in names)
    ]
    if len(fits) > 1:
        fits = [line for line in fits if line.units == told.bought]
    return fits[0] if len(fits) == 1 else None


def _told(typed: TypedOrder, wanted: LineRequest, order: Order) -> TypedLine | None:
    """The item that became a line of the order."""
    return next(
        (
            told
            for told in typed.lines
            if (line := _line_of(told, order)) is not None and line.line_id == wanted.line_id
        ),
        None,
    )
