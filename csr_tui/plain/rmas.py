"""One RMA read out, and the decisions about it: cancel, approve, decline, extend; what it sends, and its slip."""

from __future__ import annotations

from collections.abc import Callable

from csr_tui.plain.goods import STEP_LABELS, GoodsQuestions
from csr_tui.plain.reading import rma_words
from csr_tui.plain.slips import SlipQuestions
from csr_tui.plain.talk import Back, Option, Talk
from csr_tui.plain.workplace import Workplace
from desk.rmas import RmaView
from rma.errors import RmaError
from rma.numbers import spoken
from rma.states import RmaCommand
from rma.wording import _


class Decisions:
    """Shows RMAs and asks what to do about them."""

    def __init__(self, talk: Talk, place: Workplace) -> None:
        self._talk = talk
        self._place = place
        self._rmas = place.desk.rmas
        self._slips = SlipQuestions(talk, place)
        self._goods = GoodsQuestions(talk, place)

    def open(self, number: str) -> None:
        """Read out an RMA, and ask what to do: decide about it, note a step of what it sends, its slip.

        Raises:
            NotFound: if this desk knows no such RMA.
        """
        view = self._rmas.show(number)
        self._talk.say(*rma_words(view))
        while True:
            doing: list[Option[Callable[[str], RmaView | None] | None]] = [
                Option(None, _("go back"))
            ]
            offered = {
                RmaCommand.APPROVE: (self._approve, _("approve")),
                RmaCommand.DECLINE: (self._decline, _("decline")),
                RmaCommand.CANCEL: (self._cancel, _("cancel the return")),
                RmaCommand.EXTEND: (self._extend, _("extend the return")),
            }
            doing += [Option(*offered[command]) for command in view.commands]
            if view.goods is not None:
                doing.append(Option(self._goods.ask, _(STEP_LABELS[view.goods])))
            doing.append(Option(self._slips.ask, _("return slip"), "slip"))
            decide = self._talk.choose(_("What next"), doing)
            if decide is None:
                return
            try:
                decided = decide(number)
            except Back:
                continue
            except RmaError as error:
                self._talk.say(str(error))
                continue
            if self._place.sync is not None:
                self._place.sync.wake()
            if decided is not None:
                view = decided
                said = _("RMA {number} is {state} now.")
                self._talk.say(said.format(number=spoken(number), state=view.record.state.words))

    def _approve(self, number: str) -> RmaView:
        note = self._talk.ask(_("A note, or Enter for none"))
        return self._rmas.approve(number, note)

    def _cancel(self, number: str) -> RmaView:
        return self._rmas.cancel(number, self._reason(_("Why is it cancelled")))

    def _extend(self, number: str) -> RmaView:
        return self._rmas.extend(number, self._reason(_("Why is it extended")))

    def _decline(self, number: str) -> RmaView | None:
        reason = self._reason(_("Why is it declined: the caller will hear this"))
        if self._talk.sure(_("Decline it? This cannot be undone.")):
            return self._rmas.decline(number, reason)
        self._talk.say(_("Not declined."))
        return None

    def _reason(self, question: str) -> str:
        return reason(self._talk, question)


def reason(talk: Talk, question: str) -> str:
    """A reason, in a few words.

    Raises:
        Back, Quit, AnswersEnded: where that is the answer.
    """

    def wrong(text: str) -> str:
        return "" if text else _("A reason is needed; back leaves everything as it is.")

    return talk.ask(question, wrong=wrong)
