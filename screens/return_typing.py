"""The return panel while it is typed: its opening, its fields, and how the draft and the rules follow every key."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TypeAlias

from textual import on
from textual.app import ComposeResult

from desk.caller import Caller
from desk.customers import CustomerFile, OrderView
from desk.errors import NotFound
from desk.judging import DraftView
from desk.parked import Parked
from desk.ports import Clock
from desk.returns import Returns
from desk.typed_orders import order_of
from rma.draft import Cursor, Draft
from rma.errors import RmaError
from rma.numbers import spoken
from rma.reasons import ReasonTree
from rma.request import Role
from rma.wording import _
from screens.background import start
from screens.base import DeskScreen
from screens.field_help import FieldHelp
from screens.formats import date
from screens.forms.form import Form
from screens.forms.keys import FormKeys
from screens.forms.last_values import LastValues
from screens.forms.state import Echo
from screens.navigation import About
from screens.return_caller import ReturnCaller
from screens.return_draft import RowKey
from screens.return_fields import BY_NAME, QUANTITY
from screens.return_form import ReturnForm
from screens.return_keeper import ReturnKeeper
from screens.return_panel import ReturnPanel
from screens.widgets.key_tally import KeyTally

SOON_SECONDS = 0.1
"""The screen before stays that long while a return is read."""

_Read: TypeAlias = tuple[Draft, Draft, OrderView, ReasonTree, DraftView]
"""The draft, the same untouched, its order, the reasons, and what the rules say before a line is on it."""


class ReturnTyping(FormKeys, DeskScreen):
    """Every field exit saves the draft; every key asks the rules again, in a thread."""

    @property
    def form(self) -> Form | None:
        """The form, once the draft is read."""
        return self._form

    def tell(self, sentence: str) -> None:
        """Why a key did nothing."""
        self.show_message(sentence)

    def field_help(self) -> FieldHelp | None:
        """What F1 says about the field under the cursor."""
        return self._form.field_help() if self._form is not None else None

    def problems(self) -> tuple[str, ...]:
        """Everything that stands against the return, line by line."""
        return self._panel.problems() if self._panel is not None else ()

    def __init__(
        self,
        returns: Returns,
        customers: CustomerFile,
        clock: Clock,
        role: Role,
        caller: Caller,
        parked: Parked,
        *,
        last: LastValues | None = None,
    ) -> None:
        """`last` is what earlier returns of this session held."""
        super().__init__()
        self._last = last or LastValues()
        self._returns = returns
        self._customers = customers
        self._clock = clock
        self._role = role
        self._caller, self._parked = caller, parked
        self._told: ReturnCaller | None = None
        """What the caller tells, once the return is read."""
        self._order_id, self._draft_id = "", ""
        self._line_id: str | None = None
        self._panel: ReturnPanel | None = None
        self._form: ReturnForm | None = None
        """The form, once the return is read."""
        self._tally = KeyTally(clock.now)
        self._empty_form = ReturnForm(self._tally, self._last, self.said)
        self._empty_form.display = False
        self._keeper: ReturnKeeper | None = None
        self._whose: About | None = None
        """Whose return it is, once it is read."""
        self._asked: Draft | None = None
        """What the rules were asked about last."""

    # --- opening ------------------------------------------------------------------------------------------------

    def compose_body(self) -> ComposeResult:
        """The form. It is made before it is known whose return it is: making it takes longer than reading that."""
        yield self._empty_form

    async def begin(
        self, *, order_id: str = "", line_id: str | None = None, draft_id: str = ""
    ) -> None:
        """Read the return in a thread, before the screen is shown; at most `SOON_SECONDS`, the rest when it is.

        Give `order_id` (and the line to stand on) for a new return, or `draft_id` to go on with a draft.
        """
        self._order_id, self._line_id, self._draft_id = order_id, line_id, draft_id
        self._reading = asyncio.create_task(asyncio.to_thread(self._read))
        await asyncio.wait({self._reading}, timeout=SOON_SECONDS)
        if self._reading.done() and self._reading.exception() is None:
            self._open(*self._reading.result())
        else:
            self._takes_no_keys()

    def _takes_no_keys(self) -> None:
        """The form of this screen holds no return yet, or never will."""
        self.AUTO_FOCUS = ""  # type: ignore[misc]
        self.set_focus(None)

    async def on_screen_resume(self) -> None:
        """The first time, stand on the first field."""
        if self._whose is not None:
            return
        with self.reporting():
            read = await self._reading
            if self._form is None:
                self._open(*read)
            assert self._form is not None
            self._say_whose(read)
            self._stand()
            self.refresh_keys()
            self._judge_soon()
            start(self, self._warn, name="beside")

    def _stand(self) -> None:
        """Where the cursor was when the draft was left, else on the first field."""
        assert self._form is not None and self._panel is not None
        cursor = self._panel.draft.cursor
        if cursor is None or cursor.field not in BY_NAME:
            self._form.stand_on(QUANTITY)
            return
        key = RowKey(cursor.line_id, cursor.copy)
        if key in [row.key for row in self._panel.rows]:
            self._panel.key = key
        self._form.stand_on(cursor.field if self._panel.has(cursor.field) else QUANTITY)
        self._form.draw()

    async def _warn(self) -> None:
        """Say what is in work beside this return."""
        assert self._told is not None
        with self.reporting():
            said = await self._told.warnings()
            if said:
                self.show_message(said, "warning")

    def _read(self) -> _Read:
        returns = self._returns
        kept = returns.open(self._draft_id) if self._draft_id else None
        begun = kept if kept is not None and kept.by_hand is not None else None
        untouched = begun or returns.start(kept.order_id if kept else self._order_id)
        draft = kept or untouched
        order = order_of(draft, self._customers)
        if not order.lines:
            raise NotFound(_("This order has no lines here: press F5 to sync, then open it again."))
        return draft, untouched, order, returns.reasons(), returns.assess(replace(draft, lines=()))

    def _open(
        self,
        draft: Draft,
        untouched: Draft,
        order: OrderView,
        reasons: ReasonTree,
        view: DraftView,
    ) -> None:
        self._tally.begin(draft.keys, draft.first_key_at)
        self._panel = ReturnPanel(
            draft, order, reasons, supervisor=self._role.approves, line_id=self._line_id
        )
        self._panel.judged(view, ())
        self._told = ReturnCaller(self._caller, self._parked, self._panel, view.customer)
        if not self._panel.on_return:
            self._asked = self._panel.for_rules()  # that is what `view` answers
        kept = draft if self._draft_id else None
        self._keeper = ReturnKeeper(
            self._returns, self._panel, self._tally, untouched=untouched, kept=kept
        )
        self._empty_form.display = True
        self._empty_form.begin_return(self._panel)
        self._form = self._empty_form

    def _say_whose(self, read: _Read) -> None:
        draft, _untouched, order, _reasons, view = read
        edits = _("Edit of {number}").format(number=spoken(draft.edited)) if draft.edited else ""
        parts = (
            edits or _(self.HEADING),
            _("order {number}").format(number=order.order.number),
            view.customer.name,
        )
        detail = f"{date(order.order.placed_at)} · {order.order.currency}"
        if draft.by_hand is not None:
            detail = _("order typed by hand")
        self.set_heading(" · ".join(part for part in parts if part), detail)
        customer, kept = view.customer, bool(self._draft_id)
        self._whose = About(customer.customer_id, customer.name, draft.draft_id, kept=kept)
        self.show_about(self._whose)

    # --- fields ------------------------------------------------------------------------------------------------

    @on(Form.Typed)
    def _typed(self, event: Form.Typed) -> None:
        self.clear_message()
        self._judge_soon()
        if event.name == "verified":
            start(self, self._tell, name="tell")

    @on(Form.Left)
    async def _left(self, event: Form.Left) -> None:
        self._judge_soon()
        await self._save()
        await self._hear(event.name)

    @on(Form.Stayed)
    def _stayed(self, event: Form.Stayed) -> None:
        self.show_message(event.problem, "warning")

    @on(Form.Entered)
    async def _entered(self, event: Form.Entered) -> None:
        """Enter, or a full field: say what was wrong with the field left, else what is with the one entered."""
        assert self._panel is not None
        self._judge_soon()
        echo = self._panel.echo(event.to) if event.to is not None else Echo("")
        if event.problem:
            label = BY_NAME[event.name].name_on_screen
            self.show_message(f"{label}: {event.problem}", "error")
        elif event.to is None:
            open_points = self._panel.open_points()
            said = _("All is typed: F9 gives the number.")
            if self._panel.is_refused:
                said = _("All is typed, but it is refused: F9 shows why.")
            elif open_points:
                said = _("Still open: {fields}.").format(fields=", ".join(open_points))
            self.show_message(said)
        elif echo.wrong:
            self.show_message(echo.text, "error")
        else:
            self.clear_message()
        await self._save()
        await self._hear(event.name)

    async def _hear(self, name: str) -> None:
        """Why no facts were asked counts when it is typed to its end."""
        if name == "verification_skipped":
            await self._tell()

    async def _tell(self) -> None:
        """What the caller told opens the contact data."""
        assert self._told is not None
        with self.reporting():
            await self._told.tell()
        if self._form is not None:
            self._form.draw()

    # --- the rules and the draft -----------------------------------------------------------------------------------

    def _judge_soon(self, *, anew: bool = False) -> None:
        """Ask the rules where they have not been asked about just this; `anew` where they may say something else."""
        assert self._panel is not None
        draft = self._panel.for_rules()
        if anew or draft != self._asked:
            self._asked = draft
            start(self, self._judge, name="judge")

    async def _judge(self) -> None:
        """Ask the rules, and show what they say."""
        assert self._keeper is not None
        with self.reporting():
            if await self._keeper.judge() and self._form is not None:
                self._form.draw()

    async def _save(self) -> None:
        with self.reporting():
            await self._keep()

    async def _keep(self) -> None:
        """Save the draft; nothing untyped is a return that could be gone back to."""
        assert self._keeper is not None and self._whose is not None and self._told is not None
        self._told.name_case()
        await self._keeper.save()
        if self._keeper.kept is not None and not self._keeper.over:
            self.show_about(replace(self._whose, kept=True))

    def take_typed(self) -> None:
        """Take the text under the cursor, as long as the form stands."""
        if self._form is not None and self._form.is_attached:
            self._form.take_focused()

    async def before_leaving(self) -> None:
        """Keep what is half-typed."""
        if self._form is not None and self._keeper is not None:
            self.take_typed()
            self._mark_place()
            await self._keep()

    def _mark_place(self) -> None:
        """Remember where the cursor stands; a desk that ends by an error has taken the form apart already."""
        assert self._form is not None and self._panel is not None
        if not self._form.is_attached:
            return
        name, key = self._form.focused_name, self._panel.key
        if name is not None:
            cursor = Cursor(field=name, line_id=key.line_id, copy=key.copy)
            self._panel.draft = replace(self._panel.draft, cursor=cursor)

    def desk_changed(self) -> None:
        """A sync may have brought other returns of this order."""
        if self._panel is not None:
            start(self, self._read_order, name="order")

    async def _read_order(self) -> None:
        panel = self._panel
        assert panel is not None
        try:
            panel.order = await asyncio.to_thread(order_of, panel.draft, self._customers)
        except RmaError:
            return  # gone from reference while being replaced; the next sync brings it
        if self._form is not None:
            self._form.draw()
        self._judge_soon(anew=True)
