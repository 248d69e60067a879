"""The stack of screens: what is open, what it is given when it is shown, and how it is left."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from textual.app import App
from textual.await_complete import AwaitComplete
from textual.driver import Driver
from textual.screen import Screen

from csr_tui.session import Session
from csr_tui.type_ahead import TypeAhead
from rma.errors import RmaError
from screens.base import DeskScreen
from screens.colourless import WithoutColours
from screens.commands import REGISTRY_KEYS, Keymap, both_cases
from screens.customer_lookup import CustomerLookup
from screens.dialog import Dialog
from screens.joined import Joined
from screens.status_words import DeskStatus
from screens.themes import DEFAULT, THEMES

if TYPE_CHECKING:
    from textual.widget import AwaitMount

    from rma.request import Role
    from screens.navigation import About

KeyedScreen = TypeVar("KeyedScreen", bound="DeskScreen | Dialog[Any]")


class ScreenStack(TypeAhead, App[None]):
    """Where the agent is. The look-up screen lies at the bottom and is never left."""

    def __init__(
        self, driver_class: type[Driver] | None = None, keymap: Keymap = REGISTRY_KEYS
    ) -> None:
        super().__init__(driver_class)
        self.keymap = keymap
        """The user's keys."""
        self.set_keymap({name: both_cases(keys) for name, keys in keymap.keys.items()})
        self.quit_keys = frozenset(keymap.keys_of("app.quit"))
        self._session: Session | None = None
        self._status = DeskStatus()

    def dress(self, theme: str) -> None:
        """Put on a theme, or no colours at all where the terminal wants none."""
        for known in THEMES.values():
            self.register_theme(known)
        self.theme = theme if theme in THEMES else DEFAULT
        if self.no_color:
            self._filters[:] = [WithoutColours()]
        self._filters.append(Joined())

    @property
    def _home(self) -> CustomerLookup:
        home = self.screen_stack[0]
        assert isinstance(home, CustomerLookup)
        return home

    @property
    def _desk_screens(self) -> list[DeskScreen]:
        """Every screen of the desk that is open, the top one last."""
        return [screen for screen in self.screen_stack if isinstance(screen, DeskScreen)]

    @property
    def _typed_into(self) -> list[DeskScreen | Dialog[Any]]:
        """Every screen and dialog that may hold something half-typed, the top one first."""
        return [s for s in reversed(self.screen_stack) if isinstance(s, DeskScreen | Dialog)]

    @property
    def _desk_screen(self) -> DeskScreen:
        """The screen under any dialog."""
        return self._desk_screens[-1]

    @property
    def _role(self) -> Role:
        from rma.request import Role

        identity = self._session.identity if self._session else None
        return identity.role if identity else Role.AGENT

    def _say(self, text: str, *, error: bool = False) -> None:
        self._desk_screen.show_message(text, "error" if error else "information")

    def _changed(self) -> None:
        """Something new is known: the screen under any dialog reads it."""
        screen = self._desk_screen
        if screen.is_mounted:
            screen.desk_changed()

    def status_changed(self) -> None:
        """Something happened that the status line tells."""

    async def _go(self, screen: DeskScreen) -> None:
        """Put a screen on top and give it the status at once."""
        await self.push_screen(self._with_keys(screen))
        screen.show_status(self._status)

    async def _mounted(self, screen: DeskScreen) -> None:
        """Mount a screen that is shown later."""
        _screen, mounting = self._get_screen(screen)
        await mounting

    def _get_screen(self, screen: Screen[Any] | str) -> tuple[Screen[Any], AwaitMount]:
        """Read the styles of a screen before it is mounted. Textual does that after it has asked for the mounting, which
        since Python 3.12 has begun by then: widgets that get no styles when they are mounted never get any (`Frugal`).
        """
        self._load_screen_css(self.get_screen(screen))
        return super()._get_screen(screen)

    def pop_screen(self) -> AwaitComplete:
        """Take the top screen away. What it still reads would be shown on what is gone."""
        self.workers.cancel_node(self.screen)
        return super().pop_screen()

    def switch_screen(self, screen: Screen[Any] | str) -> AwaitComplete:
        """Put a screen in the place of the top one, likewise."""
        self.workers.cancel_node(self.screen)
        return super().switch_screen(screen)

    def _with_keys(self, screen: KeyedScreen) -> KeyedScreen:
        """Hand the user's keys to a screen or a dialog that is about to be shown."""
        screen.keymap = self.keymap
        return screen

    async def _back_to(self, screen: DeskScreen) -> bool:
        """Leave every screen above one that is open; what is half-typed on them is kept.

        False where one could not keep it: it stays, and says why.
        """
        while self.screen is not screen:
            top = self.screen
            if isinstance(top, DeskScreen | Dialog):
                try:
                    await top.before_leaving()
                except RmaError as error:
                    self._say(str(error), error=True)
                    return False
            await self.pop_screen()
        return True

    async def _back_to_open(self, kind: type[DeskScreen]) -> bool:
        """Go back to the topmost open screen of a kind; whether there is one."""
        return await self._back_to_first(lambda screen: isinstance(screen, kind))

    async def _back_to_shown(self, about: About) -> bool:
        """Go back to the topmost open screen that shows this; whether there is one."""
        return await self._back_to_first(lambda screen: screen.about == about)

    async def _back_to_first(self, fits: Callable[[DeskScreen], bool]) -> bool:
        found = next((screen for screen in reversed(self._desk_screens) if fits(screen)), None)
        if found is None:
            return False
        await self._back_to(found)
        return True
