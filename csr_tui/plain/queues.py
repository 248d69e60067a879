"""What waits on this desk: drafts, today's returns, approvals, and what needs attention."""

from __future__ import annotations

from csr_tui.plain.returning import ReturnInterview
from csr_tui.plain.rmas import Decisions
from csr_tui.plain.talk import Option, Talk
from csr_tui.plain.workplace import Workplace
from desk.attention import AttentionView
from rma.numbers import spoken
from rma.record import RmaRecord
from rma.wording import _, plural
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
        ReturnInterview(self._talk, self._place, draft_id=draft_id).run()

    def today(self) -> None:
        """Look at a return that was made here in the last 24 hours."""
        self._open_record(
            [Option(record, _told(record)) for record in self._place.desk.lookup.home().today],
            _("No return was made here in the last 24 hours."),
        )

    def approvals(self) -> None:
        """Decide about a return that waits for a supervisor."""
        waiting = [view.record for view in self._place.desk.rmas.waiting()]
        if not self._place.role.approves:
            self._talk.say(_("You can look, but not decide: approving needs a supervisor."))
        self._open_record(
            [Option(r, f"{_told(r)} {' '.join(why_it_waits(r))}") for r in waiting],
            _("Nothing waits for approval."),
        )

    def attention(self) -> None:
        """Settle what the server changed or refused."""
        views = self._place.desk.attention.items()
        if not views:
            self._talk.say(_("Nothing needs attention."))
            return
        options = [Option(view, _what_happened(view)) for view in views]
        view = self._talk.choose(_("Which one"), options)
        self._talk.say(_("Do now: {remedy}").format(remedy=view.remedy))
        doing = [
            Option(False, _("read out the return")),
            Option(True, _("done: take it off the list")),
        ]
        if self._talk.choose(_("What next"), doing):
            self._place.desk.attention.settle(view.item.op_id)
            self._talk.say(_("Done."))
        elif view.record is None:
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
