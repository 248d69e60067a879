"""F8: the returns that wait for a supervisor, oldest first, with what each one is waiting for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.widgets import Static

from desk.rmas import Rmas, RmaView
from rma.numbers import spoken
from rma.operations import Identity
from rma.record import RmaRecord
from rma.verdict import Verdict
from screens.background import start
from screens.base import DeskScreen
from screens.lookup_rows import total
from screens.navigation import OpenRma
from screens.widgets.row_list import Row, RowList
from screens.widgets.safe_text import pad, plain
from screens.widgets.status_line import age

_NOTHING = "Nothing waits for approval. F2 goes back to the search box."
_AGENT = "You can look, but not decide: approving needs a supervisor."


class Approvals(DeskScreen):
    """The queue of supervisors."""

    NAME = "approvals"
    HEADING = "Approvals"
    CSS_PATH = "queue.tcss"

    def __init__(self, rmas: Rmas, identity: Identity | None, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._rmas = rmas
        self._approves = identity is not None and identity.role.approves
        self._now = now
        self._views: dict[str, RmaView] = {}

    def compose_body(self) -> ComposeResult:
        """The queue, and what the selected return waits for."""
        yield RowList()
        yield Static(id="detail", markup=False)

    async def on_mount(self) -> None:
        """Read the queue; keys that follow wait for it."""
        self._rows.focus()
        if not self._approves:
            self.show_message(_AGENT, "warning")
        await self._read()

    def on_screen_resume(self) -> None:
        """Something may have been decided meanwhile."""
        self.desk_changed()

    def desk_changed(self) -> None:
        """Read again; the selection stays."""
        start(self, self._read, name="read", exclusive=True)

    def can(self, action: str) -> bool:
        """There is nothing to open in an empty queue."""
        return action != "open" or bool(self._views)

    @property
    def _rows(self) -> RowList:
        return self.query_one(RowList)

    async def _read(self) -> None:
        with self.reporting():
            views = await asyncio.to_thread(self._rmas.waiting)
            self._views = {view.record.number: view for view in views}
            now = self._now()
            self._rows.show_rows([_row(view, now) for view in views])
            count = len(views)
            self.set_heading(self.HEADING, f"{count} waiting, oldest first" if count else "")
            self._show_detail()
            self.refresh_keys()

    @on(RowList.Moved)
    def _show_detail(self) -> None:
        view = self._views.get(str(self._rows.selected))
        self.query_one("#detail", Static).update(_detail(view) if view else Text(_NOTHING))

    @on(RowList.Opened)
    def _open(self, event: RowList.Opened) -> None:
        self.post_message(OpenRma(str(event.key)))


def reasons(record: RmaRecord) -> list[str]:
    """Why a return waits: its problem, then the findings that ask for approval, each once."""
    said = [record.problem.detail] if record.problem else []
    findings = (*record.findings, *(f for line in record.lines for f in line.findings))
    said += [f.sentence for f in findings if f.outcome is not Verdict.ELIGIBLE]
    return list(dict.fromkeys(said)) or ["Approval is needed."]


def _row(view: RmaView, now: datetime) -> Row:
    record = view.record
    name = view.customer.name if view.customer else record.customer_id
    why = reasons(record)
    more = f" (+{len(why) - 1})" if len(why) > 1 else ""

    def draw(width: int) -> Text:
        customer = max(12, width // 5)
        rest = max(0, width - 9 - 15 - customer - 1 - 15)
        return Text.assemble(
            (pad(age(record.finalized_at, now), 9), "row-list--muted"),
            (pad(spoken(record.number), 15), "row-list--strong"),
            pad(plain(name), customer) + " ",
            (pad(plain(why[0]) + more, rest), "row-list--warn"),
            pad(total(record), 15, right=True),
        )

    return Row(record.number, draw)


def _detail(view: RmaView) -> Text:
    record = view.record
    goods = ", ".join(f"{line.quantity} × {plain(line.name or line.sku)}" for line in record.lines)
    text = Text.assemble(
        (f"{spoken(record.number)} · order {plain(record.order_number)} · {goods}\n", "bold"),
        f"made by {plain(record.author)} on {record.finalized_at:%Y-%m-%d}",
        "" if record.holding else ", holds nothing yet",
    )
    for sentence in reasons(record):
        text.append(f"\n? {plain(sentence)}")
    return text
