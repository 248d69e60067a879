"""The return panel while it is typed: its opening, its fields, and how the draft and the rules follow every key."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input

from desk.customers import CustomerFile, OrderView
from desk.errors import NotFound
from desk.ports import Clock
from desk.returns import DraftView, Returns
from rma.draft import Draft
from rma.errors import RmaError
from rma.reasons import ReasonTree
from rma.request import Role
from screens.background import start
from screens.base import DeskScreen
from screens.return_fields import BY_NAME, QUANTITY
from screens.return_form import ReturnForm
from screens.return_keeper import ReturnKeeper
from screens.return_lines import QuantityList
from screens.return_panel import ReturnPanel
from screens.return_steps import advance
from screens.widgets.key_tally import KeyTally
from screens.widgets.ticks import Ticks


class ReturnTyping(DeskScreen):
    """Every field exit saves the draft; every key asks the rules again, in a thread."""

    def __init__(
        self,
        returns: Returns,
        customers: CustomerFile,
        clock: Clock,
        role: Role,
        *,
        order_id: str = "",
        line_id: str | None = None,
        draft_id: str = "",
    ) -> None:
        super().__init__()
        self._returns = returns
        self._customers = customers
        self._clock = clock
        self._role = role
        self._order_id, self._line_id, self._draft_id = order_id, line_id, draft_id
        self._panel: ReturnPanel | None = None
        self._form: ReturnForm | None = None
        self._tally = KeyTally(clock.now)
        self._keeper: ReturnKeeper | None = None

    # --- opening ------------------------------------------------------------------------------------------------

    def compose_body(self) -> ComposeResult:
        """Room for the form, which comes when the draft is read."""
        yield Vertical(id="panel")

    async def on_mount(self) -> None:
        """Read draft, order and reasons in a thread, then stand on the first field."""
        with self.reporting():
            draft, untouched, order, reasons, view = await asyncio.to_thread(self._read)
            form = self._open(draft, untouched, order, reasons, view)
            await self.query_one("#panel").mount(form)
            self._form = form
            self._stand_on(QUANTITY)
            self.refresh_keys()
            self._judge_soon()

    def _read(self) -> tuple[Draft, Draft, OrderView, ReasonTree, DraftView]:
        returns = self._returns
        kept = returns.open(self._draft_id) if self._draft_id else None
        untouched = returns.start(kept.order_id if kept else self._order_id)
        draft = kept or untouched
        order = self._customers.order(draft.order_id)
        if not order.lines:
            raise NotFound("This order has no lines here: press F5 to sync, then open it again.")
        return draft, untouched, order, returns.reasons(), returns.assess(replace(draft, lines=()))

    def _open(
        self,
        draft: Draft,
        untouched: Draft,
        order: OrderView,
        reasons: ReasonTree,
        view: DraftView,
    ) -> ReturnForm:
        self._tally = KeyTally(self._clock.now, draft.keys, draft.first_key_at)
        self._panel = ReturnPanel(
            draft, order, reasons, supervisor=self._role.approves, line_id=self._line_id
        )
        self._panel.judged(view, ())
        kept = draft if self._draft_id else None
        self._keeper = ReturnKeeper(
            self._returns, self._panel, self._tally, untouched=untouched, kept=kept
        )
        self.set_heading(
            f"Return · order {order.order.number} · {view.customer.name}",
            f"{order.order.placed_at:%Y-%m-%d} · {order.order.currency}",
        )
        return ReturnForm(self._panel, self._tally)

    # --- fields ------------------------------------------------------------------------------------------------

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        panel, form, name = self._panel, self._form, event.input.id or ""
        if panel is None or form is None or name not in BY_NAME:
            return
        if panel.text(name) == event.input.value:
            return
        form.take(name)
        self.clear_message()
        self._changed()

    @on(Input.Submitted)
    async def _entered(self, event: Input.Submitted) -> None:
        name = event.input.id or ""
        if self._form is not None and name in BY_NAME:
            self._form.take(name)
            await self._go_on(name)

    @on(Input.Blurred)
    async def _left_input(self, event: Input.Blurred) -> None:
        name = event.input.id or ""
        if self._form is not None and name in BY_NAME:
            self._form.take(name)
            await self._left(name)

    @on(QuantityList.Typed)
    @on(QuantityList.Moved)
    def _list_changed(self) -> None:
        self.clear_message()
        self._changed()

    @on(QuantityList.Left)
    async def _left_list(self) -> None:
        await self._left(QUANTITY)

    @on(QuantityList.Taken)
    async def _took_quantity(self) -> None:
        panel = self._panel
        assert panel is not None
        if not panel.typed.quantity.strip() and not panel.on_return:
            suggestion = panel.suggestion(panel.row)
            if not suggestion:
                left = panel.row.line.returnable
                self.show_message(
                    f"Enter how many come back, 1 to {left}."
                    if left
                    else "None of this line can come back: choose another line.",
                    "warning",
                )
                return
            panel.type(QUANTITY, suggestion)
        await self._go_on(QUANTITY)

    @on(Ticks.Changed)
    def _ticked(self, event: Ticks.Changed) -> None:
        if self._panel is not None and event.ticks.id:
            self._panel.type(event.ticks.id, event.codes)
            self._changed()

    @on(Ticks.Taken)
    async def _took_ticks(self, event: Ticks.Taken) -> None:
        await self._go_on(event.ticks.id or "")

    @on(Ticks.Left)
    async def _left_ticks(self, event: Ticks.Left) -> None:
        await self._left(event.ticks.id or "")

    def _changed(self) -> None:
        """Something was typed: draw it, and ask the rules."""
        if self._form is not None:
            self._form.draw()
        self._judge_soon()

    async def _left(self, name: str) -> None:
        """A field was left: take it, keep the draft."""
        assert self._panel is not None
        self._panel.leave(name)
        self._changed()
        await self._save()

    async def _go_on(self, name: str) -> None:
        """Enter: to the next field that is usually needed."""
        assert self._panel is not None
        self._panel.leave(name)
        left = self._panel.mark_of(name)
        further = advance(self._panel, name)
        self._changed()
        await self._save()
        unclear = self._panel.unclear(name) if self._panel.mark_of(name) == left else ""
        if further is not None:
            self._stand_on(further)
            if unclear:
                label = BY_NAME[name].label.strip(" 1234567")
                self.show_message(f"{label}: {unclear}", "error")
        else:
            open_points = self._panel.open_points()
            self.show_message(
                f"Still open: {', '.join(open_points)}."
                if open_points
                else "All is typed: F9 gives the number."
            )

    def _stand_on(self, name: str) -> None:
        assert self._form is not None and self._panel is not None
        self._form.stand_on(name)
        echo = self._panel.echo(name)
        if echo.wrong:
            self.show_message(echo.text, "error")
        else:
            self.clear_message()

    # --- the rules and the draft -----------------------------------------------------------------------------------

    def _judge_soon(self) -> None:
        start(self, self._judge, name="judge")

    async def _judge(self) -> None:
        """Ask the rules, and show what they say."""
        assert self._keeper is not None
        with self.reporting():
            if await self._keeper.judge() and self._form is not None:
                self._form.draw()

    async def _save(self) -> None:
        assert self._keeper is not None
        with self.reporting():
            await self._keeper.save()

    def take_typed(self) -> None:
        """Take the text under the cursor, as long as the form stands."""
        if self._form is not None and self._form.is_attached:
            self._form.take_focused()

    async def before_leaving(self) -> None:
        """Keep what is half-typed."""
        if self._form is not None:
            self.take_typed()
            await self._save()

    def desk_changed(self) -> None:
        """A sync may have brought other returns of this order."""
        if self._panel is not None:
            start(self, self._read_order, name="order")

    async def _read_order(self) -> None:
        panel = self._panel
        assert panel is not None
        try:
            panel.order = await asyncio.to_thread(self._customers.order, panel.draft.order_id)
        except RmaError:
            return  # gone from reference while being replaced; the next sync brings it
        self._changed()
