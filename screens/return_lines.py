"""Section 1 of the return panel: the order's lines, each with what is left of it and a quantity to enter.

It draws only the rows that are seen, so that an order of a thousand lines is as quick as one of three.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Offset
from textual.message import Message

from rma.numbers import spoken
from rma.wording import _, words
from screens.formats import amount
from screens.money_words import MARKS
from screens.return_draft import Row, RowKey, line_at
from screens.return_panel import ReturnPanel
from screens.widgets.jump_target import JumpTarget
from screens.widgets.key_tally import KeyTally
from screens.widgets.rows import Rows
from screens.widgets.safe_text import pad, plain, typed

_QUANTITY_CELLS = 6
_MONEY_CELLS = 11


class QuantityList(Rows, can_focus=True):
    """Arrows choose a line, typing enters its quantity, Enter goes on."""

    DEFAULT_CSS = """
    QuantityList { height: auto; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "jump(-8)", show=False),
        Binding("pagedown", "jump(8)", show=False),
        Binding("home", "jump(-100000)", show=False),
        Binding("end", "jump(100000)", show=False),
        Binding("backspace", "erase", show=False),
        Binding("delete,ctrl+u", "erase(True)", show=False),
    ]

    @dataclass
    class Typed(Message):
        """A quantity was typed into the row under the cursor."""

        text: str

    @dataclass
    class Moved(Message):
        """Another row is edited now."""

    @dataclass
    class Taken(Message):
        """Enter was pressed."""

    @dataclass
    class Left(Message):
        """The focus left the list."""

    _panel: ReturnPanel
    """Set by `begin`, before it is shown."""

    def __init__(self, tally: KeyTally) -> None:
        super().__init__(id="quantity")
        self._tally = tally
        self._top = 0
        self._fresh = True
        """Whether the next key replaces the quantity, as in a field that was just entered."""

    def begin(self, panel: ReturnPanel) -> None:
        """Show and change this return from now on."""
        self._panel = panel

    @property
    def cursor_screen_offset(self) -> Offset:
        """Where the quantity of the edited row is typed, for the terminal's cursor."""
        keys = [row.key for row in self._panel.rows]
        at = keys.index(self._panel.key) if self._panel.key in keys else 0
        quantity = self.size.width - 2 - _QUANTITY_CELLS - _MONEY_CELLS
        return self.content_region.offset + Offset(quantity, max(0, at - self._top))

    @property
    def wanted_height(self) -> int:
        """Rows that would show everything."""
        return len(self._panel.rows)

    def draw(self, height: int = 0) -> None:
        """Show the rows around the cursor; `height` where it has just changed."""
        if not self.size.width:
            return  # its first size draws it
        rows, height = self._panel.rows, max(1, height or self.size.height)
        keys = [row.key for row in rows]
        at = keys.index(self._panel.key) if self._panel.key in keys else 0
        self._top = max(0, min(max(self._top, at - height + 1), at, len(rows) - height))
        self.show(*(self._row(row) for row in rows[self._top : self._top + height]))

    def heading(self, width: int, height: int) -> Content:
        """The title of the section with the columns' names, aligned with the rows, of which `height` are seen."""
        count = len(self._panel.rows)
        at = next((i for i, r in enumerate(self._panel.rows, 1) if r.key == self._panel.key), 1)
        left = _("1 Lines")
        if count > height:
            where = _("{count} of {total}").format(count=at, total=count)
            left = f"{left}  {where}"
        left = pad(left, max(0, width - _tail_cells()))
        tail = pad(_("left"), 9, right=True) + "  " + pad(_("qty"), _QUANTITY_CELLS) + "  "
        return Content.assemble(
            (left, "bold $foreground" if self.has_focus else "$text-muted"),
            (tail + pad(_("money"), _MONEY_CELLS, right=True), "$text-muted"),
        )

    def _row(self, row: Row) -> Content:
        panel, line = self._panel, row.line.line
        here = row.key == panel.key
        typed = line_at(panel.draft, row.key).quantity
        wrong = panel.wrong_quantity(row.key)
        room = max(4, self.size.width - _tail_cells() - 2)
        marker = ("▸ ", "bold $accent") if here else ("  ", "")
        style = "bold" if here or typed.strip() else ("" if row.line.returnable else "$text-muted")
        parts: list[Content | str | tuple[str, str]] = [marker, *self._title(row, room, style)]
        left = _("{count} of {total}").format(count=row.line.returnable, total=line.delivered)
        parts.append((pad(left, 9, right=True), "$text-muted"))
        parts += ["  ", self._quantity(row, typed, here, bool(wrong))]
        assessed = panel.assessment_of(row.key)
        if assessed is not None and typed.strip() and not wrong:
            mark, _words, mark_style = MARKS[assessed.verdict]
            quote = panel.quote_of(row.key)
            money = amount(quote.total, panel.order.order.currency) if quote else ""
            parts += [(f" {mark}", f"bold {mark_style}"), pad(money, _MONEY_CELLS, right=True)]
        return Content.assemble(*parts)

    def _title(self, row: Row, room: int, style: str) -> list[tuple[str, str]]:
        """Name and SKU; who holds the units where none is left; what is wrong with a quantity takes their place."""
        line, wrong = row.line.line, self._panel.wrong_quantity(row.key)
        if wrong:
            said = f"✗ {wrong}"
            name = max(min(16, room // 3), room - cell_len(said) - 2)
            rest = pad(said, room - name - 2)
            return [(pad(plain(line.name), name), style), ("  " + rest, "$text-error")]
        if row.line.returnable == 0 and row.line.holders:
            detail = _("on {number}").format(number=spoken(row.line.holders[0]))
        elif not line.returnable_kind:
            detail = words(line.kind)
        else:
            detail = plain(line.sku)
        unit = ""
        if row.key.copy:
            unit = _("unit {number}") if line.serials else _("part {number}")
            unit = "  " + unit.format(number=row.key.copy + 1)
        cells = min(max(14, cell_len(detail)), room // 2)
        name = room - cells - 2 - cell_len(unit)
        return [
            (pad(plain(line.name) or plain(line.sku), name), style),
            (f"{unit}  {pad(detail, cells)}", "$text-muted"),
        ]

    def _quantity(self, row: Row, typed: str, here: bool, wrong: bool) -> tuple[str, str]:
        suggestion = self._panel.suggestion(row)
        if here and self.has_focus:
            if typed and self._fresh:
                return pad(plain(typed), _QUANTITY_CELLS), "$input-cursor-foreground on $accent"
            text = pad(f"{plain(typed)[-_QUANTITY_CELLS + 1 :]}▏", _QUANTITY_CELLS)
            if not typed and suggestion:
                text = pad(f"▏{suggestion}?", _QUANTITY_CELLS)
            return text, f"bold {'$text-error' if wrong else '$accent'} on $panel"
        if typed:
            style = "$text-error" if wrong else "bold"
            return pad(plain(typed), _QUANTITY_CELLS), f"{style} on $surface"
        faint = f"{suggestion}?" if suggestion and here else ""
        return pad(faint, _QUANTITY_CELLS), "$text-muted on $surface"

    # --- keys ---------------------------------------------------------------------------------------------------

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Printable keys are typed into the quantity."""
        return character is not None and character.isprintable()

    def on_key(self, event: events.Key) -> None:
        """Type, or go on."""
        self._tally.press()
        if event.key == "enter":
            event.stop()
            self.post_message(self.Taken())
        elif event.is_printable and event.character is not None:
            event.stop()
            self._type(self._text_before() + plain(typed(event.character)))

    def on_paste(self, event: events.Paste) -> None:
        """Pasted text is typed, made harmless."""
        event.stop()
        self._type(self._text_before() + plain(typed(event.text.strip())))

    def begin_anew(self) -> None:
        """The next key replaces the quantity."""
        self._fresh = True
        self.draw()

    def on_resize(self) -> None:
        """The rows are as wide as the list."""
        self.draw()

    def on_focus(self) -> None:
        """As in a field that was just entered."""
        self.begin_anew()

    def on_blur(self) -> None:
        """Say that the focus left."""
        self.call_next(self.draw)
        self.post_message(self.Left())

    def jump_targets(self) -> list[JumpTarget]:
        """Each row in view, to edit its quantity."""

        def stand_on(by_key: RowKey) -> None:
            self.focus()
            keys = [row.key for row in self._panel.rows]
            self.action_jump(keys.index(by_key) - keys.index(self._panel.key))

        region = self.content_region
        shown = self._panel.rows[self._top : self._top + region.height]
        return [
            JumpTarget(region.x, region.y + y, partial(stand_on, row.key))
            for y, row in enumerate(shown)
        ]

    def action_move(self, by: int) -> None:
        """Edit another row; off the end of the list, leave it."""
        if not self._panel.move(by):
            (self.screen.focus_next if by > 0 else self.screen.focus_previous)()
            return
        self._fresh = True
        self.post_message(self.Moved())

    def action_jump(self, by: int) -> None:
        """Edit a row further off, at most the first or last."""
        keys = [row.key for row in self._panel.rows]
        at = keys.index(self._panel.key)
        self._panel.move(max(0, min(len(keys) - 1, at + by)) - at)
        self._fresh = True
        self.post_message(self.Moved())

    def action_erase(self, all_: bool = False) -> None:
        """Take back the last character, or everything."""
        text = self._panel.text("quantity")
        self._type("" if all_ or self._fresh else text[:-1])

    def _text_before(self) -> str:
        return "" if self._fresh else self._panel.text("quantity")

    def _type(self, text: str) -> None:
        self._fresh = False
        self._panel.type("quantity", text[:20])
        self.post_message(self.Typed(text[:20]))


def _tail_cells() -> int:
    return 9 + 2 + _QUANTITY_CELLS + 2 + _MONEY_CELLS
