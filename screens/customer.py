"""Customer: contact, orders with what is still returnable, past returns, risk flags."""

from __future__ import annotations

import asyncio

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from desk.calls import Calls
from desk.customers import CustomerFile, CustomerView
from rma.call import Call
from rma.wording import _, mark, plural
from screens.background import start
from screens.base import DeskScreen
from screens.customer_rows import ContactKey, LineKey, OrderKey, RecordKey, order_rows, record_rows
from screens.formats import phone
from screens.navigation import About, OpenRma, StartReturn, TypeOrder, VerifyCaller
from screens.refusal_rows import RefusalKey
from screens.widgets.row_list import RowList
from screens.widgets.safe_text import plain

_JUDGED_FIRST = 10
"""Newest orders that the policies are asked about before anything is shown: more than a screen holds."""


class CustomerScreen(DeskScreen):
    """Everything about one customer that is needed on the phone."""

    NAME = "customer"
    HEADING = mark("Customer")
    CSS_PATH = "customer.tcss"

    def __init__(
        self,
        customers: CustomerFile,
        calls: Calls,
        customer_id: str,
        order_id: str | None = None,
    ) -> None:
        super().__init__()
        self._customers = customers
        self._calls = calls
        self._customer_id = customer_id
        self._order_id = order_id
        self._view: CustomerView | None = None
        self._contacts: tuple[Call, ...] = ()

    def compose_body(self) -> ComposeResult:
        """Contact, flags, orders, returns."""
        yield Static(id="contact", markup=False)
        yield Static(id="flags", markup=False)
        with Vertical(id="lists"):
            yield RowList(id="orders")
            yield RowList(id="records")

    async def on_mount(self) -> None:
        """Read the customer's file; keys that follow wait for it."""
        self._orders.focus()
        await self._read()

    def on_screen_resume(self) -> None:
        """A return may have been made meanwhile."""
        if self._view is not None:
            self.desk_changed()

    def desk_changed(self) -> None:
        """Read again; the selection stays."""
        start(self, self._read, name="read", exclusive=True)

    def can(self, action: str) -> bool:
        """A return needs an order; Open return needs one that exists."""
        if action == "start_return":
            return isinstance(self._selected, OrderKey | LineKey)
        if action == "open_rma":
            return bool(self._number_here())
        if action == "verify":
            return self._view is not None and self._view.facts_asked > 0
        return True

    # --- what is shown

    @property
    def _orders(self) -> RowList:
        return self.query_one("#orders", RowList)

    @property
    def _records(self) -> RowList:
        return self.query_one("#records", RowList)

    @property
    def _selected(self) -> object:
        focused = self.focused
        return focused.selected if isinstance(focused, RowList) else None

    async def _read(self) -> None:
        with self.reporting():
            judged = self._view.judged if self._view is not None else _JUDGED_FIRST
            read = await asyncio.to_thread(self._read_file, max(judged, _JUDGED_FIRST))
            if read != (self._view, self._contacts):
                self._show(*read)
            if read[0].judged < len(read[0].orders):
                self._show(*await asyncio.to_thread(self._read_file, len(read[0].orders)))

    def _read_file(self, judged: int) -> tuple[CustomerView, tuple[Call, ...]]:
        view = self._customers.open(self._customer_id, judged=judged)
        return view, self._calls.of_customer(self._customer_id)

    def _show(self, view: CustomerView, contacts: tuple[Call, ...]) -> None:
        first = self._view is None
        self._view, self._contacts = view, contacts
        self.show_about(About(view.customer.customer_id, view.customer.name))
        self.set_heading(
            f"{_(self.HEADING)} · {view.customer.name}",
            _("no. {number}").format(number=view.customer.customer_id),
        )
        self.query_one("#contact", Static).update(self._contact(view))
        flags = self.query_one("#flags", Static)
        flags.display = bool(view.flags)
        named = ", ".join(plain(flag) for flag in view.flags)
        flags.update(_("! Risk: {flags}").format(flags=named))
        start = OrderKey(self._order_id) if first and self._order_id else None
        self._orders.show_rows(order_rows(view, self.said), select=start)
        if start is not None:
            self.call_after_refresh(self._orders.select_at_top, start)
        self._records.show_rows(record_rows(view, contacts))
        if first and start is None:
            self._orders.select_first()
        self.refresh_keys()

    def _contact(self, view: CustomerView) -> Text:
        """How to reach them, and behind a mask how it is opened."""
        customer = view.customer
        place = " ".join(part for part in (customer.postcode, customer.city) if part)
        parts = (phone(customer.phone), customer.email, place, customer.country, customer.tier)
        known = [plain(part) for part in parts if part]
        shown = " · ".join(known) or _("No contact is known: ask for it.")
        text = Text(shown, no_wrap=True)
        if view.hidden:
            said = plural("{key} asks for a fact", "{key} asks for {n} facts", view.facts_asked)
            key = self.keymap.shown("screen.verify")
            text.append("   " + said.format(n=view.facts_asked, key=key), "bold")
        return text

    # --- keys

    @on(RowList.Moved)
    def _moved(self) -> None:
        self.refresh_keys()

    @on(RowList.LeftUpwards, "#records")
    def _up_to_orders(self) -> None:
        self._orders.focus()

    @on(RowList.Opened)
    def _opened(self, event: RowList.Opened) -> None:
        if isinstance(event.key, ContactKey):
            self.show_message(event.key.note)
        elif isinstance(event.key, RefusalKey):
            self.show_message(event.key.said)
        elif isinstance(event.key, RecordKey):
            self.post_message(OpenRma(event.key.number))
        else:
            self.action_start_return()

    def action_start_return(self) -> None:
        """Begin a return of the selected order or line."""
        selected = self._selected
        if isinstance(selected, LineKey):
            self.post_message(StartReturn(selected.order_id, selected.line_id))
        elif isinstance(selected, OrderKey):
            self.post_message(StartReturn(selected.order_id))

    def action_type_order(self) -> None:
        """Type an order of this customer that is not here."""
        self.post_message(TypeOrder(customer_id=self._customer_id))

    def action_open_rma(self) -> None:
        """Open the selected return, or the one that holds the selected line."""
        number = self._number_here()
        if number:
            self.post_message(OpenRma(number))

    def action_verify(self) -> None:
        """Ask the caller for facts."""
        self.post_message(VerifyCaller(self._customer_id))

    def _number_here(self) -> str:
        selected = self._selected
        if isinstance(selected, RecordKey | ContactKey):
            return selected.number
        return selected.holder if isinstance(selected, LineKey) else ""
