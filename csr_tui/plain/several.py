"""Several returns that wait for a supervisor, approved or declined with one answer; each is a decision of its own."""

from __future__ import annotations

from collections.abc import Sequence

from csr_tui.plain.rmas import reason
from csr_tui.plain.talk import Option, Talk
from csr_tui.plain.workplace import Workplace
from desk.approvals import Decided, Waiting
from rma.numbers import spoken
from rma.wording import _, plural
from screens.approval_words import staying, sums
from screens.values import position


class SeveralDecisions:
    """Asks which, and what about them."""

    def __init__(self, talk: Talk, place: Workplace) -> None:
        self._talk = talk
        self._place = place

    def decide(self, waiting: Sequence[Waiting]) -> None:
        """Ask which of these, then approve or decline them.

        Raises:
            Back, Quit, AnswersEnded: where that is the answer; nothing is decided then.
        """
        chosen = self._which(waiting)
        doing = [Option(True, _("approve")), Option(False, _("decline"))]
        if self._talk.choose(_("What next"), doing):
            self._approve(chosen)
        else:
            self._decline(chosen)

    def _which(self, waiting: Sequence[Waiting]) -> list[Waiting]:
        def places(answer: str) -> list[int | None]:
            if answer.casefold() in ("all", _("all")):
                return list(range(len(waiting)))
            return [position(part, len(waiting)) for part in answer.replace(",", " ").split()]

        def wrong(answer: str) -> str:
            found = places(answer)
            if found and None not in found:
                return ""
            return _("Type numbers from 1 to {last}, or all.").format(last=len(waiting))

        answer = self._talk.ask(
            _("Which ones, as numbers with blanks between, or all"), wrong=wrong
        )
        taken = {place for place in places(answer) if place is not None}
        return [each for place, each in enumerate(waiting) if place in taken]

    def _approve(self, chosen: Sequence[Waiting]) -> None:
        going = [waiting for waiting in chosen if not waiting.not_approved]
        self._talk.say(
            *staying({w.record.number: w.not_approved for w in chosen if w.not_approved})
        )
        if not going:
            return
        self._talk.say(_("They bring {sum}.").format(sum=sums(going)))
        note = self._talk.ask(_("A note, or Enter for none"))
        at_once = [waiting for waiting in going if waiting.pays_at_once]
        said = _("{sum} leave before anything comes back. Approve?").format(sum=sums(at_once))
        if at_once and not self._talk.sure(said):
            self._talk.say(_("Not approved."))
            return
        self._say(self._place.desk.approvals.approve(going, note))

    def _decline(self, chosen: Sequence[Waiting]) -> None:
        going = [waiting for waiting in chosen if not waiting.not_declined]
        self._talk.say(
            *staying({w.record.number: w.not_declined for w in chosen if w.not_declined})
        )
        if not going:
            return
        why = reason(self._talk, _("Why are they declined: the callers will hear this"))
        if not self._talk.sure(_("Decline them? This cannot be undone.")):
            self._talk.say(_("Not declined."))
            return
        self._say(self._place.desk.approvals.decline(going, why))

    def _say(self, results: Sequence[Decided]) -> None:
        stayed = {result.number: result.problem for result in results if result.problem}
        for result in results:
            if not result.problem:
                self._talk.say(_("{number} is decided.").format(number=spoken(result.number)))
        self._talk.say(*staying(stayed))
        decided = len(results) - len(stayed)
        self._talk.say(
            plural("{n} return decided.", "{n} returns decided.", decided).format(n=decided)
        )
        if self._place.sync is not None:
            self._place.sync.wake()
