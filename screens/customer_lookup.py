"""Look up, the home screen: one search box; what waits on this desk while the box is empty."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.widgets import Input, Static

from rma.wording import _, mark
from screens.background import start
from screens.base import DeskScreen
from screens.lookup_rows import Go, found_rows, home_rows
from screens.navigation import (
    CallBegan,
    CallEnded,
    OpenApprovals,
    OpenAttention,
    OpenCustomer,
    OpenRma,
    ResumeDraft,
    TypeOrder,
)
from screens.status_words import DeskStatus
from screens.widgets.row_list import RowList
from screens.widgets.safe_input import SafeInput
from screens.widgets.safe_text import plain

if TYPE_CHECKING:
    from desk.lookup import Found, Home, LookUp
    from desk.returns import Returns
    from rma.operations import Identity

STYLES = Path(__file__).with_suffix(".tcss")
"""The app loads them: this screen is never pushed."""

_OPENING = mark("The desk is opening: type already, the search starts by itself.")
_EMPTY = mark("Nothing waits here. Type a name, or the end of a phone number, to begin.")
_SHORT = mark("One more character starts the search.")


class CustomerLookup(DeskScreen):
    """One box for name, phone ending, e-mail, postcode, order number and RMA number.

    It is painted before the desk is open; `open_desk` gives it the use cases later.
    """

    NAME = "home"
    HEADING = mark("Look up")

    def __init__(self) -> None:
        super().__init__()
        self._lookup: LookUp | None = None
        self._returns: Returns | None = None
        self._approves = False
        self._now: Callable[[], datetime] | None = None
        self._text, self._hinted = "", _(_OPENING)
        self._found: Found | None = None
        self._home: Home | None = None
        self._searching = self._search_again = False
        self._download: float | None = None

    def compose_body(self) -> ComposeResult:
        """The box, a hint, and the list."""
        yield SafeInput(
            placeholder=_("name, phone ending, e-mail, postcode, order or RMA number"),
            select_on_focus=False,
            max_length=200,
        )
        yield Static(Text(_(_OPENING)), id="hint")
        yield RowList(digits=False)

    def on_mount(self) -> None:
        """The agent can type at once."""
        self._box.focus()

    def open_desk(
        self,
        lookup: LookUp,
        returns: Returns,
        identity: Identity | None,
        now: Callable[[], datetime],
    ) -> None:
        """The stores are there: search what was typed meanwhile, or show what waits."""
        self._lookup, self._returns, self._now = lookup, returns, now
        self._approves = identity is not None and identity.role.approves
        self._hint("")
        self._read()

    def cannot_open(self, why: str) -> None:
        """The stores stay closed; the reason stands here until the agent quits."""
        self._hint(_("✗ {why} Ctrl+Q quits.").format(why=why))
        self.query_one("#hint").add_class("-error")

    def take_next_call(self) -> None:
        """Stand in the empty box: nothing of the last caller stays but the lists of drafts and returns."""
        self.post_message(CallEnded())
        self.clear_message()
        self._box.value = ""
        self._box.focus()
        if self._home is not None:
            self._show_home(self._home)
            self._rows.select_first()

    def desk_changed(self) -> None:
        """A sync brought something: the same list, with the new facts."""
        self._read()

    def on_screen_resume(self) -> None:
        """Somebody comes back: drafts and returns may have changed."""
        self._read()

    def show_status(self, status: DeskStatus) -> None:
        """The first download explains why somebody may not be found yet."""
        super().show_status(status)
        download = status.sync.bootstrap if status.sync else None
        if download != self._download:
            self._download = download
            if self._home is not None and self._found is None:
                self._home_hint()

    def can(self, action: str) -> bool:
        """A draft is discarded only where one is selected; Clear needs something to clear."""
        if action == "discard":
            return self._draft_selected() is not None
        if action == "open":
            return bool(self._rows.keys)
        return True

    # --- search

    @property
    def _box(self) -> Input:
        return self.query_one(Input)

    @property
    def _rows(self) -> RowList:
        return self.query_one(RowList)

    def _hint(self, text: str) -> None:
        hint = plain(self.said(text))
        if hint != self._hinted:  # an update lays out the whole screen
            self._hinted = hint
            self.query_one("#hint", Static).update(Text(hint))

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        if event.value and not self._text:
            self.post_message(CallBegan())
        self._text = event.value
        self.clear_message()
        self._read()

    def _read(self) -> None:
        """Search what stands in the box, or read what waits; one thread at a time, the newest text wins.

        What is asked while a thread reads is read once more after it: the thread may have read what was before.
        """
        self._search_again = True
        if self._lookup is not None and not self._searching:
            self._searching = True
            start(self, self._read_until_current, name="look up")

    async def _read_until_current(self) -> None:
        try:
            while self._search_again:
                self._search_again = False
                await self._answer(self._text)
        finally:
            self._searching = False

    async def _answer(self, text: str) -> None:
        assert self._lookup is not None
        with self.reporting():
            if text.strip():
                found = await asyncio.to_thread(self._lookup.search, text)
                if text == self._text:
                    self._show_found(found)
            else:
                home = await asyncio.to_thread(self._lookup.home)
                if text == self._text:
                    self._show_home(home)

    def _show_found(self, found: Found) -> None:
        changed = self._found is None or self._found.text != found.text
        self._found = found
        self._rows.show_rows(found_rows(found))
        if changed and not self._rows.has_focus:
            self._rows.select_first()
        hint = found.hint
        if not found.hits and len(found.text) < 2:
            hint = _(_SHORT)
        elif not found.hits and self._download is not None:
            still = _("The first download is at {percent} %: it may be still to come.")
            hint += " " + still.format(percent=int(self._download * 100))
        self._hint(hint)
        self.refresh_keys()

    def _show_home(self, home: Home) -> None:
        assert self._now is not None
        self._found, self._home = None, home
        rows = home_rows(home, approves=self._approves, now=self._now())
        self._rows.show_rows(rows)
        self._home_hint()
        self.refresh_keys()

    def _home_hint(self) -> None:
        if self._download is not None:
            done = int(self._download * 100)
            said = _("The first download is at {percent} %: whom it has brought can be found.")
            self._hint(said.format(percent=done))
        else:
            self._hint("" if self._rows.keys else _(_EMPTY))

    # --- keys

    @on(Input.Submitted)
    async def _enter(self, event: Input.Submitted) -> None:
        """Enter opens the only hit, else goes into the list; a burst waits for its answer."""
        self._text = event.value
        text = event.value.strip()
        if self._lookup is not None and text and not self._is_answered(event.value):
            await self._answer(event.value)
        hits = self._found.hits if self._found else ()
        if text and len(hits) == 1:
            self._rows.select_first()
            self._rows.action_open()
        else:
            self._into_rows()

    def _is_answered(self, text: str) -> bool:
        return self._found is not None and self._found.text == text.strip()

    def _into_rows(self) -> None:
        if self._rows.keys:
            self._rows.focus()
            self._rows.select_first()

    def action_into_rows(self) -> None:
        """Down from the box: stand on the first row."""
        self._into_rows()

    @on(RowList.LeftUpwards)
    def _back_to_box(self) -> None:
        self._box.focus()

    @on(RowList.Typed)
    def _type_on(self, event: RowList.Typed) -> None:
        """Typing in the list goes on in the box."""
        event.prevent_default()
        self._box.focus()
        self._box.insert_text_at_cursor(event.character)

    @on(RowList.Moved)
    def _row_moved(self) -> None:
        self.refresh_keys()

    @on(RowList.Opened)
    def _open(self, event: RowList.Opened) -> None:
        go = event.key
        if isinstance(go, Go):
            self.post_message(_message(go))

    def action_clear(self) -> None:
        """Empty the box and stand in it, for the next call."""
        self.take_next_call()

    # --- drafts

    def _draft_selected(self) -> str | None:
        go = self._rows.selected if self._rows.has_focus else None
        return go.key if isinstance(go, Go) and go.kind == "draft" else None

    def action_discard(self) -> None:
        """Ask before a draft is thrown away."""
        from screens.ask import ConfirmTyped  # not before the first paint

        draft_id = self._draft_selected()
        if draft_id is None:
            return

        async def then(yes: bool | None) -> None:
            if yes and self._returns is not None:
                with self.reporting():
                    await asyncio.to_thread(self._returns.discard, draft_id)
                    self.show_message(_("The draft is thrown away."))
                self._read()

        self.open_dialog(
            ConfirmTyped(_("Throw this draft away?"), _("What was typed in it is gone for good.")),
            then,
        )


def _message(
    go: Go,
) -> OpenCustomer | OpenRma | ResumeDraft | OpenAttention | OpenApprovals | TypeOrder:
    """Where a row leads."""
    match go.kind:
        case "customer":
            return OpenCustomer(go.customer_id)
        case "order":
            return OpenCustomer(go.customer_id, order_id=go.key)
        case "rma":
            return OpenRma(go.key)
        case "draft":
            return ResumeDraft(go.key)
        case "attention":
            return OpenAttention()
        case "approvals":
            return OpenApprovals()
        case "typed":
            return TypeOrder(number=go.key)
