"""The form of the return panel: every field of `return_fields`, laid out in numbered sections."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from screens.return_fields import BY_NAME, FIELDS, QUANTITY, Kind
from screens.return_lines import QuantityList
from screens.return_money import MARKS, column, strip
from screens.return_panel import ReturnPanel
from screens.widgets.field import Field, FieldInput
from screens.widgets.key_tally import KeyTally
from screens.widgets.safe_text import plain
from screens.widgets.ticks import Ticks

STRIP_ROWS = 5
"""Rows of the answer beneath the form at 80 columns."""
WIDE = 110
"""From this width the answer stands beside the form."""

_WIDTHS = {
    "reason": 20,
    "condition": 12,
    "resolution": 13,
    "return_type": 12,
    "channel": 13,
    "email": 34,
    "phone": 20,
    "serials": 24,
    "amount": 12,
    "goodwill": 12,
    "proof": 14,
    "destination_override": 13,
    "reference": 24,
}
"""Cells of the fields that do not take their whole row."""

_FIXED_ROWS = 10
"""Rows of the form beside the lines and section 7."""


class ReturnForm(Vertical):
    """Draws a `ReturnPanel` and lets it be typed; whoever mounts it listens to the fields' messages."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "app.focus_previous", show=False),
        Binding("down", "app.focus_next", show=False),
    ]

    def __init__(self, panel: ReturnPanel, tally: KeyTally) -> None:
        super().__init__()
        self._panel = panel
        self._tally = tally
        self._fields: dict[str, Field] = {}
        self._taken: dict[str, str] = {}
        """The text of each field that the panel and the field agreed on last."""
        self._facts: dict[str, Ticks] = {}
        self._lines = QuantityList(panel, tally)
        self.exceptions_open = False

    def compose(self) -> ComposeResult:
        """Sections 1 to 7, and the answer."""
        with VerticalScroll(id="fields", can_focus=False):
            yield Static(id="lines-heading")
            yield self._lines
            yield self._field("serials")
            yield self._field("reason", "section")
            yield self._field("note")
            with Horizontal(classes="pair section"):
                yield self._field("condition")
                yield self._field("resolution", "second")
            with Horizontal(classes="pair section"):
                yield self._field("return_type")
                yield self._field("channel", "second")
            yield self._field("email")
            yield self._field("phone")
            yield self._ticks("verified")
            yield self._field("verification_skipped")
            yield Static(id="check", classes="section")
            yield Static(id="exceptions-heading")
            with Vertical(id="exceptions"):
                yield self._ticks("evidence")
                yield self._field("override_reason")
                yield self._field("waive_fee_reason")
                with Horizontal(classes="pair"):
                    yield self._field("amount", "amount")
                    yield self._field("amount_reason", "because")
                yield self._field("proof")
                yield self._field("waive_shipping_fee_reason")
                with Horizontal(classes="pair"):
                    yield self._field("goodwill", "amount")
                    yield self._field("goodwill_reason", "because")
                with Horizontal(classes="pair", id="destination"):
                    yield self._field("destination_override", "amount")
                    yield self._field("destination_reason", "because")
                yield self._field("reference")
                yield self._ticks("photo_seen_before")
        yield Static(id="answer")

    def on_mount(self) -> None:
        """Show what the panel holds."""
        self.draw()

    def on_resize(self) -> None:
        """Give the lines what height is left; focus and texts stay."""
        self.call_after_refresh(self.draw)

    def stand_on(self, name: str) -> None:
        """Focus a field, opening section 7 for it if need be."""
        opened = BY_NAME[name].rare and not self.exceptions_open
        if opened:
            self.exceptions_open = True
            self.draw()
        if name == QUANTITY:
            self._lines.begin_anew()
        target = self._target(name)
        target.focus()
        if isinstance(target, FieldInput):
            target.select_all()
        if opened:
            exceptions = self.query_one("#exceptions-heading")
            self.call_after_refresh(exceptions.scroll_visible, top=True, animate=False)

    @property
    def focused_name(self) -> str | None:
        """Name of the field under the cursor."""
        focused = self.screen.focused
        return focused.id if focused is not None and focused.id in BY_NAME else None

    def take_focused(self) -> None:
        """Put the text under the cursor into the panel, whatever messages are still on their way."""
        name = self.focused_name
        if name is None:
            return
        if BY_NAME[name].kind in (Kind.TEXT, Kind.CODE):
            self.take(name)
        self._panel.leave(name)

    def take(self, name: str) -> None:
        """Put what stands in a field into the panel."""
        typed = self._fields[name].input.value
        self._taken[name] = typed
        self._panel.type(name, typed)

    def draw(self) -> None:
        """Show the panel as it is now; what did not change is not drawn again.

        Text may stand in a field whose message is still on its way: it is taken first, never drawn over.
        """
        panel = self._panel
        for name, field in self._fields.items():
            if field.input.value != self._taken.get(name, ""):
                self.take(name)
        self.query_one("#exceptions").display = self.exceptions_open
        self.query_one("#destination").display = panel.shows("destination_override")
        for spec in FIELDS:
            if spec.name == QUANTITY:
                continue
            shown = panel.shows(spec.name)
            if spec.kind is Kind.TICKS:
                ticks = self._facts[spec.name]
                ticks.display = shown
                ticks.offer(panel.ticks(spec.name))
                ticks.show(panel.ticked(spec.name), panel.echo(spec.name).wrong)
            else:
                field = self._fields[spec.name]
                field.display = shown
                field.show(panel.text(spec.name))
                self._taken[spec.name] = field.input.value
                said = panel.echo(spec.name)
                field.say(said.text, wrong=said.wrong)
        self._draw_lines()
        self.query_one("#check", Static).update(self._check())
        self.query_one("#exceptions-heading", Static).update(self._exceptions())
        self._draw_answer()

    # --- parts ----------------------------------------------------------------------------------------------------

    def _draw_lines(self) -> None:
        lines = self._lines
        room = self.size.height - _FIXED_ROWS - (0 if self._wide else STRIP_ROWS + 1)
        room -= self._panel.shows("serials")
        if self._tall:
            room -= 6
        height = max(1, min(lines.wanted_height, room))
        if lines.styles.height is None or lines.styles.height.value != height:
            lines.styles.height = height
        lines.refresh()
        width = lines.size.width or self.size.width
        self.query_one("#lines-heading", Static).update(lines.heading(width, height))

    def _draw_answer(self) -> None:
        answer = self.query_one("#answer", Static)
        width = answer.content_size.width
        if width < 10:
            return
        if self._wide:
            answer.update(column(self._panel, width))
        else:
            answer.update(strip(self._panel, width, STRIP_ROWS))

    @property
    def _wide(self) -> bool:
        return self.app.size.width >= WIDE

    @property
    def _tall(self) -> bool:
        return self.app.size.height >= 32

    def _check(self) -> Content:
        panel = self._panel
        head = ("6 Check".ljust(13), "$text-muted")
        open_points = panel.open_points()
        if open_points:
            return Content.assemble(head, (f"still open: {', '.join(open_points)}", ""))
        if panel.view is None:
            return Content.assemble(head)
        verdict = panel.view.assessment.verdict
        mark, _, style = MARKS[verdict]
        words = {
            "eligible": "complete: F9 gives the number",
            "needs_approval": "complete: F9 gives the number, a supervisor approves",
            "ineligible": "refused: clear that quantity, or see section 7",
        }[verdict.value]
        return Content.assemble(head, (f"{mark} {words}", style))

    def _exceptions(self) -> Content:
        panel = self._panel
        head = ("7 Exceptions ", "$text-muted")
        if self.exceptions_open:
            name = plain(panel.line.name, 40)
            return Content.assemble(head, (f"for {name}, then for the return", "$text-muted"))
        asked = [
            words
            for name, words in (
                ("evidence", "evidence"),
                ("override_reason", "an exception can be asked"),
            )
            if panel.shows(name) and not panel.text(name) and not panel.ticked(name)
        ]
        used = [
            BY_NAME[name].label.strip().lower()
            for name in ("override_reason", "waive_fee_reason", "amount", "goodwill", "reference")
            if panel.text(name).strip()
        ]
        words = " · ".join([*asked, *used])
        return Content.assemble(
            head,
            (words or "goodwill, amount by hand, proof, reference", "" if words else "$text-muted"),
            ("  Ctrl+T opens", "$text-muted"),
        )

    def _field(self, name: str, classes: str = "") -> Field:
        spec = BY_NAME[name]
        self._fields[name] = Field(
            name,
            spec.label,
            self._tally,
            width=_WIDTHS.get(name, 0),
            max_length=spec.max_length,
            classes=classes,
        )
        return self._fields[name]

    def _ticks(self, name: str) -> Ticks:
        entries = self._panel.ticks(name)
        self._facts[name] = Ticks(name, BY_NAME[name].label, entries, self._tally)
        return self._facts[name]

    def _target(self, name: str) -> Widget:
        if name == QUANTITY:
            return self._lines
        return self._facts[name] if name in self._facts else self._fields[name].input
