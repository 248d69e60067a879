"""F1: the field that has the focus, everything that stands against the form, every key that acts here, the RMA number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from rma.wording import _, mark
from screens.commands import Command
from screens.dialog import Dialog
from screens.field_help import FieldHelp
from screens.widgets.safe_text import plain
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

    def compose(self) -> ComposeResult:
        """Field, what is wrong, keys of the screen, keys of the whole desk, the number."""
        with VerticalScroll():
            if self._field is not None:
                heading = _("This field · {name}").format(name=plain(self._field.label))
                yield from _section(heading, _field(self._field))
            if self._problems:
                yield from _section(_("Still to mend"), _problems(self._problems))
            keys = _("Keys · {screen}").format(screen=self._heading)
            yield from _section(keys, _table(self._own))
            yield from _section(_("Everywhere"), _table(self._everywhere))
            moving = _grid([(_(keys), _(name), _(text)) for keys, name, text in _MOVING])
            yield Static(moving, classes="help--keys")
            yield from _section(_("The RMA number"), Text(_(_NUMBER)))
            opener = next(c.shown_key for c in self._everywhere if c.action == "help")
            hint = _("{key} or {other} closes · arrows scroll")
            yield Static(
                Text(hint.format(key=opener, other=self.key("close"))), classes="help--hint"
            )
        yield TooSmall()

    def on_mount(self) -> None:
        """The text scrolls by the arrows at once."""
        self.query_one(VerticalScroll).focus()

    def action_close(self) -> None:
        """Back to the screen."""
        self.dismiss()


def _section(heading: str, content: RenderableType) -> ComposeResult:
    yield Static(Text(heading), classes="help--heading")
    yield Static(content, classes="help--keys")


def _field(help_: FieldHelp) -> Table:
    parts = (
        (_("Takes"), help_.takes),
        (_("Rule"), help_.rule),
        (_("Values"), help_.values),
        (_("✗ Wrong now"), help_.problem),
    )
    grid = _columns()
    for name, text in parts:
        if text:
            grid.add_row(Text(name, "bold"), Text(plain(text)))
    return grid


def _problems(problems: Sequence[str]) -> Text:
    return Text("\n").join(Text(f"✗ {plain(problem)}") for problem in problems)


def _table(commands: tuple[Command, ...]) -> Table:
    return _grid((command.route, command.name, command.shown_help) for command in commands)


def _grid(entries: Iterable[tuple[str, str, str]]) -> Table:
    grid = _columns()
    for keys, label, text in entries:
        grid.add_row(Text(keys, "bold"), Text.assemble((f"{label}. ", "bold"), text))
    return grid


def _columns() -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(width=18)
    grid.add_column()
    return grid
