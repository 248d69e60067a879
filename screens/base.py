"""What every screen of the desk has: title line, body, message line, status line and key line.

A screen gets its use cases in the constructor, posts the messages of `navigation`, and knows no other screen.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.events import DescendantFocus
from textual.screen import ModalScreen, Screen
from textual.widgets import Input

from rma.errors import RmaError
from screens.commands import Command, commands_of
from screens.widgets.key_line import KeyLine
from screens.widgets.message_line import MessageLine, Severity
from screens.widgets.row_list import RowList
from screens.widgets.status_line import DeskStatus, StatusLine
from screens.widgets.title_line import TitleLine
from screens.widgets.too_small import TooSmall

R = TypeVar("R")


def bindings(*commands: Command) -> list[BindingType]:
    """Textual bindings of commands, for a widget or a dialog."""
    return [command.binding() for command in commands if command.bound]


class DeskScreen(Screen[None]):
    """A screen of the desk. Subclasses set `NAME` and `HEADING`, and yield their content in `compose_body`.

    Bindings come from the registry: `commands_of(NAME)`. Override `can` for commands that do not always apply, and
    call `refresh_keys` when that changed. Put use cases that may refuse inside `with self.reporting():`.
    """

    NAME: ClassVar[str] = ""
    """Key of the screen in `commands.BY_SCREEN`."""
    HEADING: ClassVar[str] = ""
    """What the title line says at first."""
    HORIZONTAL_BREAKPOINTS = TooSmall.HORIZONTAL
    VERTICAL_BREAKPOINTS = TooSmall.VERTICAL

    DEFAULT_CSS = """
    DeskScreen {
        background: $background;
        color: $foreground;
        layers: below cover;
        overflow: hidden;
    }
    DeskScreen > #body { height: 1fr; padding: 0 1; }
    """

    def __init_subclass__(cls, **options: Any) -> None:
        """Bind the commands of the registry."""
        cls.BINDINGS = bindings(*commands_of(cls.NAME))
        super().__init_subclass__(**options)

    @property
    def commands(self) -> tuple[Command, ...]:
        """The screen's own commands."""
        return commands_of(self.NAME)

    def compose(self) -> ComposeResult:
        """The frame around the body."""
        yield TitleLine(self.HEADING)
        with Vertical(id="body"):
            yield from self.compose_body()
        yield MessageLine()
        yield StatusLine()
        yield KeyLine(self.available)
        yield TooSmall()

    def compose_body(self) -> ComposeResult:
        """The screen's own widgets."""
        yield from ()

    def can(self, action: str) -> bool:
        """Whether an action of this screen applies now; a command that does not is neither shown nor run."""
        return True

    def available(self) -> tuple[Command, ...]:
        """The screen's commands that apply now."""
        return tuple(command for command in self.commands if self.can(command.action))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Textual's question before it runs a binding."""
        if any(command.action == action for command in self.commands):
            return self.can(action)
        return super().check_action(action, parameters)

    def refresh_keys(self) -> None:
        """Draw the key line anew, after what `can` answers has changed."""
        for line in self.query(KeyLine):
            line.refresh()

    @on(DescendantFocus)
    def _focus_moved(self) -> None:
        self.refresh_keys()

    def set_heading(self, heading: str, detail: str = "") -> None:
        """Change the title line; `detail` stands at its right end. Both are shown as plain text."""
        self.query_one(TitleLine).show(heading, detail)

    def show_message(self, text: str, severity: Severity = "information") -> None:
        """Say something in the message line; it stays until the next message or `clear_message`."""
        self.query_one(MessageLine).show(text, severity)

    def clear_message(self) -> None:
        """Empty the message line."""
        self.query_one(MessageLine).show("")

    def show_status(self, status: DeskStatus) -> None:
        """Show the state of the desk; the app calls this each second."""
        for line in self.query(StatusLine):
            line.show(status)

    @contextmanager
    def reporting(self) -> Iterator[None]:
        """The one place where what a use case refuses becomes a message; the block ends there, nothing is lost."""
        try:
            yield
        except RmaError as error:
            self.show_message(str(error), "error")

    def open_dialog(
        self, dialog: ModalScreen[R], then: Callable[[R | None], Awaitable[None] | None]
    ) -> None:
        """Ask something; `then` gets the answer, or None where there was none."""
        self.app.push_screen(dialog, then)  # type: ignore[arg-type]

    def take_typed(self) -> None:
        """Take what stands under the cursor, whatever messages are still on their way."""

    async def before_leaving(self) -> None:
        """Keep what is half-typed; the app waits for it before it goes elsewhere or quits."""

    def desk_changed(self) -> None:
        """A sync brought something new: read again what is shown, without moving the focus."""

    async def action_open(self) -> None:
        """What Enter does where the focus is: the palette's way to it."""
        focused = self.focused
        if isinstance(focused, RowList):
            focused.action_open()
        elif isinstance(focused, Input):
            await focused.action_submit()

    async def action_leave(self) -> None:
        """Keep what is half-typed, then go back to the screen before this one."""
        await self.before_leaving()
        self.dismiss()
