"""What an RMA sends out, in a conversation: the next step of it, after a typed yes."""

from __future__ import annotations

from csr_tui.plain.talk import Talk
from csr_tui.plain.workplace import Workplace
from desk.rmas import RmaView
from rma.outbound import OutboundCommand
from rma.payment import kinds, read_payment, wrong_payment
from rma.typed_draft import read_day
from rma.wording import _, mark
from screens.formats import money

STEP_LABELS = {
    OutboundCommand.PAY: mark("note that the price difference was paid"),
    OutboundCommand.SHIP: mark("note that the item was sent on"),
    OutboundCommand.DELIVER: mark("note that the item was delivered"),
}
"""Each step as a choice; said through `_`."""


class GoodsQuestions:
    """Asks for what belongs to the next step, then for a yes: none of them can be taken back."""

    def __init__(self, talk: Talk, place: Workplace) -> None:
        self._talk = talk
        self._rmas = place.desk.rmas

    def ask(self, number: str) -> RmaView | None:
        """Take the next step of what the RMA sends out; None where the answer was no."""
        view = self._rmas.show(number)
        step = view.goods
        assert step is not None
        note, payment, on = "", None, None
        if step is OutboundCommand.PAY:
            owed = view.record.quote.owed if view.record.quote else 0
            amount = money(owed, view.record.currency)
            question = _("How were the {amount} paid: {kinds}")
            paid = question.format(amount=amount, kinds=kinds())
            payment = read_payment(self._talk.ask(paid, wrong=wrong_payment), owed)
        elif step is OutboundCommand.SHIP:
            note = self._talk.ask(_("Carrier and tracking number, or Enter for none"))
        else:
            on = read_day(self._talk.ask(_("Delivered on, or Enter for today"), wrong=_wrong_day))
        if not self._talk.sure(_("Note it? This cannot be undone.")):
            self._talk.say(_("Nothing was noted."))
            return None
        return self._rmas.dispatch(number, step, note, payment, on)


def _wrong_day(text: str) -> str:
    if not text or read_day(text):
        return ""
    return _("This is no day: 2026-11-03 or 3.11.2026.")
