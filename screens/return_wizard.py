"""One return on one panel: lines, reason, condition, remedy, caller, check, exceptions, with the answer beside them.

Every field exit saves the draft; every key asks the rules again, in a thread. F9 makes the return.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input

from desk.customers import CustomerFile, OrderView
from desk.ports import Clock
from desk.returns import DraftView, Returns
from rma.draft import Draft
from rma.errors import RmaError
from rma.reasons import ReasonTree
from rma.record import Refusal
from rma.request import Role
from screens.ask import ConfirmTyped
from screens.background import start
from screens.base import DeskScreen
from screens.navigation import ReturnLeft, ReturnMade
from screens.return_fields import BY_NAME, QUANTITY
from screens.return_form import ReturnForm
from screens.return_keeper import ReturnKeeper
from screens.return_lines import QuantityList
from screens.return_marks import Mark
from screens.return_panel import ReturnPanel
from screens.return_steps import advance
from screens.widgets.key_tally import KeyTally
from screens.widgets.ticks import Ticks
from screens.widgets.values_list import ValuesList

_KEPT = "The return is kept as a draft: it waits on the home screen."


class ReturnWizard(DeskScreen):
    """One return. Posts `ReturnMade` when it has its number, `ReturnLeft` when it is left.

    Give `order_id` (and the line to stand on) for a new return, or `draft_id` to go on with a draft.
    """

    NAME = "return"
    HEADING = "Return"
    CSS_PATH = "return_wizard.tcss"

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

    # --- commands ------------------------------------------------------------------------------------------------

    def can(self, action: str) -> bool:
        """Nothing but leaving while there is no form."""
        if self._form is None:
            return action == "leave"
        if action == "values":
            name = self._form.focused_name
            return name is not None and bool(self._values_of(name))
        return True

    async def action_leave(self) -> None:
        """F3: the draft is kept."""
        await self.before_leaving()
        kept = self._keeper is not None and self._keeper.kept is not None
        self.post_message(ReturnLeft(_KEPT if kept else "Nothing was typed: no draft is kept."))

    def action_discard(self) -> None:
        """Esc: throw the draft away, after a question if anything was typed."""
        assert self._form is not None and self._keeper is not None
        self._form.take_focused()
        if not self._keeper.typed:
            self.post_message(ReturnLeft(""))
            return
        question = ConfirmTyped(
            "Throw this return away?", "What was typed is gone then. F3 would keep it as a draft."
        )
        self.open_dialog(question, self._discard)

    async def _discard(self, sure: bool | None) -> None:
        if sure and self._keeper is not None:
            with self.reporting():
                await self._keeper.discard()
                self.post_message(ReturnLeft("The draft is thrown away."))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """F4 answers on every field, also where the key line does not offer it."""
        if action == "values" and self._form is not None:
            return True
        return super().check_action(action, parameters)

    def _values_of(self, name: str) -> bool:
        assert self._panel is not None
        return bool(self._panel.values(name).entries)

    def action_values(self) -> None:
        """F4: what this field can hold."""
        assert self._form is not None and self._panel is not None
        name = self._form.focused_name
        if name is None or not self._values_of(name):
            self.show_message("This field has no list: type into it, or Tab goes on.")
            return
        self._form.take_focused()
        panel = self._panel

        async def take(code: str | None) -> None:
            if code is not None:
                panel.type(name, code)
                self._changed()
                await self._go_on(name)

        label = BY_NAME[name].label.strip(" 1234567")
        dialog = ValuesList(label, panel.values(name), panel.text(name), self._tally)
        self.open_dialog(dialog, take)

    def action_exceptions(self) -> None:
        """Open section 7 and stand in it, or close it."""
        assert self._form is not None and self._panel is not None
        form, panel = self._form, self._panel
        name = form.focused_name
        form.take_focused()
        if form.exceptions_open:
            if name is not None and BY_NAME[name].rare:
                form.stand_on("verified")
            form.exceptions_open = False
            form.draw()
            return
        first = next(spec.name for spec in BY_NAME.values() if spec.rare and panel.shows(spec.name))
        self._stand_on(first)

    def action_next_line(self) -> None:
        """Page down: the next line on this return."""
        self._step(1)

    def action_previous_line(self) -> None:
        """Page up: the line before."""
        self._step(-1)

    def _step(self, steps: int) -> None:
        assert self._form is not None and self._panel is not None
        self._form.take_focused()
        if not self._panel.step(steps):
            self.show_message("No other line is on this return: enter a quantity in section 1.")
        self._changed()

    async def action_submit(self) -> None:
        """F9: the number, or everything that stands against it."""
        assert self._form is not None and self._panel is not None and self._keeper is not None
        self._form.take_focused()
        with self.reporting():
            made = await self._keeper.finalize()
            if isinstance(made, Refusal):
                self._show_refusal(self._panel.refused(made))
            elif made is not None:
                self.post_message(ReturnMade(made))
        await self._save()

    def _show_refusal(self, first: Mark | None) -> None:
        panel, form = self._panel, self._form
        assert panel is not None and form is not None
        if first is None:
            self.show_message("Nothing on this return can be priced: check the lines.", "error")
            return
        name, key = first
        if key is not None:
            panel.key = key
        form.draw()
        self._stand_on(name)
        more = len(panel.marks) - 1
        also = f" ({more} more marked)" if more else ""
        self.show_message(panel.marks[first] + also, "error")
