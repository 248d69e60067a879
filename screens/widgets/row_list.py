"""A list of rows that stays fast at any length and never jumps.

Only rows in view are drawn. When rows are replaced, the selection stays on the same key; in a focused list also on the
same row of the terminal, whatever came before it. In a focused list the first nine rows show their digit.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.events import Key
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.reactive import Reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from screens.widgets.jump_target import JumpTarget

GUTTER = 2
"""Cells before each row, for its digit or the mark of the selected one."""
DIGITS = "123456789"
"""Keys of the first rows."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row; without a key it is a heading, which cannot be selected."""

    key: Hashable | None
    draw: Callable[[int], Text]
    """The row's content for a width in cells."""


def heading(text: str) -> Row:
    """A heading row; `text` is ours, not from outside."""
    return Row(None, lambda width: Text(text.upper(), style="row-list--heading", no_wrap=True))


def note(text: str) -> Row:
    """A sentence between rows."""
    return Row(None, lambda width: Text(text, style="row-list--note", no_wrap=True))


BLANK = Row(None, lambda width: Text())
"""An empty row."""


class RowList(ScrollView, can_focus=True):
    """Rows to choose from with the arrows; Enter opens."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "row-list--heading",
        "row-list--note",
        "row-list--muted",
        "row-list--strong",
        "row-list--good",
        "row-list--warn",
        "row-list--bad",
        "row-list--selected",
        "row-list--mark",
    }
    """Names that a row's `Text` may use as styles."""
    DEFAULT_CSS = """
    RowList { background: $background; color: $foreground; overflow-x: hidden; overflow-y: scroll; scrollbar-size-vertical: 1; scrollbar-background: transparent; }
    RowList > .row-list--heading { color: $secondary; text-style: bold; }
    RowList > .row-list--note { color: $text-muted; }
    RowList > .row-list--muted { color: $text-muted; }
    RowList > .row-list--strong { text-style: bold; }
    RowList > .row-list--good { color: $text-success; }
    RowList > .row-list--warn { color: $text-warning; }
    RowList > .row-list--bad { color: $text-error; }
    RowList > .row-list--selected { background: $surface; }
    RowList:focus > .row-list--selected { background: $panel; }
    RowList > .row-list--mark { color: $accent; text-style: bold; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)", "Next row", show=False),
        Binding("up", "move(-1)", "Row before", show=False),
        Binding("pagedown", "page(1)", "Next page", show=False),
        Binding("pageup", "page(-1)", "Page before", show=False),
        Binding("home", "end(0)", "First row", show=False),
        Binding("end", "end(-1)", "Last row", show=False),
        Binding("enter", "open", "Open", show=False),
    ]

    @dataclass
    class Opened(Message):
        """Enter was pressed on a row."""

        rows: RowList
        key: Hashable

        @property
        def control(self) -> RowList:
            """The list, for `@on` selectors."""
            return self.rows

    @dataclass
    class Moved(Message):
        """Another row is selected, or none is left."""

        rows: RowList
        key: Hashable | None

        @property
        def control(self) -> RowList:
            """The list, for `@on` selectors."""
            return self.rows

    @dataclass
    class LeftUpwards(Message):
        """Up was pressed on the first row."""

        rows: RowList

        @property
        def control(self) -> RowList:
            """The list, for `@on` selectors."""
            return self.rows

    @dataclass
    class Typed(Message):
        """A character was typed that is no command here."""

        rows: RowList
        character: str

        @property
        def control(self) -> RowList:
            """The list, for `@on` selectors."""
            return self.rows

    virtual_size = Reactive(Size(0, 0))
    """The rows', which says nothing about the list's: Textual's own lays out the whole screen when it changes."""

    def __init__(self, *, id: str | None = None, digits: bool = True) -> None:
        """Without `digits` they are handed on like letters: beside a search box they are what is looked for."""
        super().__init__(id=id)
        self._has_digits = digits
        self._rows: Sequence[Row] = ()
        self._digits: dict[Hashable, str] = {}
        self._selected: int | None = None

    def on_mount(self) -> None:
        """The room of the scrollbar is there from the start: one that comes later asks for a second layout."""
        self.vertical_scrollbar.display = True

    @property
    def selected(self) -> Hashable | None:
        """Key of the selected row."""
        return None if self._selected is None else self._rows[self._selected].key

    @property
    def keys(self) -> list[Hashable]:
        """Keys of all rows that can be selected."""
        return [row.key for row in self._rows if row.key is not None]

    def watch_virtual_size(self, size: Size) -> None:
        """The scrollbar follows."""
        self._scroll_update(size)

    def show_rows(self, rows: Sequence[Row], select: Hashable | None = None) -> None:
        """Replace all rows. The selection goes to `select`, else stays on its key, else near where it was."""
        before, at = self.selected, self._selected
        self._rows = rows
        if self._has_digits:
            self._digits = dict(zip(self.keys, DIGITS, strict=False))
        self._selected = self._place(select, before, at)
        if self.styles.auto_dimensions and len(rows) != self.virtual_size.height:
            self.refresh(layout=True)
        self.virtual_size = Size(self.size.width, len(rows))
        if at is not None and self.selected == before and self.has_focus:
            self._hold(at)
        self.refresh()
        if select is not None or before is None or self.selected != before:
            self.call_after_refresh(self._reveal)
        if self.selected != before:
            self.post_message(self.Moved(self, self.selected))

    def _hold(self, at: int) -> None:
        """Keep the selected row where it was on the terminal, if need be with empty rows at the end of the list."""
        if self._selected is not None and self._selected != at:
            top = max(0, int(self.scroll_offset.y) + self._selected - at)
            rows = max(len(self._rows), top + self.size.height)
            self.virtual_size = Size(self.size.width, rows)
            self.scroll_to(y=top, animate=False, force=True, immediate=True)

    def select(self, key: Hashable) -> None:
        """Select the row with this key, if there is one."""
        self._go(self._index(key))

    def select_at_top(self, key: Hashable) -> None:
        """Select a row and show it first, so that what belongs to it stands below."""
        self.select(key)
        if self._selected is not None:
            self.scroll_to(y=self._selected, animate=False)

    def select_first(self) -> None:
        """Select the first row and show the top."""
        self._go(self._next(0, 1))
        self.scroll_to(y=0, animate=False)

    def action_move(self, step: int) -> None:
        """Go to the next row that can be selected."""
        if self._selected is None:
            self._go(self._next(0, 1))
            return
        to = self._next(self._selected + step, step)
        if to is None and step < 0:
            self.scroll_to(y=0, animate=False)
            self.post_message(self.LeftUpwards(self))
        else:
            self._go(to)

    def action_page(self, direction: int) -> None:
        """Go a page on."""
        at = (self._selected or 0) + direction * max(1, self.size.height - 1)
        at = min(max(at, 0), len(self._rows) - 1)
        to = self._next(at, direction)
        self._go(self._next(at, -direction) if to is None else to)

    def action_end(self, end: int) -> None:
        """Go to the first or the last row."""
        self._go(self._next(len(self._rows) - 1, -1) if end else self._next(0, 1))
        if not end:
            self.scroll_to(y=0, animate=False)

    def action_open(self) -> None:
        """Open the selected row."""
        if self.selected is not None:
            self.post_message(self.Opened(self, self.selected))

    @property
    def cursor_screen_offset(self) -> Offset:
        """Where the selected row begins on the terminal, for its cursor."""
        row = (self._selected or 0) - int(self.scroll_offset.y)
        return self.content_region.offset + Offset(GUTTER, max(0, min(row, self.size.height - 1)))

    def jump_targets(self) -> list[JumpTarget]:
        """Each row in view, to stand on."""

        def stand_on(key: Hashable) -> None:
            self.focus()
            self.select(key)

        top, region = int(self.scroll_offset.y), self.content_region
        in_view = enumerate(self._rows[top : top + region.height])
        return [
            JumpTarget(region.x, region.y + y, partial(stand_on, row.key))
            for y, row in in_view
            if row.key is not None
        ]

    def on_key(self, event: Key) -> None:
        """A digit opens its row. What else is typed and no command is handed on, so that it can reach a search box."""
        if self._has_digits and event.character is not None and event.character in DIGITS:
            event.stop()
            key = next((k for k, digit in self._digits.items() if digit == event.character), None)
            if key is not None:
                self.select(key)
                self.action_open()
        elif event.character is not None and event.is_printable:
            bound = self.screen.active_bindings.get(event.key)
            if bound is None or not bound.enabled:
                event.stop()
                self.post_message(self.Typed(self, event.character))

    def on_resize(self) -> None:
        """The rows are as wide as the list; the selected one stays in view."""
        self.virtual_size = Size(self.size.width, len(self._rows))
        self._reveal()

    def on_focus(self) -> None:
        """A focused list always has a selected row."""
        if self._selected is None:
            self._go(self._next(0, 1))
        self.refresh()

    def on_blur(self) -> None:
        """The mark of the selected row goes with the focus."""
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One row in view."""
        index = y + int(self.scroll_offset.y)
        width = self.scrollable_content_region.width
        base = self.rich_style
        if not 0 <= index < len(self._rows):
            return Strip.blank(width, base)
        text = self._rows[index].draw(max(0, width - GUTTER))
        chosen = index == self._selected
        if chosen:
            base += self.get_component_rich_style("row-list--selected")
        segments = [
            self._mark(index, base),
            *self._segments(text, base),
        ]
        return Strip(segments).adjust_cell_length(width, base)

    def _mark(self, index: int, base: Style) -> Segment:
        """The mark of the selected row, or the digit of another one in a focused list."""
        if index == self._selected and (self.has_focus or not self.can_focus):
            return Segment("▸ ", base + self._named("row-list--mark"))
        key = self._rows[index].key
        digit = self._digits.get(key, " ") if self.has_focus and key is not None else " "
        return Segment(f"{digit} ", base + self._named("row-list--muted"))

    def _segments(self, text: Text, base: Style) -> list[Segment]:
        """The text with its style names resolved against the component classes."""
        resolved = Text(text.plain, no_wrap=True, end="")
        for name in [text.style] if text.style else []:
            resolved.stylize(self._named(name))
        for span in text.spans:
            resolved.stylize(self._named(span.style), span.start, span.end)
        return [
            Segment(part.text, base + part.style if part.style else base)
            for part in resolved.render(self.app.console)
        ]

    def _named(self, style: str | Style) -> Style:
        if isinstance(style, str) and style.startswith("row-list--"):
            return self.get_component_rich_style(style, partial=True)
        return style if isinstance(style, Style) else Style.parse(style)

    def _place(
        self, select: Hashable | None, before: Hashable | None, at: int | None
    ) -> int | None:
        for key in (select, before):
            if key is not None and (index := self._index(key)) is not None:
                return index
        if at is None or not self._rows:
            return self._next(0, 1) if self.has_focus or select is not None else None
        at = min(at, len(self._rows) - 1)
        below = self._next(at, 1)
        return self._next(at, -1) if below is None else below

    def _index(self, key: Hashable) -> int | None:
        return next((i for i, row in enumerate(self._rows) if row.key == key), None)

    def _next(self, at: int, step: int) -> int | None:
        while 0 <= at < len(self._rows):
            if self._rows[at].key is not None:
                return at
            at += step
        return None

    def _go(self, index: int | None) -> None:
        if index is None or index == self._selected:
            self._reveal()
            return
        before, self._selected = self._selected, index
        if before is not None:
            self.refresh_line(before)
        self.refresh_line(index)
        self._reveal()
        self.post_message(self.Moved(self, self.selected))

    def _reveal(self) -> None:
        if self._selected is not None:
            above = 1 if self._selected and self._rows[self._selected - 1].key is None else 0
            region = Region(0, self._selected - above, max(1, self.size.width), 1 + above)
            self.scroll_to_region(region, animate=False, force=True)
