"""One field of a form: its label, the text being typed, and beside it what the text means or what is wrong with it."""

from __future__ import annotations

from functools import cache
from typing import Any, Self

from rich.cells import cell_len
from rich.style import Style
from textual import events
from textual.content import Content
from textual.geometry import Region
from textual.strip import Strip
from textual.visual import Visual
from textual.widget import Widget

from screens.forms.spec import Advance, FieldSpec, Kind
from screens.widgets.key_tally import KeyTally
from screens.widgets.safe_input import SafeInput
from screens.widgets.safe_text import plain

_LABEL_CELLS = 13
_STYLED = frozenset({"input--cursor", "input--selection"})
_ECHO_SHARE = 68
"""Percent of the row that the echo of a field without a width may take."""
MANDATORY = "*"
"""Stands behind the label of a field that has to be filled in, as long as it is empty."""


class FieldInput(SafeInput):
    """A one-row text field that counts its keys."""

    DEFAULT_CSS = """
    FieldInput, FieldInput:focus {
        border: none; height: 1; padding: 0; background: $surface; background-tint: transparent;
    }
    FieldInput:focus { background: $panel; text-style: bold; }
    """

    def __init__(
        self,
        tally: KeyTally | None = None,
        *,
        id: str,
        max_length: int,
        advance: Advance = Advance.EXIT,
    ) -> None:
        super().__init__(id=id, max_length=max_length, select_on_focus=True)
        self._tally = tally
        self._advance = advance
        self.digit_typed = False
        """Whether the newest change came of a digit that was typed: only that makes a full field go on."""

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """A digit that may move the cursor on is a command: what is typed behind it waits until it has moved."""
        if self._advance is Advance.FULL and character is not None and character.isdigit():
            return False
        return super().check_consume_key(key, character)

    def on_key(self, event: events.Key) -> None:
        """Count it; Textual's own handler follows."""
        self.digit_typed = event.character is not None and event.character.isdigit()
        if self._tally is not None:
            self._tally.press()
        if self._advance is Advance.ENTER and event.key in ("tab", "shift+tab"):
            event.stop()
            event.prevent_default()

    def on_paste(self) -> None:
        """What is pasted stays where it is."""
        self.digit_typed = False


class Field(FieldInput):
    """Label, text and echo on one row, made from its definition; its id is the field's name.

    Textual's field in the middle of the row, with label and echo drawn around it: a widget for each costs a
    millisecond to open, and so does each component class.
    """

    DEFAULT_CSS = """
    Field, Field:focus { width: 1fr; color: $foreground; }
    Field.-wrong { color: $text-error; }
    """

    def __init__(self, spec: FieldSpec, tally: KeyTally | None = None) -> None:
        super().__init__(tally, id=spec.name, max_length=spec.max_length, advance=spec.advance)
        self._spec = spec
        self.password = spec.kind is Kind.SECRET
        self._label_width = spec.label_width if spec.label else 0
        self.styles.padding = (0, 0, 0, self._label_width)
        self._said = ""
        self._wrong = self._marked = False
        self._drawn_for: object = None
        self._drawn = (Strip([]), Strip([]))

    @classmethod
    @cache
    def _get_component_classes(cls) -> frozenset[str]:
        """No field of a form has a placeholder or a suggestion to style."""
        return _STYLED

    def get_component_rich_style(self, *names: str, **options: Any) -> Style:
        """What is not styled apart looks like the field."""
        if _STYLED.issuperset(names):
            return super().get_component_rich_style(*names, **options)
        return self.rich_style

    @property
    def scrollable_content_region(self) -> Region:
        """Where the text stands: between label and echo."""
        region = super().scrollable_content_region
        return Region(region.x, region.y, self._echo_from() - self._label_width, region.height)

    @property
    def max_scroll_x(self) -> int:
        """How far the text can be moved under its window."""
        return max(0, self.content_width - self.scrollable_content_region.width)

    def refresh(
        self,
        *regions: Region,
        repaint: bool = True,
        layout: bool = False,
        recompose: bool = False,
    ) -> Self:
        """Draw label and text anew: the echo is drawn when it changes, and the line may be slow."""
        if repaint and not regions and not layout and self.size:
            regions = (Region(0, 0, self._echo_from(), 1),)
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def render_lines(self, crop: Region) -> list[Strip]:
        """The text as Textual draws it, with label and echo around it."""
        width = self.size.width + self._label_width
        whole = Region(0, 0, width, 1)
        (text,) = super().render_lines(whole)
        start, end = self._label_width, self._label_width + self.scrollable_content_region.width
        label, echo = self._around(width - end)
        joined = Strip.join([label, text.crop(start, end), echo])
        return [joined.crop(crop.x, crop.right)][: crop.height]

    def _around(self, room: int) -> tuple[Strip, Strip]:
        """The label, and the echo in this many cells; drawn anew only if they have changed."""
        shown = (self.has_focus, self._marked, self._said, self._wrong, room, self.app.theme)
        if shown != self._drawn_for:
            self._drawn_for = shown
            label = marked(self._spec.shown_label, self._marked, self._label_width)
            style = "bold $foreground" if self.has_focus else "$text-muted"
            said = Content.styled(self._said, "$text-error" if self._wrong else "$text-muted")
            said = Content.assemble(" ", said.truncate(max(0, room - 2), ellipsis=True))
            self._drawn = (
                self._strip(Content.styled(label, style), self._label_width),
                self._strip(said, room),
            )
        return self._drawn

    def _strip(self, content: Content, cells: int) -> Strip:
        """A row of this many cells on the ground of the form."""
        if not cells:
            return Strip([])
        assert isinstance(self.parent, Widget)
        ground = self.parent.visual_style
        (strip,) = Visual.to_strips(self, content, cells, 1, ground, apply_selection=False)
        strip = strip.adjust_cell_length(cells, ground.rich_style)
        for line_filter in self.get_line_filters():
            strip = strip.apply_filter(line_filter, self.parent.background_colors[1])
        return strip

    def show(self, text: str) -> None:
        """Put a text in; the cursor goes to its end."""
        text = plain(text)
        if self.value != text:
            with self.prevent(SafeInput.Changed):
                self.value = text
            self.cursor_position = len(text)

    def mark(self, mandatory: bool) -> None:
        """Show or hide the sign that it has to be filled in."""
        if mandatory != self._marked:
            self._marked = mandatory
            if self._label_width:
                self.refresh(Region(0, 0, self._label_width, 1))

    def say(self, text: str, *, wrong: bool = False) -> None:
        """Show what the text means, or with `wrong` what is wrong with it."""
        said = ("✗ " if wrong else "") + plain(text)
        if (said, wrong) == (self._said, self._wrong):
            return
        before = self._echo_from()
        self._said, self._wrong = said, wrong
        self.set_class(wrong, "-wrong")
        start = min(before, self._echo_from())
        self.refresh(Region(start, 0, max(1, self.size.width + self._label_width - start), 1))

    def _echo_from(self) -> int:
        """Where the echo begins: behind the cells of the field, else as far to the right as it may."""
        width = self.size.width + self._label_width
        if self._spec.width:
            return min(width, self._label_width + self._spec.width)
        wanted = cell_len(self._said) + 2 if self._said else 0
        return width - min(wanted, width * _ECHO_SHARE // 100)


def marked(label: str, mandatory: bool, width: int = _LABEL_CELLS) -> str:
    """A label in its cells, with the sign in the last of them."""
    if not width:
        return ""
    return label.ljust(width - 1) + (MANDATORY if mandatory else " ")
