"""What waits on this desk: drafts, today's returns, approvals, and what needs attention."""

from __future__ import annotations

from collections.abc import Callable

from csr_tui.plain.returning import ReturnInterview
from csr_tui.plain.rmas import Decisions, reason
from csr_tui.plain.several import SeveralDecisions
from csr_tui.plain.talk import Option, Talk
from csr_tui.plain.typed_order import TypedOrderInterview
from csr_tui.plain.workplace import Workplace
from desk.approvals import Waiting
from desk.attention import AttentionView, Step
from rma.numbers import spoken
from rma.record import RmaRecord
from rma.wording import _, plural
from screens.attention_words import situation_lines
from screens.formats import minute, money
from screens.rma_told import ASKED_WORDS, why_it_waits


class Queues:
    """Each list is read out, and one entry of it opened. Every method may raise what a question raises."""

    def __init__(self, talk: Talk, place: Workplace) -> None:
        self._talk = talk
        self._place = place
        self._decisions = Decisions(talk, place)

    def drafts(self) -> None:
        """Go on with a return that was begun."""
        drafts = self._place.desk.lookup.home().drafts
        if not drafts:
            self._talk.say(_("No draft waits here."))
            return
        options = [
            Option(
                waiting.draft.draft_id,
                _("{name}, order {number}, {lines}, saved {when}").format(
                    name=waiting.customer_name,
                    number=waiting.order_number,
                    lines=plural("{n} line", "{n} lines", len(waiting.draft.lines)).format(
                        n=len(waiting.draft.lines)
                    ),
                    when=minute(waiting.draft.saved_at),
                ),
            )
            for waiting in drafts
        ]
        draft_id = self._talk.choose(_("Which draft"), options)
        if self._place.desk.typed.unfinished(draft_id):
            TypedOrderInterview(self._talk, self._place, draft_id=draft_id).run()
        else:
            ReturnInterview(self._talk, self._place, draft_id=draft_id).run()

    def today(self) -> None:
        """Look at a return that was made here in the last 24 hours."""
        self._open_record(
            [Option(record, _told(record)) for record in self._place.desk.lookup.home().today],
            _("No return was made here in the last 24 hours."),
        )

    def approvals(self) -> None:
        """Decide about a return that waits for a supervisor, or about several at once."""
        waiting = self._place.desk.approvals.waiting()
        if not self._place.role.approves:
            self._talk.say(_("You can look, but not decide: approving needs a supervisor."))
        told = [f"{_told(w.record)} {' '.join(why_it_waits(w.record))}" for w in waiting]
        options: list[Option[Waiting | None]] = [
            Option(w, label) for w, label in zip(waiting, told, strict=True)
        ]
        if self._place.role.approves and len(waiting) > 1:
            self._talk.say(_("Type several to decide about several at once."))
            options.append(Option(None, _("decide about several at once"), "several"))
        if not options:
            self._talk.say(_("Nothing waits for approval."))
            return
        chosen = self._talk.choose(_("Which return"), options)
        if chosen is None:
            SeveralDecisions(self._talk, self._place).decide(waiting)
        else:
            self._decisions.open(chosen.record.number)

    def attention(self) -> None:
        """Take the next step about what the server changed or refused."""
        views = self._place.desk.attention.items()
        if not views:
            self._talk.say(_("Nothing needs attention."))
            return
        view = self._talk.choose(_("Which one"), [Option(v, _what_happened(v)) for v in views])
        self._talk.say(*situation_lines(view))
        self._talk.choose(_("What next"), self._steps(view))()
        if self._place.sync is not None:
            self._place.sync.wake()

    def _steps(self, view: AttentionView) -> list[Option[Callable[[], None]]]:
        op_id, desk = view.item.op_id, self._place.desk.attention
        steps: list[Option[Callable[[], None]]] = [
            Option(lambda: self._read_out(view), _("read out the return"))
        ]

        def edit() -> None:
            draft = desk.edit(op_id)
            ReturnInterview(self._talk, self._place, draft_id=draft.draft_id).run()

        def called_back() -> None:
            desk.called_back(op_id, self._talk.ask(_("A note, or Enter for none")))
            self._talk.say(_("Done."))

        def cancel() -> None:
            desk.cancel(op_id, reason(self._talk, _("Why is it cancelled")))
            self._talk.say(_("Done."))

        offered: dict[Step, tuple[Callable[[], None], str]] = {
            Step.CALLED_BACK: (called_back, _("customer called back: take it off the list")),
            Step.EDIT: (edit, _("edit it, under the same number")),
            Step.AGAIN: (edit, _("make it again, with a new number")),
            Step.CANCEL: (cancel, _("cancel the return")),
        }
        return steps + [Option(*offered[step]) for step in offered if step in view.steps]

    def _read_out(self, view: AttentionView) -> None:
        if view.record is None:
            self._talk.say(_("This return is not known here: sync first."))
        else:
            self._decisions.open(view.record.number)

    def _open_record(self, options: list[Option[RmaRecord]], nothing: str) -> None:
        if not options:
            self._talk.say(nothing)
            return
        self._decisions.open(self._talk.choose(_("Which return"), options).number)


def _told(record: RmaRecord) -> str:
    goods = ", ".join(f"{line.quantity} x {line.name or line.sku}" for line in record.lines[:3])
    total = money(record.quote.total, record.quote.currency) if record.quote else ""
    parts = (spoken(record.number), record.state.words, goods, total)
    return ", ".join(part for part in parts if part) + "."


def _what_happened(view: AttentionView) -> str:
    item = view.item
    name = view.customer.name if view.customer else _("unknown customer")
    asked = _(ASKED_WORDS[item.kind])
    return f"{spoken(item.number)}, {asked}, {name}: {view.what}"
