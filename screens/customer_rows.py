"""The rows of the customer screen: orders with their lines, and past returns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from rich.cells import cell_len
from rich.text import Text

from desk.customers import ORDER_LIMIT, CustomerView, LineView, OrderView
from desk.standing import Standing
from rma.call import Call
from rma.numbers import spoken
from rma.order import LineKind
from rma.policy import Rule
from rma.record import RmaRecord
from rma.wording import _, words
from screens.formats import amount, date, minute, money
from screens.lookup_rows import state_style, total
from screens.money_words import MARKS
from screens.refusal_rows import refusal_row
from screens.widgets.row_list import BLANK, Row, heading, note
from screens.widgets.safe_text import pad, plain

WIDE = 100
"""Cells from which rows show more columns."""
_ROOM_FOR_DAY = 63
"""Cells from which an order's row has its day: the amount comes first."""


@dataclass(frozen=True, slots=True)
class OrderKey:
    """An order's row."""

    order_id: str


@dataclass(frozen=True, slots=True)
class LineKey:
    """An order line's row."""

    order_id: str
    line_id: str
    holder: str = field(default="", compare=False)
    """The first RMA that holds some of it."""


@dataclass(frozen=True, slots=True)
class RecordKey:
    """A past return's row."""

    number: str


@dataclass(frozen=True, slots=True)
class ContactKey:
    """The row of a call with a note."""

    call_id: str
    number: str = field(default="", compare=False)
    """The return that it was about."""
    note: str = field(default="", compare=False)


def order_rows(view: CustomerView, said: Callable[[str], str]) -> list[Row]:
    """Orders, newest first, each with its lines; `said` puts the user's keys into a sentence."""
    if not view.orders:
        return [
            heading(_("orders")),
            note(said(_("No order is known here. Press F5 to sync,"))),
            note(said(_("or look up the order number with F2."))),
            note(_("T types an order by hand that is not here.")),
        ]
    rows: list[Row] = []
    left = max((cell_len(_left(line)) for each in view.orders for line in each.lines), default=0)
    for each in view.orders:
        if rows:
            rows.append(BLANK)
        rows.append(_order_row(each))
        rows.extend(_line_row(each, line, left) for line in each.lines)
    if len(view.orders) >= ORDER_LIMIT:
        more = _("The newest {count} orders. Older ones: F2 and their number.")
        rows += [BLANK, note(said(more.format(count=ORDER_LIMIT)))]
    return rows


def record_rows(view: CustomerView, contacts: tuple[Call, ...]) -> list[Row]:
    """Past returns, what was refused, and past contacts, each newest first."""
    rows = [heading(_("returns"))]
    none = _("None yet. R on an order or a line starts one.") if view.orders else _("None yet.")
    rows += [_record_row(record) for record in view.records] or [note(none)]
    if view.refusals:
        rows += [heading(_("refused")), *map(refusal_row, view.refusals)]
    if contacts:
        rows += [heading(_("past contacts")), *(_contact_row(call) for call in contacts)]
    return rows


def _order_row(view: OrderView) -> Row:
    order = view.order
    paid = sum(line.gross for line in order.lines) + sum(c.gross for c in order.charges)
    total_paid = money(paid, order.currency)
    left = _("nothing returnable")
    if view.returnable:
        left = _("{count} returnable").format(count=view.returnable)

    def draw(width: int) -> Text:
        number = _("Order {number}").format(number=plain(order.number))
        day = f"{date(order.placed_at)}  " if width >= _ROOM_FOR_DAY else ""
        text = Text.assemble((pad(number, max(14, width - len(day) - 19 - 18)), "row-list--strong"))
        text.append(day, "row-list--muted")
        text.append(pad(left, 19), "row-list--good" if view.returnable else "row-list--muted")
        text.append(pad(total_paid, 18, right=True), "row-list--strong")
        return text

    return Row(OrderKey(order.order_id), draw)


def _line_row(of: OrderView, view: LineView, left_cells: int) -> Row:
    order, line = of.order, view.line
    holder = view.holders[0] if view.holders else ""
    gross = amount(line.gross, order.currency)
    left = _left(view)
    arrived = _("arrived not yet")
    if line.delivered_at:
        arrived = _("arrived {day}").format(day=date(line.delivered_at))

    def draw(width: int) -> Text:
        name, returnable, extra = _columns(width, left_cells)
        style = "" if view.may_come_back else "row-list--muted"
        text = Text.assemble(
            (pad(str(line.units), 4, right=True) + " × ", "row-list--muted"),
            (pad(plain(line.name or line.sku), name), style),
            " ",
        )
        if extra:
            text.append(pad(plain(line.sku), 12) + " ", "row-list--muted")
            text.append(pad(arrived, 18) + " ", "row-list--muted")
        text.append(pad(left, returnable) + " ", style)
        text.append(pad(gross, 13, right=True) + "    ", style)
        return text

    return Row(LineKey(order.order_id, line.line_id, holder), draw)


def _columns(width: int, left: int) -> tuple[int, int, int]:
    """Cells of a line's name, of what may come back, and of what only a wide row has (SKU, arrival)."""
    extra = 32 if width >= WIDE else 0
    room = width - 8 - 1 - 17 - extra
    left = max(0, min(left, room - 8))
    return max(8, room - left), left, extra


def _left(view: LineView) -> str:
    """What of a line may still come back, with its mark, and who holds the rest."""
    line = view.line
    if line.kind is not LineKind.GOODS:
        return _("{kind}: cannot come back").format(kind=words(line.kind))
    more = f" +{len(view.holders) - 1}" if len(view.holders) > 1 else ""
    held = ""
    if view.holders:
        held = _("on {number}").format(number=spoken(view.holders[0]) + more)
    if not view.returnable:
        if line.delivered == 0:
            return _("not delivered")
        return _("none · {held}").format(held=held) if held else _("none · came back before")
    stands = view.standing
    mark = f"{MARKS[stands.verdict][0]} " if stands else ""
    if stands is not None and stands.because is not None:
        return mark + _against(stands)
    text = "1"
    if line.delivered > 1:
        text = _("{count} of {delivered}").format(count=view.returnable, delivered=line.delivered)
    said = _("{count} · rest {held}") if held else _("{count} returnable")
    return mark + said.format(count=text, held=held)


def _against(stands: Standing) -> str:
    """What speaks against a return, in 30 cells."""
    if stands.because is Rule.WINDOW and stands.last_day is not None and not stands.if_faulty:
        return _("too late since {day}").format(day=date(stands.last_day))
    said = {
        Rule.WINDOW: _("too late"),
        Rule.FINAL_SALE: _("final sale"),
        Rule.AGENT_RETURN: _("by the customer only"),
    }.get(stands.because or Rule.POLICY, _("no policy covers it"))
    return _("{refusal}, unless faulty").format(refusal=said) if stands.if_faulty else said


def _record_row(record: RmaRecord) -> Row:
    what = ", ".join(f"{line.quantity} × {plain(line.name or line.sku)}" for line in record.lines)

    def draw(width: int) -> Text:
        goods = max(0, width - 15 - 16 - 12 - 15)
        return Text.assemble(
            (pad(spoken(record.number), 15), "row-list--strong"),
            (pad(record.state.words, 16), state_style(record.state)),
            (pad(date(record.finalized_at), 12), "row-list--muted"),
            pad(what, goods),
            pad(total(record), 15, right=True),
        )

    return Row(RecordKey(record.number), draw)


def _contact_row(call: Call) -> Row:
    length = call.length
    lasted = ""
    if length is not None:
        lasted = _("{count} min").format(count=max(1, round(length.total_seconds() / 60)))
    about = _("on {number}").format(number=spoken(call.number)) if call.number else ""

    def draw(width: int) -> Text:
        said = max(0, width - 18 - 8 - len(about) - (2 if about else 0))
        return Text.assemble(
            (pad(minute(call.started_at), 18), "row-list--muted"),
            (pad(lasted, 8), "row-list--muted"),
            pad(plain(call.note), said),
            (f"  {about}" if about else "", "row-list--muted"),
        )

    return Row(ContactKey(call.call_id, call.number, call.note), draw)
