"""The return slip: what the customer gets in writing about an RMA, as rows that a text and a PDF are made of.

Everything on it stands in the record, so that the same RMA gives the same slip, on every desk and at any time. Notes
of the desk are not on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rma.calendar import local_day
from rma.expiry import last_day
from rma.harmless import harmless
from rma.money import Minor, format_amount
from rma.numbers import spoken
from rma.order import Customer, Order
from rma.policy import FeePayer, RefundTiming
from rma.quote import ComponentKind, Quote, Terms
from rma.quote_words import payout_words, quote_sums
from rma.record import RmaLine, RmaRecord
from rma.states import RmaState
from rma.wording import _, day, money, words

_NAME = 160
"""Characters of a name at most: a paper has an end."""
_SENTENCE = 2000
_SEND = frozenset({RmaState.AUTHORIZED, RmaState.IN_TRANSIT})
"""States in which the customer may send the goods."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipRow:
    """One row: a sentence, a fact with its label, or an amount that stands at the right end."""

    text: str
    label: str = ""
    amount: str = ""
    strong: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipPart:
    """Rows that belong together."""

    heading: str
    rows: tuple[SlipRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """A return slip, in the words of the desk that made it."""

    number: str
    """Eleven digits, for the code that is scanned."""
    title: str
    shop: str
    """Empty where the policy names none."""
    notice: str
    """What has to be read first; empty where there is nothing to wait for."""
    parts: tuple[SlipPart, ...]

    @property
    def spoken(self) -> str:
        """The number as it is told: `471 2039 5870`."""
        return spoken(self.number)


def return_slip(record: RmaRecord, order: Order | None, customer: Customer | None) -> Slip:
    """The slip of an RMA as it stands; `order` names the tenders that money goes back to."""
    terms = record.quote.terms if record.quote else Terms()
    parts = (
        (_("Your return"), _facts(record, customer, terms)),
        (_("What comes back"), [row for line in record.lines for row in _line(line)]),
        (_("What we send you"), list(_going_out(record.quote))),
        (_("Money"), list(_money(record.quote, order))),
        (_("What comes next"), [SlipRow(text=text) for text in _next(record, terms)]),
        (_("Where to send it"), _address(record, terms)),
        (_("How to pack it"), _packing(record, terms)),
        (_("What we go by"), _clauses(terms)),
    )
    return Slip(
        number=record.number,
        title=_("Return slip"),
        shop=_cut(terms.shop),
        notice=_notice(record),
        parts=tuple(SlipPart(heading=name, rows=tuple(rows)) for name, rows in parts if rows),
    )


def _facts(record: RmaRecord, customer: Customer | None, terms: Terms) -> list[SlipRow]:
    made = local_day(record.finalized_at, terms.time_zone)
    until = last_day(record)
    facts = [
        (_("RMA number"), spoken(record.number)),
        (_("Customer"), customer.name if customer else record.customer_id),
        (_("Order"), record.order_number),
        (_("Made on"), day(made)),
    ]
    if until is not None and record.state in _SEND:
        facts.append((_("Good until"), day(until)))
    return [SlipRow(label=label, text=_cut(text)) for label, text in facts]


def _line(line: RmaLine) -> Iterator[SlipRow]:
    name = f"{line.quantity} × {line.name or line.sku}"
    yield SlipRow(
        text=_cut(f"{name} ({line.sku})" if line.name and line.sku else name), strong=True
    )
    reason = line.reason_path.rpartition(" > ")[2] or line.reason
    said = [
        _("Reason: {reason}").format(reason=_cut(reason)),
        words(line.condition),
        words(line.resolution),
        *(_("serial {serial}").format(serial=_cut(serial)) for serial in line.serials[:20]),
    ]
    yield SlipRow(text=" · ".join(said))


def _going_out(quote: Quote | None) -> Iterator[SlipRow]:
    if quote is None or quote.outbound is None:
        return
    for line in quote.outbound.lines:
        yield SlipRow(text=_cut(f"{line.units} × {line.name or line.sku}"), strong=True)
    if quote.owed:
        said = _("Please pay {amount}: we send it after that.")
        yield SlipRow(text=said.format(amount=_amount(quote.owed, quote)))
    else:
        yield SlipRow(text=_("There is nothing to pay for it."))


def _money(quote: Quote | None, order: Order | None) -> Iterator[SlipRow]:
    if quote is None:
        return
    for label, minor in quote_sums(quote):
        yield SlipRow(text=_cut(label), amount=_amount(minor, quote))
    if quote.owed:
        yield SlipRow(text=_("To pay"), amount=_amount(quote.owed, quote), strong=True)
        return
    label = _("Estimate") if quote.estimate else _("Total")
    yield SlipRow(text=label, amount=_amount(quote.total, quote), strong=True)
    for share in quote.payouts:
        to = _("to {tender}").format(tender=_cut(payout_words(share, order)))
        yield SlipRow(text=to, amount=_amount(share.amount, quote))
    if quote.estimate:
        yield SlipRow(text=_("The amount is an estimate until we have seen the goods."))


def _notice(record: RmaRecord) -> str:
    if record.state is RmaState.NEEDS_APPROVAL:
        return _("Please wait for our approval before you send anything: we get back to you.")
    if record.state not in _SEND:
        return _("This return is {state}.").format(state=record.state.words)
    return ""


def _next(record: RmaRecord, terms: Terms) -> Iterator[str]:
    if record.state is RmaState.NEEDS_APPROVAL:
        yield _notice(record)
        return
    if record.state not in _SEND:
        return
    if terms.refund_timing is RefundTiming.KEEP_ITEM:
        yield _("Please keep the goods: nothing has to be sent back.")
        return
    yield _("Pack the goods with this slip, and send them to us.")
    until = last_day(record)
    if until is not None:
        yield _("Send them by {day}: the number is good until then.").format(day=day(until))
    if terms.carriers:
        carriers = _(" or ").join(map(_cut, terms.carriers))
        yield _("Send it with {carrier}.").format(carrier=carriers)
    yield from _who_pays(record.quote, terms)
    if record.quote is not None and record.quote.estimate:
        if record.quote.outbound is not None:
            yield _("We look at the goods, then we send you the new item.")
        if record.quote.total:
            yield _("We look at the goods, then we send the money.")


def _who_pays(quote: Quote | None, terms: Terms) -> Iterator[str]:
    fee = -quote.sum_of(ComponentKind.RETURN_SHIPPING) if quote else 0
    if quote is not None and fee:
        said = _("You pay for the return shipping: {amount} is taken off the refund.")
        yield said.format(amount=_amount(fee, quote))
    elif terms.shipping_payer is FeePayer.MERCHANT:
        yield _("We pay for the return shipping.")
    elif terms.shipping_payer is FeePayer.CUSTOMER:
        yield _("You pay for the return shipping.")


def _sends_back(record: RmaRecord, terms: Terms) -> bool:
    return record.state in _SEND and terms.refund_timing is not RefundTiming.KEEP_ITEM


def _address(record: RmaRecord, terms: Terms) -> list[SlipRow]:
    if not _sends_back(record, terms):
        return []
    return [SlipRow(text=_cut(line)) for line in terms.return_address]


def _packing(record: RmaRecord, terms: Terms) -> list[SlipRow]:
    waits = record.state is RmaState.NEEDS_APPROVAL
    keeps = terms.refund_timing is RefundTiming.KEEP_ITEM
    if keeps or not (waits or record.state in _SEND):
        return []
    said = terms.packaging or (_("Write the number on the parcel."),)
    return _sentences(said)


def _clauses(terms: Terms) -> list[SlipRow]:
    rows = _sentences(terms.names)
    rows += [
        SlipRow(label=_cut(clause.clause_id), text=_cut(clause.text, _SENTENCE))
        for clause in terms.clauses
    ]
    return rows


def _sentences(texts: Iterable[str]) -> list[SlipRow]:
    return [SlipRow(text=_cut(text, _SENTENCE)) for text in texts]


def _amount(minor: Minor, quote: Quote) -> str:
    return money(format_amount(minor, quote.currency), quote.currency)


def _cut(text: str, most: int = _NAME) -> str:
    """Text from outside, on one line and of a length that a paper can hold."""
    shown = harmless(text[: most + 1]).strip()
    return shown if len(text) <= most else f"{shown[: most - 1]}…"
