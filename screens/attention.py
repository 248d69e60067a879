"""Attention: what the server changed or refused, why, and what to do about it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from rich.console import Group
from rich.table import Table
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.timer import Timer
from textual.widgets import Static

from desk.attention import Attention, AttentionView
from rma.numbers import spoken
from rma.operations import OperationKind, Outcome
from screens.background import start
from screens.base import DeskScreen
from screens.navigation import OpenRma
from screens.widgets.row_list import Row, RowList
from screens.widgets.safe_text import pad, plain
from screens.widgets.status_line import age

UNDO_SECONDS = 8.0
"""How long Done can be taken back."""

_NOTHING = "Nothing needs attention. F2 goes back to the search box."
_WORDS = {
    Outcome.ACCEPTED_WITH_CHANGE: "changed",
    Outcome.REJECTED: "refused",
    Outcome.KEY_REUSED: "refused",
    Outcome.NUMBER_CONFLICT: "refused",
    Outcome.HELD_FOR_REVIEW: "held",
}
_ASKED = {
    OperationKind.FINALIZE: "new return",
    OperationKind.CANCEL: "cancellation",
    OperationKind.APPROVE: "approval",
    OperationKind.DECLINE: "decline",
}


class AttentionScreen(DeskScreen):
    """The list of what a person has to look at; Done leaves a moment to take it back."""

    NAME = "attention"
    HEADING = "Attention"
    CSS_PATH = "queue.tcss"

    def __init__(self, attention: Attention, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._attention = attention
        self._now = now
        self._views: dict[str, AttentionView] = {}
        self._done: str | None = None
        self._timer: Timer | None = None

    def compose_body(self) -> ComposeResult:
        """The list, and what to do about the selected item."""
        yield RowList()
        yield Static(id="detail", markup=False)

    async def on_mount(self) -> None:
        """Read the list; keys that follow wait for it."""
        self._rows.focus()
        await self._read()

    def on_screen_resume(self) -> None:
        """Something may have been settled meanwhile."""
        self.desk_changed()

    def desk_changed(self) -> None:
        """Read again; the selection stays."""
        start(self, self._read, name="read", exclusive=True)

    async def before_leaving(self) -> None:
        """What was marked as done is settled for good."""
        await self._settle()

    def can(self, action: str) -> bool:
        """Open and Done need a row, Undo something to take back."""
        if action == "undo":
            return self._done is not None
        if action in ("open", "done"):
            return self._rows.selected is not None
        return True

    @property
    def _rows(self) -> RowList:
        return self.query_one(RowList)

    async def _read(self) -> None:
        with self.reporting():
            views = await asyncio.to_thread(self._attention.items)
            self._views = {view.item.op_id: view for view in views}
            self._show()

    def _show(self) -> None:
        now = self._now()
        left = [view for op_id, view in self._views.items() if op_id != self._done]
        self._rows.show_rows([_row(view, now) for view in left])
        self.set_heading(self.HEADING, f"{len(left)} open" if left else "")
        self._show_detail()
        self.refresh_keys()

    @on(RowList.Moved)
    def _show_detail(self) -> None:
        view = self._views.get(str(self._rows.selected))
        self.query_one("#detail", Static).update(_detail(view) if view else Text(_NOTHING))

    @on(RowList.Opened)
    def _open(self, event: RowList.Opened) -> None:
        view = self._views.get(str(event.key))
        if view is None:
            return
        if view.record is None:
            self.show_message("This return is not known here: press F5 to sync.", "warning")
        else:
            self.post_message(OpenRma(view.record.number))

    async def action_done(self) -> None:
        """Take the selected item off the list; it can be taken back for a moment."""
        op_id = str(self._rows.selected)
        await self._settle()
        self._done = op_id
        self._timer = self.set_timer(UNDO_SECONDS, self._settle)
        number = spoken(self._views[op_id].item.number)
        self._show()
        self.show_message(f"Done: {number}. Press u to take it back.", "success")

    def action_undo(self) -> None:
        """Put the last item back."""
        op_id, self._done = self._done, None
        self._stop_timer()
        self._show()
        if op_id is not None:
            self._rows.select(op_id)
        self.show_message("Taken back.")

    async def _settle(self) -> None:
        self._stop_timer()
        op_id, self._done = self._done, None
        if op_id is not None:
            with self.reporting():
                await asyncio.to_thread(self._attention.settle, op_id)
                self._views.pop(op_id, None)
                self.clear_message()
            self.refresh_keys()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None


def _row(view: AttentionView, now: datetime) -> Row:
    item = view.item
    name = view.customer.name if view.customer else "unknown customer"

    def draw(width: int) -> Text:
        customer = max(12, width // 5)
        rest = max(0, width - 9 - 15 - 9 - customer - 1)
        return Text.assemble(
            (pad(age(item.decided_at, now), 9), "row-list--muted"),
            (pad(spoken(item.number), 15), "row-list--strong"),
            (pad(_WORDS.get(item.outcome, "look"), 9), "row-list--warn"),
            pad(plain(name), customer) + " ",
            pad(plain(view.what), rest),
        )

    return Row(item.op_id, draw)


def _detail(view: AttentionView) -> Group:
    item, customer = view.item, view.customer
    head = Text.assemble((f"{spoken(item.number)} · {_ASKED[item.kind]}", "bold"))
    if customer is not None:
        contact = " · ".join(plain(part) for part in (customer.name, customer.phone) if part)
        head.append(f" · {contact}", "bold")
    rows = Table.grid(padding=(0, 2, 0, 0))
    rows.add_row("What happened", Text(plain(view.what)))
    if item.problem is not None and item.problem.other_number:
        rows.add_row("Held by", Text(spoken(item.problem.other_number)))
    rows.add_row(Text("Do now", "bold"), Text(plain(view.remedy), "bold"))
    return Group(head, rows)
