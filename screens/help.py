"""F1: the field that has the focus, everything that stands against the form, every key that acts here, the RMA number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from rma.wording import _, mark
from screens.commands import Command
from screens.dialog import Dialog
from screens.field_help import FieldHelp
from screens.widgets.safe_text import pad, plain
from screens.widgets.sheet import Sheet
from screens.widgets.too_small import TooSmall

_NUMBER = mark(
    "An RMA number has eleven digits, said 3-4-4: four seven one, two zero three nine, five eight seven zero. "
    "The last two are check digits: a digit that was misheard is found before any lookup. "
    "The number is final the moment it is shown, also offline; it never changes."
)
_MOVING = (
    ("Tab, Shift+Tab", mark("Field"), mark("Go to the next field, or the one before.")),
    (mark("Arrows, PgUp, PgDn"), mark("Row"), mark("Move in a list.")),
)

_NAME_CELLS = 20
_WIDEST = 92
"""As in the styles."""
_MARGIN = 5
"""Cells around the text, the scrollbar's among them."""


class Help(Dialog[None]):
    """All there is to know about this moment, the nearest first. The key that opened it closes it too."""

    NAME = "help"
    CSS_PATH = "help.tcss"

    def __init__(
        self,
        heading: str,
        commands: tuple[Command, ...],
        everywhere: tuple[Command, ...],
        *,
        field: FieldHelp | None = None,
        problems: Sequence[str] = (),
    ) -> None:
        """`commands` are those of the screen called `heading`; `field` and `problems` are of its form."""
        super().__init__()
        self._heading = heading
        self._own = commands
        self._everywhere = everywhere
        self._field = field
        self._problems = problems
        self._width = 0

    def compose(self) -> ComposeResult:
        """One text that scrolls: field, what is wrong, keys of the screen, keys of the whole desk, the number."""
        with Sheet():
            yield Static(id="text")
        yield TooSmall()

    def on_mount(self) -> None:
        """The text scrolls by the arrows at once."""
        self._write()
        self.query_one(Sheet).focus()

    def on_resize(self) -> None:
        """The text is broken to the new width."""
        self._write()

    def _write(self) -> None:
        width = min(_WIDEST, self.app.size.width) - _MARGIN
        if width != self._width:
            self._width = width
            self.query_one("#text", Static).update(Content("\n").join(self._rows(width)))

    def _rows(self, width: int) -> Iterator[Content]:
        if self._field is not None:
            heading = _("This field · {name}").format(name=plain(self._field.label))
            yield from _section(heading, _field(self._field), width)
        if self._problems:
            yield _heading(_("Still to mend"))
            for problem in self._problems:
                yield from Content(f"✗ {plain(problem)}").wrap(width)
            yield Content("")
        keys = _("Keys · {screen}").format(screen=self._heading)
        yield from _section(keys, _keys(self._own), width)
        moving = [_key(_(keys), _(name), _(text)) for keys, name, text in _MOVING]
        yield from _section(_("Everywhere"), _keys(self._everywhere), width)
        yield from _section("", moving, width)
        yield _heading(_("The RMA number"))
        yield from Content(_(_NUMBER)).wrap(width)
        yield Content("")
        opener = next(c.shown_key for c in self._everywhere if c.action == "help")
        hint = _("{key} or {other} closes · arrows scroll")
        said = hint.format(key=opener, other=self.key("close"))
        yield Content.styled(said, "$text-muted")

    def action_close(self) -> None:
        """Back to the screen."""
        self.dismiss()


_Entry: TypeAlias = tuple[str, Content]
"""What is explained, in bold, and what is said about it."""


def _heading(text: str) -> Content:
    return Content.styled(text, "bold $primary")


def _section(heading: str, entries: Iterable[_Entry], width: int) -> Iterator[Content]:
    """A heading and its entries; what is said about each is broken beside it."""
    if heading:
        yield _heading(heading)
    for name, text in entries:
        left = Content.styled(pad(name, _NAME_CELLS - 2) + "  ", "bold")
        for row in text.wrap(width - _NAME_CELLS):
            yield left + row
            left = Content(" " * _NAME_CELLS)
    yield Content("")


def _field(help_: FieldHelp) -> Iterator[_Entry]:
    parts = (
        (_("Takes"), help_.takes),
        (_("Rule"), help_.rule),
        (_("Values"), help_.values),
        (_("✗ Wrong now"), help_.problem),
    )
    return ((name, Content(plain(text))) for name, text in parts if text)


def _keys(commands: Iterable[Command]) -> Iterator[_Entry]:
    return (_key(command.route, command.name, command.shown_help) for command in commands)


def _key(keys: str, label: str, text: str) -> _Entry:
    return keys, Content.assemble((f"{label}. ", "bold"), text)
