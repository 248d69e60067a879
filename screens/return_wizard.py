"""One return on one panel: lines, reason, condition, remedy, caller, check, exceptions, with the answer beside them.

F9 makes the return.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

from textual.message import Message

from rma.draft import Draft
from rma.numbers import EMERGENCY_NUMBERS
from rma.record import Refusal
from rma.wording import _, mark
from screens.ask import ConfirmTyped
from screens.go_to import Stop
from screens.navigation import CorrectOrder, ReturnLeft, ReturnMade
from screens.refusal_words import can_be_refused
from screens.return_draft import RowKey
from screens.return_fields import BY_NAME, OUTBOUND, QUANTITY
from screens.return_marks import Mark
from screens.return_rearranged import NotRearranged, Rearranged, move, split
from screens.return_refusing import refusal_question
from screens.return_typing import ReturnTyping
from screens.status_words import DeskStatus
from screens.widgets.safe_text import plain
from screens.widgets.values_list import ValuesList

_ASKED = ("evidence", "override_reason", "waive_fee_reason", "waive_shipping_fee_reason")
"""Fields of section 7 that the rules may ask for, in the order of the screen."""
_KEPT = mark("The return is kept as a draft: it waits on the home screen.")


class ReturnWizard(ReturnTyping):
    """One return. Posts `ReturnMade` when it has its number, `ReturnLeft` when it is left.

    Await `begin` before it is shown.
    """

    NAME = "return"
    HEADING = mark("Return")
    CSS_PATH = "return_wizard.tcss"
    takes_keys_from = 0.0
    """Keys that were typed before an F9 gave no number are dropped."""
    _tried = False
    """Whether an F9 gave no number."""

    _told_before = ""
    """What the caller was told, where keeping it as refused did not work."""
    _numbers_left: int | None = None
    """RMA numbers of this desk, as the status line says; None before it was read."""

    def show_status(self, status: DeskStatus) -> None:
        """Remember how many numbers are left: F9 asks before it takes one of the reserve."""
        super().show_status(status)
        if status.queue is not None:
            self._numbers_left = status.queue.numbers_left

    def can(self, action: str) -> bool:
        """Nothing but leaving while there is no form."""
        if self._form is None:
            return action == "leave"
        if action == "values":
            name = self._form.focused_name
            return name is not None and bool(self._values_of(name))
        if action == "refuse":
            return self._panel is not None and can_be_refused(self._panel.view)
        if action == "correct_order":
            return self._is_typed_order
        return True

    @property
    def _is_typed_order(self) -> bool:
        return self._panel is not None and self._panel.draft.by_hand is not None

    async def action_correct_order(self) -> None:
        """Back to the order that was typed by hand; the return is kept."""
        assert self._panel is not None
        with self.reporting():
            await self.before_leaving()
            self.post_message(CorrectOrder(self._panel.draft.draft_id))

    async def action_leave(self) -> None:
        """F3: the draft is kept."""
        with self.reporting():
            await self.before_leaving()
            kept = self._keeper is not None and self._keeper.kept is not None
            said = _(_KEPT) if kept else _("Nothing was typed: no draft is kept.")
            self.post_message(ReturnLeft(said))

    def action_discard(self) -> None:
        """Esc: throw the draft away, after a question if anything was typed."""
        assert self._form is not None and self._keeper is not None
        self._form.take_focused()
        if not self._keeper.typed:
            self.post_message(ReturnLeft(""))
            return
        question = ConfirmTyped(
            _("Throw this return away?"),
            self.said(_("What was typed is gone then. F3 would keep it as a draft.")),
        )
        self.open_dialog(question, self._discard)

    async def _discard(self, sure: bool | None) -> None:
        if sure and self._keeper is not None:
            with self.reporting():
                await self._keeper.discard()
                gone = self._whose.draft_id if self._whose is not None else ""
                self.post_message(ReturnLeft(_("The draft is thrown away."), gone))

    async def action_refuse(self) -> None:
        """Shift and delete: keep it as refused, with what the caller was told."""
        form, keeper, panel = self._form, self._keeper, self._panel
        assert form is not None and keeper is not None and panel is not None
        form.take_focused()
        with self.reporting():
            await keeper.gets_number()  # judged as it is typed now
        form.draw()
        if panel.view is not None:
            self.open_dialog(refusal_question(panel.view, self._told_before), self._refuse)

    async def _refuse(self, told: str | None) -> None:
        if told is None:
            return
        assert self._keeper is not None
        self._told_before = told
        with self.reporting():
            await self._keeper.refuse(told)
            gone = self._whose.draft_id if self._whose is not None else ""
            self.post_message(
                ReturnLeft(_("Kept as refused: the customer's history shows it."), gone)
            )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """F4 answers on every field, also where the key line does not offer it."""
        if action == "values" and self._form is not None:
            return True
        return super().check_action(action, parameters)

    def _values_of(self, name: str) -> bool:
        assert self._panel is not None
        return name == OUTBOUND or bool(self._panel.values(name).entries)

    async def action_values(self) -> None:
        """F4: what this field can hold."""
        assert self._form is not None and self._panel is not None and self._keeper is not None
        name = self._form.focused_name
        if name == OUTBOUND:
            self._form.take_focused()
            await self._keeper.find_products(self._panel.text(name))
        if name is None or not self._values_of(name):
            self.show_message(_("This field has no list: type into it, or Tab goes on."))
            return
        self._form.take_focused()
        form, panel = self._form, self._panel

        def take(code: str | None) -> None:
            if code is not None:
                form.put(name, code)
                form.go_on(name)

        label = BY_NAME[name].name_on_screen
        dialog = ValuesList(label, panel.values(name), panel.text(name), self._tally)
        self.open_dialog(dialog, take)

    def sections(self) -> tuple[Stop, ...]:
        """Each section by its number, to stand on its first field; 6 only tells."""
        form = self._form
        if form is None:
            return ()
        numbered = {
            spec.label.strip()[0]: spec
            for spec in BY_NAME.values()
            if spec.label.strip()[:1].isdigit()
        }
        found = [Stop(("1",), _("Lines"), partial(form.stand_on, QUANTITY))]
        found += [
            Stop((number,), spec.name_on_screen, partial(form.stand_on, spec.name))
            for number, spec in numbered.items()
        ]
        found.append(Stop(("7",), _("Exceptions"), self._into_exceptions))
        if self._is_typed_order:
            found.append(Stop(("0",), _("Correct order"), self.action_correct_order))
        return tuple(found)

    def _into_exceptions(self) -> None:
        assert self._form is not None and self._panel is not None
        shows = self._panel.shows
        self._form.open_exceptions(next((name for name in _ASKED if shows(name)), "amount"))

    async def action_exceptions(self) -> None:
        """Open section 7 and stand on what the rules ask for there, or close it."""
        assert self._form is not None and self._panel is not None
        form = self._form
        form.take_focused()
        if form.exceptions_open:
            form.close_exceptions()
            return
        self._into_exceptions()

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
            self.show_message(_("No other line is on this return: enter a quantity in section 1."))
        self._form.draw()

    def action_split_line(self) -> None:
        """Insert: the same line once more, with a reason of its own."""
        self._rearrange(split)

    def action_line_up(self) -> None:
        """Shift and up: the line before its neighbour."""
        self._rearrange(partial(move, by=-1))

    def action_line_down(self) -> None:
        """Shift and down: the line behind its neighbour."""
        self._rearrange(partial(move, by=1))

    def _rearrange(self, change: Callable[[Draft, RowKey, int], Rearranged]) -> None:
        """Change the lines of the return in one step that undo takes back, or say why not."""
        form, panel = self._form, self._panel
        assert form is not None and panel is not None
        form.take_focused()
        try:
            panel.draft, panel.key = change(panel.draft, panel.key, panel.row.line.returnable)
        except NotRearranged as error:
            self.show_message(str(error), "warning")
            return
        here = form.focused_name or QUANTITY
        form.changed(QUANTITY)
        form.take_focused()
        form.stand_on(here)

    async def action_submit(self) -> None:
        """F9: the number, or everything that stands against it.

        Who goes on typing without looking after a try that gave no number types the next call into this return: from
        the second try on, only a typed `y` gives the number. So it is with money that was set by hand: no rule can see
        a digit that is wrong in it. So it is with the last numbers of the desk, too.
        """
        form, keeper, panel = self._form, self._keeper, self._panel
        assert form is not None and keeper is not None and panel is not None
        form.take_focused()
        await self._tell()
        with self.reporting():
            asks = self._tried or panel.sets_money or self._takes_reserve
            if asks and await keeper.gets_number():
                self.open_dialog(self._asks_again(), self._if_sure)
            else:
                await self._finalize()
        await self._save()

    @property
    def _takes_reserve(self) -> bool:
        """Whether its number is one of the last, which are kept for what cannot wait."""
        assert self._panel is not None
        left = self._numbers_left or 0
        return 0 < left <= EMERGENCY_NUMBERS and self._panel.draft.editing is None

    def _asks_again(self) -> ConfirmTyped:
        assert self._whose is not None and self._panel is not None
        question = _("Finalize the return of {name}, order {number}?").format(
            name=self._whose.name, number=self._panel.order.order.number
        )
        details = [plain(self._panel.money_by_hand())] if self._panel.sets_money else []
        if self._tried:
            said = _("F9 was refused before: make sure that this is the return of this caller.")
            details.append(self.said(said))
        if self._takes_reserve:
            said = _("Only {count} RMA numbers are left here, a reserve: F5 asks for new ones.")
            details.append(self.said(said.format(count=self._numbers_left)))
        return ConfirmTyped(question, "\n".join(details))

    async def _if_sure(self, sure: bool | None) -> None:
        if sure:
            with self.reporting():
                await self._finalize()
        else:
            self.show_message(_("Not finalized: look at what is typed, then F9."), "warning")

    async def _finalize(self) -> None:
        """Give it its number; where it gets none, what was typed ahead of that is dropped."""
        assert self._panel is not None and self._keeper is not None and self._form is not None
        self._tried = True
        self.takes_keys_from = math.inf
        try:
            made = await self._keeper.finalize()
        finally:
            self.call_after_refresh(self._takes_keys)
        if isinstance(made, Refusal):
            self._show_refusal(self._panel.refused(made))
        elif made is not None:
            self._last.remember(self._form.repeatable())
            self.post_message(ReturnMade(made))

    def _takes_keys(self) -> None:
        """What came of F9 is on the screen: from now on keys are typed into it."""
        self.takes_keys_from = Message().time

    def _show_refusal(self, first: Mark | None) -> None:
        panel, form = self._panel, self._form
        assert panel is not None and form is not None
        if first is None:
            self.show_message(_("Nothing on this return can be priced: check the lines."), "error")
            return
        name, key = first
        if key is not None:
            panel.key = key
        form.draw()
        form.stand_on(name)
        more = len(panel.marks) - 1
        said = panel.marks[first]
        if more:
            said = _("{problem} ({count} more marked)").format(problem=said, count=more)
        self.show_message(said, "error")
