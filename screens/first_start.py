"""The first start, before this desk is connected: try the demo, or enroll."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.message import Message
from textual.widgets import Static

from rma.wording import _, mark
from screens.base import DeskScreen
from screens.commands import Command
from screens.field_help import FieldHelp
from screens.forms.form import Form
from screens.forms.keys import FormKeys
from screens.forms.spec import FieldSpec, Section
from screens.forms.state import Texts
from screens.widgets.row_list import Row, RowList

STYLES = Path(__file__).with_suffix(".tcss")
"""The app loads them: this screen is never pushed."""

_WRITE_IT = mark("write it like https://returns.example.com")
_OF_THE_APP = frozenset({"app.help", "app.palette", "app.quit"})
"""The commands of the desk that there is use for before it is connected."""


@dataclass(frozen=True, slots=True)
class NotTaken:
    """Why a desk could not be connected."""

    field: str
    """`server` or `code`, whichever is to be mended."""
    beside: str
    """In a few words, beside the field."""
    sentence: str
    """In full, with the remedy."""


Enroll = Callable[[str, str], Awaitable[NotTaken | None]]
"""Connects this desk with an address and a code; gives what stands against it."""


class FirstStart(FormKeys, DeskScreen):
    """Two ways on: `demo` and `enroll`. Posts `Demo`, or `Enrolled` once the desk is connected."""

    NAME = "start"
    HEADING = mark("Welcome")

    @dataclass
    class Demo(Message):
        """The agent wants to try the desk with a made-up shop."""

    @dataclass
    class Enrolled(Message):
        """The desk is connected."""

    def __init__(self, enroll: Enroll) -> None:
        super().__init__()
        self._enroll = enroll
        self._refused: dict[tuple[str, str], str] = {}
        """What the central API said about a text, by field and text."""
        specs = (
            FieldSpec(
                name="server",
                label=mark("Server"),
                max_length=200,
                takes=mark("The address of your central API, like https://returns.example.com."),
                mandatory=mark("type its address, like https://returns.example.com"),
                rule=self._wrong_server,
            ),
            FieldSpec(
                name="code",
                label=mark("Code"),
                max_length=60,
                takes=mark(
                    "The single-use code from your administrator (`csr-central enroll` prints it)."
                ),
                mandatory=mark("type the code from your administrator"),
                rule=lambda text: self._refused.get(("code", text), ""),
            ),
        )
        self._texts = Texts(specs)
        self._form = Form((Section(name="enroll", fields=specs),), self._texts)

    def compose_body(self) -> ComposeResult:
        """The two ways, and the form of the second."""
        yield Static(Text(_("This desk is not connected yet. There are two ways on:")), id="lead")
        yield RowList()
        yield Static(Text(_("Your administrator gives you both; the code works once.")), id="hint")
        yield self._form

    def on_mount(self) -> None:
        """Stand on the first way."""
        self._rows.show_rows(
            [
                _way("demo", self.keymap.shown("start.demo"), _("Demo"), _(_DEMO)),
                _way("enroll", self.keymap.shown("start.enroll"), _("Enroll"), _(_ENROLL)),
            ]
        )
        self._rows.focus()

    @property
    def form(self) -> Form:
        """Address and code."""
        return self._form

    @property
    def everywhere(self) -> tuple[Command, ...]:
        """Help, palette and quitting: there is nowhere else to go yet."""
        return tuple(command for command in super().everywhere if command.id in _OF_THE_APP)

    @property
    def _rows(self) -> RowList:
        return self.query_one(RowList)

    def can(self, action: str) -> bool:
        """Letters act in the list, Back and Undo in a field."""
        if action in ("demo", "enroll"):
            return self._rows.has_focus
        if action in ("back", "undo", "redo"):
            return not self._rows.has_focus
        return True

    def field_help(self) -> FieldHelp | None:
        """What the field takes."""
        return self._form.field_help()

    def problems(self) -> tuple[str, ...]:
        """What is wrong with what was typed."""
        echoes = {
            _("Server"): self._texts.echo("server"),
            _("Code"): self._texts.echo("code"),
        }
        return tuple(f"{label}: {e.text}." for label, e in echoes.items() if e.wrong)

    def tell(self, sentence: str) -> None:
        """Why a key did nothing."""
        self.show_message(sentence)

    # --- keys

    @on(RowList.Opened)
    def _opened(self, event: RowList.Opened) -> None:
        if event.key == "demo":
            self.action_demo()
        else:
            self.action_enroll()

    def action_demo(self) -> None:
        """The first way."""
        self.post_message(self.Demo())

    def action_enroll(self) -> None:
        """The second way: stand in its form."""
        self._form.stand_on("server")

    def action_back(self) -> None:
        """Stand in the list again."""
        self.clear_message()
        self._rows.focus()

    @on(Form.Stayed)
    def _stayed(self, event: Form.Stayed) -> None:
        self.show_message(_sentence(event.problem), "error")

    @on(Form.Typed)
    def _typed(self) -> None:
        self.clear_message()

    @on(Form.Entered)
    async def _entered(self, event: Form.Entered) -> None:
        """Enter behind the last field connects."""
        self.clear_message()
        if event.to is None:
            await self.action_submit()

    async def action_submit(self) -> None:
        """Connect; what is wrong is said beside its field, which gets the focus."""
        self._form.take_focused()
        wrong = self._texts.leave_all()
        if wrong:
            self._form.draw()
            self._form.stand_on(wrong)
            self.show_message(_sentence(self._texts.echo(wrong).text), "error")
            return
        self.show_message(_("Connecting …"))
        server, code = self._texts.text("server"), self._texts.text("code")
        not_taken = await self._enroll(server.strip(), code.strip())
        if not_taken is None:
            self.post_message(self.Enrolled())
            return
        text = self._texts.text(not_taken.field)
        self._refused[not_taken.field, text] = not_taken.beside
        self._form.draw()
        self._form.stand_on(not_taken.field)
        self.show_message(not_taken.sentence, "error")

    def _wrong_server(self, text: str) -> str:
        try:
            parts = urlsplit(text.strip())
        except ValueError:
            return _(_WRITE_IT)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            return _(_WRITE_IT)
        return self._refused.get(("server", text), "")


_DEMO = mark("a made-up shop on this machine; nothing of it stays")
_ENROLL = mark("connect this desk to your central API")


def _way(key: str, letter: str, name: str, what: str) -> Row:
    def draw(width: int) -> Text:
        return Text.assemble(
            (f"{letter}  ", "row-list--mark"), (f"{name:<9}", "bold"), what, no_wrap=True
        )

    return Row(key, draw)


def _sentence(problem: str) -> str:
    return f"{problem[0].upper()}{problem[1:]}."
