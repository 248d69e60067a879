"""Attention: what the server changed or refused, why, and what to do about it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from rich.text import Text
from textual import on
from textual.timer import Timer

from desk.attention import Attention, AttentionView
from rma.numbers import spoken
from rma.wording import _, mark
from screens.formats import phone
from screens.navigation import OpenRma
from screens.queue import QueueScreen
from screens.rma_told import ASKED_WORDS, OUTCOME_WORDS
from screens.status_words import age
from screens.widgets.row_list import Row, RowList
from screens.widgets.safe_text import pad, plain

UNDO_SECONDS = 8.0
"""How long Done can be taken back."""


class AttentionScreen(QueueScreen[AttentionView]):
    """The list of what a person has to look at; Done leaves a moment to take it back."""

    NAME = "attention"
    HEADING = mark("Attention")
    EMPTY = mark("Nothing needs attention. F2 looks up a caller.")

    def __init__(self, attention: Attention, now: Callable[[], datetime]) -> None:
        super().__init__(now)
        self._attention = attention
        self._done: str | None = None
        self._timer: Timer | None = None

    async def before_leaving(self) -> None:
        """What was marked as done is settled for good."""
        await self._settle()

    def can(self, action: str) -> bool:
        """Open and Done need a row, Undo something to take back."""
        if action == "undo":
            return self._done is not None
        if action == "done":
            return self.rows.selected is not None
        return super().can(action)

    def read(self) -> Mapping[str, AttentionView]:
        """Everything that nobody settled yet, oldest first."""
        return {view.item.op_id: view for view in self._attention.items()}

    def shown(self) -> Iterable[AttentionView]:
        """All but what was just marked as done."""
        return [view for op_id, view in self.views.items() if op_id != self._done]

    def row(self, view: AttentionView) -> Row:
        """Age, number, outcome, customer, what happened."""
        return _row(view, self.now())

    def detail(self, view: AttentionView) -> Text:
        """What happened, and what to do now."""
        return _detail(view)

    def counted(self, count: int) -> str:
        """For the title line."""
        return _("{count} open").format(count=count)

    @on(RowList.Opened)
    def _open(self, event: RowList.Opened) -> None:
        view = self.views.get(str(event.key))
        if view is None:
            return
        if view.record is None:
            self.show_message(_("This return is not known here: press F5 to sync."), "warning")
        else:
            self.post_message(OpenRma(view.record.number))

    async def action_done(self) -> None:
        """Take the selected item off the list; it can be taken back for a moment."""
        op_id = str(self.rows.selected)
        await self._settle()
        self._done = op_id
        self._timer = self.set_timer(UNDO_SECONDS, self._settle)
        number = spoken(self.views[op_id].item.number)
        self.show_queue()
        self.show_message(
            _("Done: {number}. Press u to take it back.").format(number=number), "success"
        )

    def action_undo(self) -> None:
        """Put the last item back."""
        op_id, self._done = self._done, None
        self._stop_timer()
        self.show_queue()
        if op_id is not None:
            self.rows.select(op_id)
        self.show_message(_("Taken back."))

    async def _settle(self) -> None:
        self._stop_timer()
        op_id, self._done = self._done, None
        if op_id is not None:
            with self.reporting():
                await asyncio.to_thread(self._attention.settle, op_id)
                self.views.pop(op_id, None)
                self.clear_message()
            self.refresh_keys()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None


def _row(view: AttentionView, now: datetime) -> Row:
    item = view.item
    name = view.customer.name if view.customer else _("unknown customer")

    def draw(width: int) -> Text:
        customer = max(12, width // 5)
        rest = max(0, width - 9 - 15 - 9 - customer - 1)
        return Text.assemble(
            (pad(age(item.decided_at, now), 9), "row-list--muted"),
            (pad(spoken(item.number), 15), "row-list--strong"),
            (pad(_(OUTCOME_WORDS.get(item.outcome, mark("look"))), 9), "row-list--warn"),
            pad(plain(name), customer) + " ",
            pad(plain(view.what), rest),
        )

    return Row(item.op_id, draw)


def _detail(view: AttentionView) -> Text:
    item, customer = view.item, view.customer
    text = Text.assemble((f"{spoken(item.number)} · {_(ASKED_WORDS[item.kind])}", "bold"))
    if customer is not None:
        contact = " · ".join(plain(part) for part in (customer.name, phone(customer.phone)) if part)
        text.append(f"\n{contact}", "bold")
    text.append(f"\n{plain(view.what)}")
    if item.problem is not None and item.problem.other_number:
        held = _("Held by {number}").format(number=spoken(item.problem.other_number))
        text.append(f"\n{held}")
    remedy = _("Do now: {remedy}").format(remedy=plain(view.remedy))
    text.append(f"\n{remedy}", "bold")
    return text
