"""An order that the desk does not know, typed by hand as the caller tells it; F9 goes on to the return of it."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.widgets import Static

from desk.ports import Clock
from desk.returns import Returns
from desk.typed_orders import TypedOrders
from rma.draft import Draft
from rma.wording import _, mark
from screens.ask import ConfirmTyped
from screens.background import start
from screens.base import DeskScreen
from screens.field_help import FieldHelp
from screens.forms.form import Form
from screens.forms.keys import FormKeys
from screens.navigation import About, OrderTyped, ReturnLeft
from screens.return_draft import differs
from screens.typed_order_entries import TypedOrderEntries
from screens.typed_order_fields import (
    BY_NAME,
    ITEMS,
    SECTIONS,
    bought_field,
    item_field,
    position_of,
)
from screens.values import product_values
from screens.widgets.key_tally import KeyTally
from screens.widgets.values_list import ValuesList


class TypedOrderForm(Form):
    """The fields of such an order."""

    _entries: TypedOrderEntries

    def begin_order(self, entries: TypedOrderEntries) -> None:
        """Show and change this order from now on; once, before anybody has typed."""
        self._entries = entries
        self.begin(entries)

    def next_of(self, name: str) -> str | None:
        """An empty item ends the order; behind how many were bought comes the next item."""
        position = position_of(name)
        if position is None:
            return super().next_of(name)
        if name == item_field(position):
            return bought_field(position) if self._entries.text(name).strip() else None
        return item_field(position + 1) if position < ITEMS else None


class TypedOrder(FormKeys, DeskScreen):
    """Posts `OrderTyped` when its return can be typed, `ReturnLeft` when it is left.

    Every field exit saves the draft. A number that is known here never gets past this screen.
    """

    NAME = "typed_order"
    HEADING = mark("Order typed by hand")
    CSS_PATH = "typed_order.tcss"

    def __init__(
        self,
        typed: TypedOrders,
        returns: Returns,
        clock: Clock,
        *,
        number: str = "",
        customer_id: str = "",
        draft_id: str = "",
    ) -> None:
        """A new order (with what is known of it), or a draft to go on with."""
        super().__init__()
        self._typed, self._returns, self._clock = typed, returns, clock
        self._number, self._customer_id, self._draft_id = number, customer_id, draft_id
        self._tally = KeyTally(clock.now)
        self._empty_form = TypedOrderForm(SECTIONS, tally=self._tally)
        self._entries: TypedOrderEntries | None = None
        self._untouched: Draft | None = None
        self._kept: Draft | None = None
        self._customer_name = ""
        """The customer's, where one was chosen."""
        self._over = False
        self._saving = asyncio.Lock()

    def compose_body(self) -> ComposeResult:
        """What this is for, and the form."""
        lead = _("No amount is told: the return waits until the order is known here.")
        yield Static(Text(lead), id="lead")
        yield self._empty_form

    async def on_mount(self) -> None:
        """Read the draft; keys that follow wait for it."""
        with self.reporting():
            draft, self._customer_name = await asyncio.to_thread(self._read)
            self._tally.begin(draft.keys, draft.first_key_at)
            self._entries = TypedOrderEntries(draft, self._clock.now())
            self._kept = draft if self._draft_id else None
            self._untouched = draft
            self._empty_form.begin_order(self._entries)
            if self._customer_name:
                self.set_heading(f"{_(self.HEADING)} · {self._customer_name}")
            first = "item1" if draft.by_hand and draft.by_hand.items else "number"
            self._empty_form.stand_on(first)
            self.refresh_keys()
            await self._look_up()

    def _read(self) -> tuple[Draft, str]:
        if self._draft_id:
            draft = self._returns.open(self._draft_id)
        else:
            draft = self._typed.start(self._number, self._customer_id)
        return draft, self._typed.customer_of(draft).name

    @property
    def form(self) -> Form | None:
        """The form, once the draft is read."""
        return self._empty_form if self._entries is not None else None

    def tell(self, sentence: str) -> None:
        """Why a key did nothing."""
        self.show_message(sentence)

    def can(self, action: str) -> bool:
        """Nothing but leaving while there is no order; the list belongs to items."""
        if self._entries is None:
            return action == "leave"
        if action == "values":
            return self._item_here() is not None
        return True

    def field_help(self) -> FieldHelp | None:
        """What F1 says about the field under the cursor."""
        return self._empty_form.field_help() if self._entries is not None else None

    def problems(self) -> tuple[str, ...]:
        """What keeps the order from being returned."""
        problem = self._entries.first_problem() if self._entries is not None else None
        return (problem[1],) if problem is not None else ()

    # --- fields --------------------------------------------------------------------------------------------------

    @on(Form.Typed)
    def _typed_into(self) -> None:
        self.clear_message()

    @on(Form.Left)
    async def _left(self) -> None:
        start(self, self._look_up, name="look up")
        await self._save()

    @on(Form.Stayed)
    def _stayed(self, event: Form.Stayed) -> None:
        self.show_message(event.problem, "warning")

    @on(Form.Entered)
    async def _entered(self, event: Form.Entered) -> None:
        """Behind the last item the return is typed; a number is looked up before anything else is."""
        if event.problem:
            self.show_message(f"{BY_NAME[event.name].name_on_screen}: {event.problem}", "error")
        else:
            self.clear_message()
        await self._look_up()
        if event.name == "number" and self._say_if_known():
            self._empty_form.stand_on("number")
            return
        await self._save()
        if event.to is None:
            await self.action_submit()

    async def _look_up(self) -> None:
        """Ask the stores about what was typed, and show what they say beside it."""
        entries = self._entries
        assert entries is not None
        with self.reporting():
            number, items = entries.to_look_up()
            if number:
                customer_id = entries.draft.customer_id
                found = await asyncio.to_thread(self._typed.known, number, customer_id)
                entries.known[number] = found
            for text in items:
                entries.products[text] = await asyncio.to_thread(self._typed.product, text)
            entries.found()
            self._empty_form.draw()
            self._say_if_known()

    def _say_if_known(self) -> bool:
        """Say that there is an order with this number; whether there is one."""
        assert self._entries is not None
        known = self._entries.known.get(self._entries.order.number.strip())
        if known is not None:
            self.show_message(known.sentence, "error")
        return known is not None

    def desk_changed(self) -> None:
        """A sync may have brought the order, or products."""
        if self._entries is not None:
            self._entries.known.clear()
            self._entries.products.clear()
            start(self, self._look_up, name="look up")

    def _item_here(self) -> str | None:
        name = self._empty_form.focused_name
        position = position_of(name) if name is not None else None
        return name if position is not None and name == item_field(position) else None

    async def action_values(self) -> None:
        """F4: the products that an item may be."""
        name, entries = self._item_here(), self._entries
        if name is None or entries is None:
            return
        self._empty_form.take_focused()
        text = entries.text(name)
        found = await asyncio.to_thread(self._typed.products, text)
        entries.listed = found or await asyncio.to_thread(self._typed.products, "")
        if not entries.listed:
            self.show_message(_("No product is known here: type what the caller calls it."))
            return

        def take(sku: str | None) -> None:
            if sku is not None:
                entries.products[sku] = next((p for p in entries.listed if p.sku == sku), None)
                self._empty_form.put(name, sku)
                self._empty_form.go_on(name)

        label = BY_NAME[name].name_on_screen
        self.open_dialog(ValuesList(label, product_values(entries.listed), text, self._tally), take)

    # --- the draft -----------------------------------------------------------------------------------------------

    async def action_submit(self) -> None:
        """F9: on to the return of it, or what stands against that."""
        entries = self._entries
        assert entries is not None
        self._empty_form.take_focused()
        entries.known.clear()  # a sync may have brought it just now
        await self._look_up()
        entries.leave_all()
        self._empty_form.draw()
        problem = entries.first_problem()
        if problem is not None:
            name, sentence = problem
            self._empty_form.stand_on(name)
            self.show_message(sentence, "error")
            await self._save()
            return
        if await self._save(anyway=True):
            self.post_message(OrderTyped(entries.draft.draft_id))

    async def _save(self, *, anyway: bool = False) -> bool:
        """Keep the draft, if anything was typed since it was kept; whether that went well."""
        entries = self._entries
        if entries is None:
            return False
        with self.reporting():
            async with self._saving:
                if self._over:
                    return False
                draft = self._counted(entries.draft)
                before = self._kept or self._untouched
                assert before is not None
                if differs(draft, before) or (anyway and self._kept is None):
                    self._kept = await asyncio.to_thread(self._returns.save, draft)
                    self._tell_whose(self._kept)
            return True
        return False

    def _tell_whose(self, draft: Draft) -> None:
        assert self._entries is not None
        name = (
            self._entries.order.caller.strip()
            if self._entries.unknown_caller
            else self._customer_name
        )
        self.show_about(About(draft.customer_id, name, draft.draft_id, kept=True))

    def _counted(self, draft: Draft) -> Draft:
        return replace(draft, keys=self._tally.keys, first_key_at=self._tally.first_at)

    def take_typed(self) -> None:
        """Take the text under the cursor."""
        if self._entries is not None and self._empty_form.is_attached:
            self._empty_form.take_focused()

    async def before_leaving(self) -> None:
        """Keep what is half-typed."""
        self.take_typed()
        await self._save()

    async def action_leave(self) -> None:
        """F3: the draft is kept."""
        await self.before_leaving()
        said = _("Nothing was typed: no draft is kept.")
        if self._kept is not None:
            said = _("The return is kept as a draft: it waits on the home screen.")
        self.post_message(ReturnLeft(said))

    def action_discard(self) -> None:
        """Esc: throw it away, after a question if anything was typed."""
        assert self._entries is not None and self._untouched is not None
        self.take_typed()
        if self._kept is None and not differs(self._entries.draft, self._untouched):
            self.post_message(ReturnLeft(""))
            return
        question = ConfirmTyped(
            _("Throw this return away?"),
            self.said(_("What was typed is gone then. F3 would keep it as a draft.")),
        )
        self.open_dialog(question, self._discard)

    async def _discard(self, sure: bool | None) -> None:
        if sure and self._entries is not None:
            with self.reporting():
                async with self._saving:
                    self._over = True
                    draft_id = self._entries.draft.draft_id
                    await asyncio.to_thread(self._returns.discard, draft_id)
                self.post_message(ReturnLeft(_("The draft is thrown away."), draft_id))
