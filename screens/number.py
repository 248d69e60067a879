"""The number of a return that was just made: large, to be read out, with what to tell the caller."""

from __future__ import annotations

import asyncio
import math

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from desk.rmas import Rmas, RmaView
from desk.slips import Slips
from rma.numbers import digit_by_digit, spoken
from rma.record import RmaRecord
from rma.states import RmaState
from rma.typed_case import no_amount
from rma.wording import _, mark
from screens.background import start
from screens.big_digits import big_digits
from screens.money_words import payout_rows, quote_rows, total_row
from screens.navigation import About, NextCall, OpenRma
from screens.reading import is_read
from screens.return_money import money_line
from screens.rma_told import what_to_say
from screens.rma_words import state_words
from screens.widgets.safe_text import plain
from screens.widgets.sheet import Sheet
from screens.with_slip import WithSlip

_BIG_FROM = (76, 20)
"""Columns and rows of the terminal from which the number is drawn large."""
_MONEY_WIDTH = 36


class NumberScreen(WithSlip):
    """The RMA number, final from now on. Enter takes the next call, F3 goes back, `o` opens the RMA, `p` its slip."""

    NAME = "number"
    HEADING = mark("Return made")
    CSS_PATH = "number.tcss"
    takes_keys_from = math.inf
    """A key that was typed before the number was seen does not take it away."""

    def __init__(self, rmas: Rmas, slips: Slips, record: RmaRecord) -> None:
        super().__init__(slips, record.number)
        self._rmas = rmas
        self._record = record
        self._view: RmaView | None = None

    def compose_body(self) -> ComposeResult:
        """Number, state, what to say, money, where it is."""
        with Sheet(id="number"):
            yield Static(id="digits")
            yield Static(id="state")
            yield Static(id="sent")
            with Horizontal(id="told"):
                yield Static(id="say")
                yield Static(id="money")

    def on_mount(self) -> None:
        """Show it at once; whether it is sent is read behind."""
        self.call_after_refresh(self._shown)
        record = self._record
        order = _("order {number}").format(number=record.order_number)
        by = _("by {person}").format(person=record.author)
        heading = _("Return edited") if record.superseded else _(self.HEADING)
        self.set_heading(f"{heading} · {order}", by)
        self.query_one("#number").focus()
        self._draw()
        self.refresh_data()

    def _shown(self) -> None:
        """It is on the screen: from now on a key may take it away."""
        self.takes_keys_from = Message().time

    def on_resize(self) -> None:
        """Large where there is room."""
        self._draw()

    def desk_changed(self) -> None:
        """A sync ended: it may be sent now."""
        self.refresh_data()

    def refresh_data(self) -> None:
        """Read again whether the server has it."""
        start(self, self._read, name="number", exclusive=True)

    async def _read(self) -> None:
        with self.reporting():
            view = self._view = await asyncio.to_thread(self._rmas.show, self._record.number)
            name = view.customer.name if view.customer else view.record.customer_id
            self.show_about(About(view.record.customer_id, name, number=view.record.number))
            self._draw()

    def action_next_call(self) -> None:
        """Go to the empty search box."""
        self.post_message(NextCall())

    async def action_open(self) -> None:
        """Open the RMA."""
        self.post_message(OpenRma(self._record.number))

    def _draw(self) -> None:
        record = self._view.record if self._view else self._record
        number = spoken(record.number)
        state = Content.assemble(
            (_("RMA {number}").format(number=number), "bold $primary"),
            "   ",
            state_words(record.state),
        )
        self.query_one("#state", Static).update(state)
        first = "bold $text-warning" if record.state is RmaState.NEEDS_APPROVAL else ""
        said = [
            Content.styled(plain(text), first * (at == 0))
            for at, text in enumerate(what_to_say(record))
        ]
        self.query_one("#say", Static).update(Content("\n").join(said))
        self.query_one("#money", Static).update(self._money(record))
        self.query_one("#sent", Static).update(self._sent())
        drawn = [*big_digits(number), ""] if self._is_large else []
        if is_read(self):
            drawn = [digit_by_digit(record.number), ""]
        self.query_one("#digits", Static).update(Content.styled("\n".join(drawn), "bold $primary"))

    @property
    def _is_large(self) -> bool:
        """Whether the terminal has room for the number; what then stands below the last row can be scrolled to."""
        columns, rows = self.app.size
        return columns >= _BIG_FROM[0] and rows >= _BIG_FROM[1]

    def _money(self, record: RmaRecord) -> Content:
        quote = record.quote
        if quote is None:
            return Content(no_amount() if record.request.waits_for_order else "")
        order = self._view.order if self._view else None
        rows = quote_rows(quote)
        lines = [money_line(row, _MONEY_WIDTH, 4) for row in rows]
        lines.append(money_line(total_row(quote), _MONEY_WIDTH))
        lines += [money_line(row, _MONEY_WIDTH, 4) for row in payout_rows(quote, order)]
        return Content("\n").join(lines)

    def _sent(self) -> Content:
        if self._view is None:
            return Content("")
        if self._view.pending:
            said = _("Queued: it is sent as soon as the central API answers. The number is final.")
        else:
            said = _("Sent: the central API has it. The number is final.")
        return Content.styled(said, "$text-muted")
