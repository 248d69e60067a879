"""Returns and RMAs as sentences to be read out: the same words as on the screens, without marks and columns."""

from __future__ import annotations

from collections.abc import Iterator

from desk.customers import LineView
from desk.rmas import RmaView
from rma.expiry import last_day
from rma.numbers import digit_by_digit, spoken
from rma.order import Order
from rma.quote import Quote
from rma.record import RmaRecord
from rma.states import RmaState
from rma.typed_case import no_amount
from rma.verdict import Verdict
from rma.wording import _, day, inside, words
from screens.formats import amount, minute, phone
from screens.money_words import MARKS, MoneyRow, payout_rows, quote_rows, sentences, total_row
from screens.outbound_words import difference, items, step_words, where_it_is
from screens.return_panel import ReturnPanel
from screens.rma_told import what_to_say
from screens.typed_words import typed_words, why_no_units
from screens.values import channels, return_types


def verdict_words(verdict: Verdict) -> str:
    """`needs approval`."""
    return _(MARKS[verdict][1])


def line_words(view: LineView, currency: str) -> str:
    """A line of an order: what it is, what was paid, what is left of it."""
    line = view.line
    name = line.name.strip() or line.sku
    if not line.returnable_kind:
        left = _("cannot come back")
    elif line.delivered == 0:
        left = _("not delivered yet")
    else:
        left = _("{count} of {delivered} returnable").format(
            count=view.returnable, delivered=line.delivered
        )
    if view.holders:
        left += _(", on return {number}").format(number=" and ".join(map(spoken, view.holders)))
    paid = amount(line.gross, currency)
    return f"{line.units} x {name}, {line.sku}, {paid}, {left}"


def check_words(panel: ReturnPanel) -> Iterator[str]:
    """Verdict, sentences for the caller and money of a draft as the rules saw it last."""
    view = panel.view
    if view is None:
        return
    for key in panel.on_return:
        panel.key = key
        line = panel.assessed
        if line is None:
            continue
        head = f"{panel.typed.quantity.strip()} x {panel.line.name.strip() or panel.line.sku}"
        yield f"{head}: {verdict_words(line.verdict)}."
        yield from (_("Tell the caller: {text}").format(text=t) for __, t in sentences(line, view))
    if view.assessment.quote is not None:
        yield from money_words(view.assessment.quote, view.order)
    if view.assessment.order_unknown:
        yield no_amount()
    for missing in view.missing:
        yield _("Still open: {text}").format(text=missing.sentence)


def money_words(quote: Quote, order: Order | None) -> Iterator[str]:
    """Each component, the total, and where the money goes."""
    rows: list[MoneyRow] = quote_rows(quote)
    for row in (*rows, total_row(quote), *payout_rows(quote, order)):
        label = row.label.lower() if row.label.isupper() else row.label
        yield f"{label[:1].upper()}{label[1:]}: {row.amount}."


def number_words(record: RmaRecord) -> Iterator[str]:
    """A number that was just given: as it is told, digit by digit, and what goes with it."""
    number = spoken(record.number)
    yield _("RMA number: {number}").format(number=number)
    yield _("Digit by digit: {digits}").format(digits=digit_by_digit(record.number))
    yield _("State: {state}. The number is final.").format(state=record.state.words)
    yield from what_to_say(record)


def rma_words(view: RmaView) -> Iterator[str]:
    """Everything about one RMA."""
    record = view.record
    sent = _(" It waits to be sent.") if view.pending else ""
    yield (
        _("RMA {number}: {state}.").format(number=spoken(record.number), state=record.state.words)
        + sent
    )
    customer = view.customer.name if view.customer else record.customer_id
    contact = ", ".join(p for p in (record.contact.email, phone(record.contact.phone)) if p)
    yield _("Customer {name}, {contact}.").format(name=customer, contact=contact or _("no contact"))
    kind = return_types().meaning(record.return_type) or record.return_type
    channel = channels().meaning(record.channel) or record.channel
    yield _("Order {number}. {kind}, by {channel}.").format(
        number=record.order_number, kind=kind, channel=inside(channel)
    )
    if typed := typed_words(record):
        yield _("Typed by hand: {what}.").format(what=typed.replace(" · ", ", "))
    yield _("Made {when} by {author}.").format(
        when=minute(record.finalized_at), author=record.author
    )
    until = last_day(record)
    if until is not None and record.state in (
        RmaState.AUTHORIZED,
        RmaState.IN_TRANSIT,
        RmaState.NEEDS_APPROVAL,
    ):
        yield _("Good until {day}.").format(day=day(until))
    elif until is not None and record.state is RmaState.EXPIRED:
        yield _("It was good until {day}.").format(day=day(until))
    yield from _problem_words(record)
    yield from _line_words(record)
    yield from _goods_words(record)
    if record.quote is not None:
        yield from money_words(record.quote, view.order)
    elif record.request.waits_for_order:
        yield no_amount()
    for entry in record.history:
        told = f" “{entry.note}”" if entry.note else ""
        command, after = words(entry.command), entry.after.words
        yield f"{minute(entry.at)}, {entry.actor}: {command}, {after}.{told}"


def _problem_words(record: RmaRecord) -> Iterator[str]:
    if record.problem is not None:
        yield _("Problem: {what} {remedy}").format(
            what=record.problem.detail, remedy=record.problem.remedy
        )
        if record.problem.other_number:
            yield _("The units are on return {number}.").format(
                number=spoken(record.problem.other_number)
            )
    if not record.holding:
        yield _("Units: {why}.").format(why=why_no_units(record))


def _goods_words(record: RmaRecord) -> Iterator[str]:
    """What is sent out, where it is, and the price difference."""
    for item in items(record):
        yield _("Sent out: {item}, {where}.").format(item=item, where=where_it_is(record))
    if record.outbound is not None:
        yield _("Price difference: {amount}.").format(amount=difference(record))
        for entry in record.outbound.history:
            told = f" “{entry.note}”" if entry.note else ""
            yield f"{minute(entry.at)}, {entry.actor}: {step_words(entry)}.{told}"


def _line_words(record: RmaRecord) -> Iterator[str]:
    for line in record.lines:
        what = (
            line.reason_path or line.reason,
            words(line.condition),
            words(line.resolution),
            *(_("serial {serial}").format(serial=serial) for serial in line.serials),
        )
        name = line.name or line.sku
        yield f"{line.quantity} x {name}, {', '.join(what)}: {verdict_words(line.verdict)}."
        if line.note:
            yield _("Note: {text}").format(text=line.note)
        yield from (finding.sentence for finding in line.findings)
    yield from (finding.sentence for finding in record.findings)
