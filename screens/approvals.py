"""F8: the returns that wait for a supervisor, oldest first, with what each one is waiting for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from rich.text import Text
from textual import on

from desk.rmas import Rmas, RmaView
from rma.numbers import spoken
from rma.operations import Identity
from rma.wording import _, mark
from screens.formats import date
from screens.lookup_rows import total
from screens.navigation import OpenRma
from screens.queue import QueueScreen
from screens.rma_told import why_it_waits
from screens.status_words import age
from screens.widgets.row_list import Row, RowList
from screens.widgets.safe_text import pad, plain

_AGENT = mark("You can look, but not decide: approving needs a supervisor.")


class Approvals(QueueScreen[RmaView]):
    """The queue of supervisors."""

    NAME = "approvals"
    HEADING = mark("Approvals")
    EMPTY = mark("Nothing waits for approval. F2 looks up a caller.")

    def __init__(self, rmas: Rmas, identity: Identity | None, now: Callable[[], datetime]) -> None:
        super().__init__(now)
        self._rmas = rmas
        self._approves = identity is not None and identity.role.approves

    async def on_mount(self) -> None:
        """Say at once who may decide; what waits is read by the queue."""
        if not self._approves:
            self.show_message(_(_AGENT), "warning")

    def read(self) -> Mapping[str, RmaView]:
        """Returns that need approval, oldest first."""
        return {view.record.number: view for view in self._rmas.waiting()}

    def row(self, view: RmaView) -> Row:
        """Age, number, customer, why, how much."""
        return _row(view, self.now())

    def detail(self, view: RmaView) -> Text:
        """What is to come back, and everything that waits for a decision."""
        return _detail(view)

    def counted(self, count: int) -> str:
        """For the title line."""
        return _("{count} waiting, oldest first").format(count=count)

    @on(RowList.Opened)
    def _open(self, event: RowList.Opened) -> None:
        self.post_message(OpenRma(str(event.key)))


def _row(view: RmaView, now: datetime) -> Row:
    record = view.record
    name = view.customer.name if view.customer else record.customer_id
    why = why_it_waits(record)
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
    order = _("order {number}").format(number=plain(record.order_number))
    made = (
        _("made by {person} on {day}")
        if record.holding
        else _("made by {person} on {day}, holds nothing yet")
    )
    text = Text.assemble(
        (f"{spoken(record.number)} · {order} · {goods}\n", "bold"),
        made.format(person=plain(record.author), day=date(record.finalized_at)),
    )
    for sentence in why_it_waits(record):
        text.append(f"\n? {plain(sentence)}")
    return text
