"""Attention: what the server changed or refused, what was told, why it does not stand, and every next step."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime

from rich.text import Text
from textual import on

from desk.attention import Attention, AttentionView, Step
from rma.numbers import spoken
from rma.wording import _, mark
from screens.ask import AskReason
from screens.attention_words import situation
from screens.navigation import OpenRma, ResumeDraft
from screens.queue import QueueScreen
from screens.rma_told import OUTCOME_WORDS
from screens.status_words import age
from screens.widgets.row_list import Row, RowList
from screens.widgets.safe_text import pad, plain


class AttentionScreen(QueueScreen[AttentionView]):
    """The list of what a person has to look at; an item leaves it only by what a person does about it."""

    NAME = "attention"
    HEADING = mark("Attention")
    EMPTY = mark("Nothing needs attention. F2 looks up a caller.")

    def __init__(self, attention: Attention, now: Callable[[], datetime]) -> None:
        super().__init__(now)
        self._attention = attention

    def can(self, action: str) -> bool:
        """The steps that the selected item offers."""
        view = self.selected
        if action == "edit":
            return view is not None and bool(view.steps & {Step.EDIT, Step.AGAIN})
        if action == "cancel":
            return view is not None and Step.CANCEL in view.steps
        if action == "called_back":
            return view is not None and Step.CALLED_BACK in view.steps
        return super().can("open" if action == "copy" else action)

    def read(self) -> Mapping[str, AttentionView]:
        """Everything that nobody settled yet, oldest first."""
        return {view.item.op_id: view for view in self._attention.items()}

    def row(self, view: AttentionView) -> Row:
        """Age, number, outcome, customer, what happened."""
        return _row(view, self.now())

    def detail(self, view: AttentionView) -> Text:
        """What was told, what happened, and what to do now."""
        return situation(view, self.said)

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

    def action_copy(self) -> None:
        """Hand the number to the terminal's clipboard."""
        assert self.selected is not None
        number = self.selected.item.number
        self.app.copy_to_clipboard(number)
        self.show_message(_("Copied: {number}.").format(number=spoken(number)))

    async def action_edit(self) -> None:
        """Open the return with everything that was typed."""
        assert self.selected is not None
        with self.reporting():
            op_id = self.selected.item.op_id
            draft = await asyncio.to_thread(self._attention.edit, op_id)
            self.post_message(ResumeDraft(draft.draft_id))

    def action_cancel(self) -> None:
        """Ask why, then cancel."""
        assert self.selected is not None
        item = self.selected.item
        dialog = AskReason(
            _("Why is {number} cancelled?").format(number=spoken(item.number)),
            _("Its units are free again; the number stays on record as cancelled."),
        )
        done = _("Cancelled. It reaches the central API with the next sync.")
        cancel = self._attention.cancel
        self.open_dialog(dialog, lambda reason: self._settle(cancel, item.op_id, reason, done))

    def action_called_back(self) -> None:
        """Ask for a note that may stay empty; then it is taken care of."""
        assert self.selected is not None
        item = self.selected.item
        number = spoken(item.number)
        dialog = AskReason(
            _("Was the customer of {number} called back? A note, or Enter alone.").format(
                number=number
            ),
            _("It leaves this list, and stands in the return's history with your name."),
            required=False,
        )
        done = _("Called back: {number} is off the list.").format(number=number)
        called = self._attention.called_back
        self.open_dialog(dialog, lambda note: self._settle(called, item.op_id, note, done))

    async def _settle(
        self, step: Callable[[str, str], None], op_id: str, text: str | None, done: str
    ) -> None:
        if text is None:
            return
        with self.reporting():
            await asyncio.to_thread(step, op_id, text)
            self.show_message(done, "success")
        await self.read_again()


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
