"""One return as an interview: each answer is kept at once, `back` asks the one before again, and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable

from csr_tui.plain.fields import FieldQuestions
from csr_tui.plain.keeper import DraftKeeper
from csr_tui.plain.questions import MORE_LINES, already_answered, changeable, next_question
from csr_tui.plain.reading import check_words, number_words
from csr_tui.plain.talk import AnswersEnded, Back, Option, Quit, Talk
from csr_tui.plain.workplace import Workplace
from rma.errors import RmaError
from rma.record import RmaRecord
from rma.said import says_something
from rma.wording import _, inside
from screens.formats import phone
from screens.refusal_words import can_be_refused
from screens.return_marks import Mark
from screens.values import channels, return_types


class _Left(Exception):
    """The interview is over without a number."""


class ReturnInterview:
    """One draft and the conversation about it."""

    def __init__(
        self, talk: Talk, place: Workplace, *, order_id: str = "", draft_id: str = ""
    ) -> None:
        """A new return of an order, or a draft to go on with.

        Raises:
            NotFound: if the order, its customer or the draft is not known here.
            NotReady: before the first sync.
        """
        self._talk = talk
        self._keeper = DraftKeeper(talk, place, order_id=order_id, draft_id=draft_id)
        self._panel = self._keeper.panel
        self._fields = FieldQuestions(talk, self._keeper)
        self._answered = already_answered(self._panel)
        self._trail: list[Mark] = []
        """What was answered in this conversation, for `back`."""
        self._again: Mark | None = None
        """What is asked next, whatever else is open."""

    def run(self) -> RmaRecord | None:
        """Ask until there is a number, or the draft is left; gives the RMA.

        Raises:
            Quit, AnswersEnded: where that is the answer; the draft is kept.
        """
        view = self._panel.view
        assert view is not None
        title = _("Return of order {number}, {name}.")
        self._talk.say(title.format(number=view.order.number, name=view.customer.name))
        self._keeper.judge()
        try:
            while True:
                try:
                    made = self._step()
                except Back:
                    self._step_back()
                    continue
                if made is not None:
                    self._talk.say(*number_words(made))
                    return made
        except _Left:
            return None
        except (Quit, AnswersEnded):
            self._talk.say(self._keeper.kept_words())
            raise

    def _step(self) -> RmaRecord | None:
        asked = self._again or next_question(self._panel, self._answered)
        if asked is None:
            return self._check()
        self._put(asked)
        self._again = None
        return None

    def _put(self, asked: Mark) -> None:
        answered = self._fields.put(asked)
        self._answered.add(answered)
        self._trail.append(answered)

    def _step_back(self) -> None:
        if not self._trail:
            self._leave()
        self._again = self._trail.pop()
        self._answered.discard(self._again)

    # --- the end

    def _check(self) -> RmaRecord | None:
        """Read out what the rules say, and ask what to do."""
        self._talk.say(self._summary(), *check_words(self._panel))
        doing: list[Option[Callable[[], RmaRecord | None]]] = [
            Option(self._finalize, _("give the number")),
            Option(self._change, _("change an answer")),
            Option(self._add_line, _("add a line")),
            Option(self._leave, _("keep it as a draft, and go back")),
            Option(self._throw_away, _("throw it away")),
        ]
        if can_be_refused(self._panel.view):
            doing.append(Option(self._refuse, _("keep it as refused")))
        action = self._talk.choose(_("What next"), doing)
        try:
            return action()
        except Back:
            return None

    def _summary(self) -> str:
        draft = self._panel.draft
        email, number = self._panel.text("email"), phone(self._panel.text("phone"))
        contact = ", ".join(part for part in (email, number) if part)
        return _("{kind}, by {channel}. Contact: {contact}.").format(
            kind=return_types().meaning(draft.return_type) or draft.return_type,
            channel=inside(channels().meaning(draft.channel) or draft.channel),
            contact=contact or _("none"),
        )

    def _finalize(self) -> RmaRecord | None:
        try:
            made = self._keeper.finalize()
        except RmaError as error:
            self._talk.say(str(error))
            return None
        if isinstance(made, RmaRecord):
            return made
        self._talk.say(_("Not yet:"), *dict.fromkeys(self._panel.marks.values()))
        self._again = made
        return None

    def _change(self) -> None:
        options = [Option(a, self._fields.answer_words(a)) for a in changeable(self._panel)]
        self._put(self._talk.choose(_("Which answer"), options))

    def _add_line(self) -> None:
        self._answered.discard((MORE_LINES, None))
        if next_question(self._panel, self._answered) is None:
            self._answered.add((MORE_LINES, None))
            self._talk.say(_("No other line of this order can come back."))

    def _leave(self) -> None:
        self._talk.say(self._keeper.kept_words())
        raise _Left

    def _refuse(self) -> None:
        told = self._talk.ask(_("What was the caller told"), wrong=_wordless)
        try:
            self._keeper.refuse(told)
        except RmaError as error:
            self._talk.say(str(error))
            return
        self._talk.say(_("Kept as refused: the customer's history shows it."))
        raise _Left

    def _throw_away(self) -> None:
        if self._talk.sure(_("Throw this return away? What was typed is gone then.")):
            self._keeper.discard()
            self._talk.say(_("The draft is thrown away."))
            raise _Left


def _wordless(text: str) -> str:
    return "" if says_something(text) else _("Say it in a few words.")
