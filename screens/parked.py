"""The returns in work: each with what it is about and in which call it was begun; go on with one, or take another call."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from desk.parked import Parked, ParkedReturn
from rma.draft import Draft
from rma.errors import RmaError
from rma.wording import _, plural
from screens.dialog import Dialog
from screens.formats import minute
from screens.status_words import age
from screens.widgets.row_list import Row, RowList, note
from screens.widgets.safe_text import pad, plain, shorten
from screens.widgets.too_small import TooSmall

ANOTHER_CALL = ""
"""The answer that leaves the open return and goes to the search box."""


@dataclass(frozen=True, slots=True)
class GiveNumber:
    """The answer that gives a finished return the number that it waits for."""

    draft_id: str


class ParkedList(Dialog[str | GiveNumber | None]):
    """Gives the draft to go on with or to give a number, `ANOTHER_CALL`, or None."""

    NAME = "parked"
    CSS_PATH = "parked.tcss"

    def __init__(
        self,
        parked: Parked,
        found: tuple[ParkedReturn, ...],
        *,
        now: datetime,
        here: str,
        waiting: Collection[str],
    ) -> None:
        """`here` is the draft that is open, if any; of the drafts `waiting` the caller holds the line."""
        super().__init__()
        self._parked = parked
        self._found = found
        self._now = now
        self._here = here
        self._waiting = waiting
        self._gone: Draft | None = None

    def compose(self) -> ComposeResult:
        """Title, list, what the selected one is about, keys."""
        with Vertical():
            yield Static(Text(_("Returns in work")), classes="parked--title")
            yield RowList()
            yield Static(Text(""), id="parked-detail")
            yield Static(Text(""), id="parked-hint")
        yield TooSmall()

    def on_mount(self) -> None:
        """Stand on the first that is not open: that is the one to go on with."""
        self._show()
        others = (each for each in self._found if each.draft.draft_id != self._here)
        first = next(others, None)
        self._rows.focus()
        if first is not None:
            self._rows.select(first.draft.draft_id)
        else:
            self._rows.select_first()
        self._tell()

    @property
    def _rows(self) -> RowList:
        return self.query_one(RowList)

    @property
    def _selected(self) -> ParkedReturn | None:
        key = self._rows.selected
        return next((each for each in self._found if each.draft.draft_id == key), None)

    def _show(self) -> None:
        rows = [self._row(each) for each in self._found]
        self._rows.show_rows(rows or [note(_("No return is in work."))])
        self._rows.styles.height = max(1, min(12, len(rows)))

    def _row(self, parked: ParkedReturn) -> Row:
        draft = parked.draft
        mark = "!" if parked.twin else "#" if draft.needs_number is not None else " "
        place = _("open") if draft.draft_id == self._here else age(draft.saved_at, self._now)
        lines = plural("{n} line", "{n} lines", len(draft.lines)).format(n=len(draft.lines))
        what = parked.goods or lines

        def draw(width: int) -> Text:
            name = max(10, width // 4)
            goods = max(4, width - name - 2 - 2 - 16 - 8)
            return Text.assemble(
                (f"{mark} ", "row-list--warn"),
                (pad(plain(parked.customer_name), name), "row-list--strong"),
                "  ",
                pad(plain(parked.order_number), 16),
                pad(plain(what), goods),
                (pad(place, 8, right=True), "row-list--muted"),
            )

        return Row(draft.draft_id, draw)

    @on(RowList.Moved)
    def _moved(self) -> None:
        self._tell()

    def _tell(self) -> None:
        """What the selected return is about, and what the keys do."""
        parked, said = self._selected, []
        if parked is not None:
            draft = parked.draft
            if draft.called_at is not None:
                call = _("call of {time}").format(time=minute(draft.called_at))
                if draft.draft_id in self._waiting:
                    call = _("call of {time}, the caller waits").format(
                        time=minute(draft.called_at)
                    )
                said.append(call)
            said.append(_("begun {time}").format(time=minute(draft.started_at)))
            if draft.needs_number is not None:
                said.append(
                    _("finished {time}, needs a number: call back").format(
                        time=minute(draft.needs_number)
                    )
                )
            if parked.twin:
                said.append(_("order in work twice"))
        detail = " · ".join(said)
        self.query_one("#parked-detail", Static).update(Text(detail))
        keys = [_("Enter goes on · {key} discards").format(key=self.key("discard"))]
        if not self._found:
            keys = []
        if parked is not None and parked.draft.needs_number is not None:
            keys = [_("{key} gives the number").format(key=self.key("give_number")), *keys]
        if self._gone is not None:
            keys = [_("Discarded: {key} brings it back").format(key=self.key("undo"))]
        if self._here:
            keys.append(_("{key} takes another call").format(key=self.key("another_call")))
        keys.append(_("{key} goes back").format(key=self.key("close")))
        hint = shorten(" · ".join(keys), max(10, self.size.width - 4))
        self.query_one("#parked-hint", Static).update(Text(hint))

    # --- keys

    @on(RowList.Opened)
    def _open(self, event: RowList.Opened) -> None:
        event.stop()
        self.dismiss(str(event.key))

    def action_another_call(self) -> None:
        """Leave the open return: its caller waits, another one calls."""
        if self._here:
            self.dismiss(ANOTHER_CALL)

    def action_give_number(self) -> None:
        """F9: the selected return gets the number that it waits for."""
        parked = self._selected
        if parked is None:
            return
        if parked.draft.draft_id == self._here:
            self._refuse(_("This one is open: give it its number there."))
        elif parked.draft.needs_number is None:
            self._refuse(_("This one is not finished: Enter goes on with it."))
        else:
            self.dismiss(GiveNumber(parked.draft.draft_id))

    async def action_discard(self) -> None:
        """Drop the selected draft; it can be brought back while this list is open."""
        parked = self._selected
        if parked is None:
            return
        if parked.draft.draft_id == self._here:
            self._refuse(_("This one is open: discard it there."))
            return
        try:
            self._gone = await asyncio.to_thread(self._parked.discard, parked.draft.draft_id)
        except RmaError as error:
            self._refuse(str(error))
            return
        await self._read()

    async def action_undo(self) -> None:
        """Bring back the draft that was dropped last."""
        gone = self._gone
        if gone is None:
            return
        try:
            await asyncio.to_thread(self._parked.bring_back, gone)
        except RmaError as error:
            self._refuse(str(error))
            return
        self._gone = None
        await self._read()
        self._rows.select(gone.draft_id)

    def action_close(self) -> None:
        """Stay where you are."""
        self.dismiss(None)

    def _refuse(self, why: str) -> None:
        self.query_one("#parked-hint", Static).update(Text(plain(why)))

    async def _read(self) -> None:
        self._found = await asyncio.to_thread(self._parked.all)
        self._show()
        if self._rows.selected is None:
            self._rows.select_first()
        self._tell()
