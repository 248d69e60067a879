"""The form of the return panel: the sections of `return_fields`, the order's lines, and the answer of the rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from rma.wording import _, inside
from screens.base import FRAME_ROWS
from screens.forms.form import Form
from screens.forms.last_values import LastValues
from screens.money_words import MARKS
from screens.return_fields import (
    BY_NAME,
    CALLER,
    EXCEPTIONS,
    LINES,
    OUTBOUND,
    QUANTITY,
    SECTIONS,
    WHAT,
    WHY,
)
from screens.return_lines import QuantityList
from screens.return_money import column, strip
from screens.return_panel import ReturnPanel
from screens.return_steps import advance
from screens.widgets.key_tally import KeyTally
from screens.widgets.rows import Rows
from screens.widgets.safe_text import plain

STRIP_ROWS = 5
"""Rows of the answer beneath the form at 80 columns."""
WIDE = 110
"""From this width the answer stands beside the form."""

_FIXED_ROWS = 10
"""Rows of the form beside the lines and section 7."""


class Answer(Rows):
    """The answer of the rules; says when it has another size."""

    class Resized(Message):
        """What fits into it has changed."""

    def on_resize(self) -> None:
        """Tell the form, which draws it."""
        self.post_message(self.Resized())


class ReturnForm(Form):
    """Draws a `ReturnPanel` and lets it be typed; whoever mounts it listens to the form's messages."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "app.focus_previous", show=False),
        Binding("down", "app.focus_next", show=False),
    ]

    _panel: ReturnPanel
    """Set by `begin_return`, before it is shown."""

    def __init__(
        self,
        tally: KeyTally,
        last: LastValues,
        said: Callable[[str], str],
    ) -> None:
        """`said` puts the user's keys into a sentence."""
        super().__init__(SECTIONS, tally=tally, last=last)
        self._said = said
        self._lines = QuantityList(tally)
        self._heading = Rows(id="lines-heading")
        self._check = Rows(id="check", classes="section")
        self._seventh = Rows(id="exceptions-heading")
        self._answer = Answer(id="answer")
        self._rare = Vertical(id=EXCEPTIONS.name, classes="section")
        self._rare.display = EXCEPTIONS.shown
        self._came_from = QUANTITY

    def begin_return(self, panel: ReturnPanel) -> None:
        """Show and change this return from now on; once, before anybody has typed."""
        self._panel = panel
        self._lines.begin(panel)
        self.begin(panel)

    def compose(self) -> ComposeResult:
        """Sections 1 to 6, room for the seventh, and the answer."""
        with VerticalScroll(id="fields", can_focus=False):
            yield self._heading
            yield self._lines
            yield from self.section(LINES)
            for section in (WHY, WHAT, CALLER):
                yield from self.section(section)
            yield self._check
            yield self._seventh
            yield self._rare
        yield self._answer

    def on_resize(self) -> None:
        """Give the lines what height is left; focus and texts stay."""
        if self.is_begun:
            self.draw()

    @on(Answer.Resized)
    def _answer_resized(self, event: Answer.Resized) -> None:
        """A screen that became wide or narrow moves the answer later than it resizes the form."""
        event.stop()
        if self.is_begun:
            self.draw()

    # --- where the cursor is ------------------------------------------------------------------------------------

    @property
    def exceptions_open(self) -> bool:
        """Whether section 7 is open."""
        return bool(self._rare.display)

    def open_exceptions(self, name: str) -> None:
        """Open section 7 and stand on one of its fields."""
        self._came_from = self.focused_name or QUANTITY
        self.stand_on(name)

    def close_exceptions(self) -> None:
        """Close section 7; who stands in it stands where it was opened from."""
        name = self.focused_name
        if name is not None and BY_NAME[name].rare:
            self.stand_on(self._came_from)
        self._rare.display = False
        self.draw()

    def widget_of(self, name: str) -> Widget:
        """The list of lines stands for the quantity."""
        return self._lines if name == QUANTITY else super().widget_of(name)

    def stand_on(self, name: str) -> None:
        """Focus a field, opening section 7 for it if need be."""
        if BY_NAME[name].rare and not self.exceptions_open:
            self.call_later(self._stand_in_exceptions, name)
            return
        if name == QUANTITY:
            self._lines.begin_anew()
        super().stand_on(name)

    async def _stand_in_exceptions(self, name: str) -> None:
        """Few returns need section 7: its widgets, half of all, are made when it is opened for the first time."""
        self._rare.display = True
        if not self._rare.children:
            await self._rare.mount(*self.section(EXCEPTIONS))
        self.draw()
        super().stand_on(name)
        self.call_after_refresh(self._seventh.scroll_visible, top=True, animate=False)

    def next_of(self, name: str) -> str | None:
        """By what is usually needed, line by line."""
        return advance(self._panel, name)

    @on(QuantityList.Typed)
    def _quantity_typed(self, event: QuantityList.Typed) -> None:
        event.stop()
        self.changed(QUANTITY, (QUANTITY, self._panel.key))

    @on(QuantityList.Moved)
    def _row_changed(self, event: QuantityList.Moved) -> None:
        event.stop()
        self.draw()
        self.post_message(self.Left(QUANTITY))

    @on(QuantityList.Left)
    def _lines_left(self, event: QuantityList.Left) -> None:
        event.stop()
        self.left(QUANTITY)

    @on(QuantityList.Taken)
    def _quantity_taken(self, event: QuantityList.Taken) -> None:
        """Enter on the first line takes the quantity that is suggested."""
        event.stop()
        panel = self._panel
        if not panel.typed.quantity.strip() and not panel.on_return:
            suggestion = panel.suggestion(panel.row)
            if not suggestion:
                self.post_message(self.Stayed(QUANTITY, panel.quantity_asked()))
                return
            self.put(QUANTITY, suggestion)
        self.go_on(QUANTITY)

    # --- drawing ------------------------------------------------------------------------------------------------

    def draw(self) -> None:
        """The fields, and what stands around them."""
        super().draw()
        if self._rare.children:
            money_to = self._rare.query_one("#row-destination_override")
            _display(money_to, self._panel.has("destination_override"))
        self._draw_lines()
        self._check.show(self._check_row())
        self._seventh.show(self._exceptions_row())
        self._draw_answer()

    def _draw_lines(self) -> None:
        lines = self._lines
        rows = self.size.height or self.app.size.height - FRAME_ROWS
        room = rows - _FIXED_ROWS - (0 if self._wide else STRIP_ROWS + 1)
        room -= self._panel.has("serials") + self._panel.has(OUTBOUND)
        if self._tall:
            room -= 6
        height = max(1, min(lines.wanted_height, room))
        if lines.styles.height is None or lines.styles.height.value != height:
            lines.styles.height = height
        lines.draw(height)
        self._heading.show(lines.heading(lines.size.width or self.size.width, height))

    def _draw_answer(self) -> None:
        width = self._answer.content_size.width
        if width >= 10:
            rows = (
                column(self._panel, width) if self._wide else strip(self._panel, width, STRIP_ROWS)
            )
            self._answer.show(*rows)

    @property
    def _wide(self) -> bool:
        return self.app.size.width >= WIDE

    @property
    def _tall(self) -> bool:
        return self.app.size.height >= 32

    def _check_row(self) -> Content:
        panel = self._panel
        head = (_("6 Check").ljust(13), "$text-muted")
        open_points = panel.open_points()
        if open_points and not panel.is_refused:
            said = _("still open: {fields}")
            return Content.assemble(head, (said.format(fields=", ".join(open_points)), ""))
        if panel.view is None:
            return Content.assemble(head)
        verdict = panel.view.assessment.verdict
        sign, _words, style = MARKS[verdict]
        said = {
            "eligible": _("complete: F9 gives the number"),
            "needs_approval": _("complete: F9 gives the number, a supervisor approves"),
            "ineligible": self._refused_words(),
        }[verdict.value]
        return Content.assemble(head, (f"{sign} {self._said(said)}", style))

    def _refused_words(self) -> str:
        fields = [
            inside(BY_NAME[name].name_on_screen)
            for name in self._panel.refused_fields()
            if name not in (QUANTITY, "override_reason")
        ]
        if not fields:
            return _("refused: clear that quantity, or see section 7")
        said = _("refused: change “{fields}”, or clear the quantity")
        return said.format(fields=", ".join(fields))

    def _exceptions_row(self) -> Content:
        panel = self._panel
        head = (_("7 Exceptions").ljust(13), "$text-muted")
        if self.exceptions_open:
            name = plain(panel.line.name, 40)
            said = _("for {name}, then for the return")
            return Content.assemble(head, (said.format(name=name), "$text-muted"))
        asked = [
            words
            for name, words in (
                ("evidence", _("evidence")),
                ("override_reason", _("an exception can be asked")),
            )
            if panel.shows(name) and not panel.text(name) and not panel.ticked(name)
        ]
        used = [
            inside(BY_NAME[name].name_on_screen)
            for name in ("override_reason", "waive_fee_reason", "amount", "goodwill")
            if panel.text(name).strip()
        ]
        case = panel.text("reference").strip()
        used += [_("CRM case {number}").format(number=plain(case, 40))] if case else []
        words = " · ".join([*asked, *used])
        return Content.assemble(
            head,
            (
                words or _("goodwill, amount by hand, proof, CRM case"),
                "" if words else "$text-muted",
            ),
            ("  " + self._said(_("Ctrl+T opens")), "$text-muted"),
        )


def _display(widget: Widget, shown: bool) -> None:
    if widget.display != shown:
        widget.display = shown
