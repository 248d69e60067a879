"""What every screen of the desk has: title line, body, message line, status line and key line.

A screen gets its use cases in the constructor, posts the messages of `navigation`, and knows no other screen.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.events import DescendantFocus, Key
from textual.screen import ModalScreen, Screen
from textual.widgets import Input

from rma.errors import RmaError
from rma.wording import _
from screens.commands import EVERYWHERE, REGISTRY_KEYS, Command, Keymap, bindings, commands_of
from screens.commands.command import both_cases
from screens.dialog import Dialog
from screens.field_help import FieldHelp
from screens.frugal import Frugal
from screens.navigation import About, Shown
from screens.status_words import DeskStatus
from screens.widgets.key_line import KeyLine
from screens.widgets.message_line import MessageLine, Severity
from screens.widgets.row_list import RowList
from screens.widgets.status_line import StatusLine
from screens.widgets.title_line import TitleLine
from screens.widgets.too_small import TooSmall

if TYPE_CHECKING:
    from screens.go_to import Stop

R = TypeVar("R")

FRAME_ROWS = 4
"""Rows of title, message, status and key line."""


class DeskScreen(Frugal[None], Screen[None]):
    """A screen of the desk. Subclasses set `NAME` and `HEADING`, and yield their content in `compose_body`.

    Bindings come from the registry: `commands_of(NAME)`. Override `can` for commands that do not always apply, and
    call `refresh_keys` when that changed. Put use cases that may refuse inside `with self.reporting():`.
    """

    NAME: ClassVar[str] = ""
    """Key of the screen in `commands.BY_SCREEN`."""
    HEADING: ClassVar[str] = ""
    """What the title line says at first; marked for the catalogue."""
    keymap: Keymap = REGISTRY_KEYS
    """The user's keys; the app hands them over before it shows the screen."""

    DEFAULT_CSS = """
    DeskScreen {
        background: $background;
        color: $foreground;
        layers: below cover;
        overflow: hidden;
    }
    DeskScreen > #body { height: 1fr; padding: 0 1; margin: 0 0 1 0; }
    """

    def __init_subclass__(cls, **options: Any) -> None:
        """Bind the commands of the registry."""
        cls.BINDINGS = bindings(*commands_of(cls.NAME))
        super().__init_subclass__(**options)

    @property
    def commands(self) -> tuple[Command, ...]:
        """The screen's own commands, with the user's keys."""
        return self.keymap.of(commands_of(self.NAME))

    @property
    def everywhere(self) -> tuple[Command, ...]:
        """The app's commands, with the user's keys."""
        return self.keymap.of(EVERYWHERE)

    def compose(self) -> ComposeResult:
        """The frame around the body."""
        yield TitleLine(_(self.HEADING))
        with Vertical(id="body"):
            yield from self.compose_body()
        yield MessageLine()
        yield StatusLine()
        yield KeyLine(self.available, lambda: self.everywhere)
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

    def why_not(self, command: Command) -> str:
        """Why a command of this screen does not apply now, such as `only on a draft`; empty where it does."""
        return "" if self.can(command.action) else command.refusal

    def field_help(self) -> FieldHelp | None:
        """What F1 says about the field that has the focus; None where there is nothing to say."""
        return None

    def problems(self) -> tuple[str, ...]:
        """Everything that stands against what is typed, with the remedy, for F1."""
        return ()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Textual's question before it runs a binding."""
        if any(command.action == action for command in self.commands):
            return self.can(action)
        return super().check_action(action, parameters)

    @on(Key)
    def _key_reached_nobody(self, event: Key) -> None:
        self._say_why_not(event.key)

    @on(RowList.Typed)
    def _letter_reached_nobody(self, event: RowList.Typed) -> None:
        self._say_why_not(event.character)

    def _say_why_not(self, key: str) -> None:
        """A key whose command does not apply now says so: no key does nothing."""
        meant = [
            command
            for command in self.commands
            if command.bound and key in both_cases(command.key).split(",")
        ]
        if meant and not any(self.check_action(command.action, ()) for command in meant):
            why = "; ".join(dict.fromkeys(self.why_not(command) for command in meant))
            self.show_message(f"{meant[0].shown_key} {meant[0].shown_label}: {why}.")

    def refresh_keys(self) -> None:
        """Draw the key line anew, after what `can` answers has changed."""
        for line in self.query(KeyLine):
            line.update()

    @on(DescendantFocus)
    def _focus_moved(self) -> None:
        self.refresh_keys()

    def set_heading(self, heading: str, detail: str = "") -> None:
        """Change the title line; `detail` stands at its right end. Both are shown as plain text."""
        self.query_one(TitleLine).show(heading, detail)

    def show_message(self, text: str, severity: Severity = "information") -> None:
        """Say something in the message line; it stays until the next message or `clear_message`.

        Keys in it are shown as the user has them.
        """
        self.query_one(MessageLine).show(self.said(text), severity)

    def said(self, sentence: str) -> str:
        """A sentence of ours with the user's keys: where it says F5, that is the key of Sync now."""
        return self.keymap.said(sentence, (*commands_of(self.NAME), *EVERYWHERE))

    def clear_message(self) -> None:
        """Empty the message line."""
        self.query_one(MessageLine).show("")

    def show_status(self, status: DeskStatus) -> None:
        """Show the state of the desk; the app calls this each second."""
        for line in self.children:
            if isinstance(line, StatusLine):
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
        if isinstance(dialog, Dialog):
            dialog.keymap = self.keymap
        self.app.push_screen(dialog, then)  # type: ignore[arg-type]

    about: About | None = None
    """Whom and what it shows."""

    def show_about(self, about: About) -> None:
        """Tell whom and what it shows; the call and the list of places follow it."""
        if about != self.about:
            self.about = about
            self.post_message(Shown(about))

    def sections(self) -> tuple[Stop, ...]:
        """Its numbered sections, which Ctrl+G leads to."""
        return ()

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
        with self.reporting():
            await self.before_leaving()
            self.dismiss()
