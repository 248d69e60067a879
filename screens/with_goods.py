"""What a person does about the goods that an RMA sends out: take the price difference, ship, note the delivery."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from datetime import date

from desk.rmas import Rmas, RmaView
from desk.slips import Slips
from rma.numbers import spoken
from rma.outbound import OutboundCommand, Payment
from rma.payment import kinds, read_payment, wrong_payment
from rma.typed_draft import read_day
from rma.wording import _
from screens.ask import AskText, ConfirmTyped
from screens.formats import money
from screens.outbound_words import items
from screens.with_slip import WithSlip


class WithGoods(WithSlip):
    """A screen about one RMA: `g` takes the next step of what it sends out."""

    def __init__(self, rmas: Rmas, slips: Slips, number: str) -> None:
        super().__init__(slips, number)
        self._rmas = rmas
        self._view: RmaView | None = None

    @abstractmethod
    def shows(self, view: RmaView) -> None:
        """Show the RMA as it is now."""

    def action_goods(self) -> None:
        """Ask for what belongs to the step, then for a typed `y`: none of them can be taken back."""
        assert self._view is not None
        asked = {
            OutboundCommand.PAY: self._ask_payment,
            OutboundCommand.SHIP: self._ask_parcel,
            OutboundCommand.DELIVER: self._ask_day,
        }
        if self._view.goods in asked:
            asked[self._view.goods]()

    def _ask_payment(self) -> None:
        owed = self._owed
        dialog = AskText(
            _("How were the {amount} of {number} paid?").format(
                amount=owed, number=spoken(self._number)
            ),
            _("One of: {kinds}. The last digits may follow.").format(kinds=kinds()),
            needed=_("Say how it was paid: {kinds}.").format(kinds=kinds()),
            rule=wrong_payment,
            longest=60,
        )

        def paid(text: str | None) -> None:
            if text is not None:
                payment = read_payment(text, self._owed_minor)
                self._confirm(
                    _("Note that {amount} were paid by {how}?").format(amount=owed, how=text),
                    OutboundCommand.PAY,
                    _("Noted as paid. It reaches the central API with the next sync."),
                    payment=payment,
                )

        self.open_dialog(dialog, paid)

    def _ask_parcel(self) -> None:
        dialog = AskText(
            _("Carrier and tracking number of what goes out for {number}").format(
                number=spoken(self._number)
            ),
            " · ".join([*self._items, _("Enter alone leaves it open.")]),
        )

        def shipped(parcel: str | None) -> None:
            if parcel is not None:
                self._confirm(
                    _("Note that it was sent on today?"),
                    OutboundCommand.SHIP,
                    _("Noted as sent on. It reaches the central API with the next sync."),
                    note=parcel,
                )

        self.open_dialog(dialog, shipped)

    def _ask_day(self) -> None:
        dialog = AskText(
            _("When was it delivered?"),
            _("A day like 2026-11-03 or 3.11.2026; Enter alone is today."),
            rule=_wrong_day,
            longest=10,
        )

        def delivered(day: str | None) -> None:
            if day is not None:
                self._confirm(
                    _("Note that it was delivered?"),
                    OutboundCommand.DELIVER,
                    _("Noted as delivered. It reaches the central API with the next sync."),
                    on=read_day(day),
                )

        self.open_dialog(dialog, delivered)

    def _confirm(
        self,
        question: str,
        command: OutboundCommand,
        done: str,
        *,
        note: str = "",
        payment: Payment | None = None,
        on: date | None = None,
    ) -> None:
        async def sure(yes: bool | None) -> None:
            if not yes:
                self.show_message(_("Nothing was noted."))
                return
            with self.reporting():
                view = await asyncio.to_thread(
                    self._rmas.dispatch, self._number, command, note, payment, on
                )
                self.shows(view)
                self.show_message(done, "success")

        cannot = _("This cannot be undone; the return can then not be cancelled any more.")
        if command is OutboundCommand.PAY:
            cannot = _("This cannot be undone; where the return ends, it is to be given back.")
        self.open_dialog(ConfirmTyped(question, cannot), sure)

    @property
    def _owed_minor(self) -> int:
        quote = self._view.record.quote if self._view else None
        return quote.owed if quote else 0

    @property
    def _owed(self) -> str:
        assert self._view is not None
        return money(self._owed_minor, self._view.record.currency)

    @property
    def _items(self) -> list[str]:
        return items(self._view.record) if self._view else []


def _wrong_day(text: str) -> str:
    return "" if read_day(text) else _("This is no day: 2026-11-03 or 3.11.2026.")
