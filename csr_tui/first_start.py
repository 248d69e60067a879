"""The first start: one screen with the two ways on, before there is a desk to open."""

from __future__ import annotations

import asyncio
from enum import Enum
from pathlib import Path, PurePath
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.driver import Driver
from textual.screen import Screen

from csr_tui.commanding import Commanding
from csr_tui.endings import Endings
from rma.errors import RmaError
from rma.wording import _
from screens.colourless import STYLES as NO_COLOUR_STYLES
from screens.commands import EVERYWHERE, FROM_DIALOGS_TOO, Keymap
from screens.first_start import STYLES as START_STYLES
from screens.first_start import FirstStart, NotTaken
from screens.status_words import DeskStatus
from screens.themes import DEFAULT


class Way(Enum):
    """How a first start ended."""

    LEFT = "left"
    DEMO = "demo"
    ENROLLED = "enrolled"


class FirstStartApp(Endings, Commanding):
    """Shows the two ways; `way` says which one was taken."""

    TITLE = "csr-tui"
    ENABLE_COMMAND_PALETTE = False
    CSS_PATH: ClassVar[list[str | PurePath]] = [START_STYLES]
    """Textual loads a screen's own styles when it is pushed; the default screen never is."""
    CSS = NO_COLOUR_STYLES
    BINDINGS: ClassVar[list[BindingType]] = [
        command.binding(priority=command.id in FROM_DIALOGS_TOO)
        for command in EVERYWHERE
        if command.id in ("app.help", "app.palette", "app.quit")
    ]

    def __init__(
        self,
        folder: Path,
        *,
        keymap: Keymap,
        notice: str = "",
        theme: str = DEFAULT,
        driver_class: type[Driver] | None = None,
    ) -> None:
        """`folder` is where the desk will be, and reports of unexpected errors; `notice` is said at once."""
        super().__init__(driver_class, keymap, reports=folder)
        self._folder = folder
        self._notice = notice
        self.way = Way.LEFT
        self.dress(theme)

    def get_default_screen(self) -> Screen[None]:
        """The one screen."""
        return self._with_keys(FirstStart(self._enroll))

    def on_mount(self) -> None:
        """No animation, and what there is to say."""
        self.animation_level = "none"
        self.call_after_refresh(self._greet)

    def _greet(self) -> None:
        self.takes_commands.set()
        self._desk_screen.show_status(DeskStatus(enrolled=False))
        if self._notice:
            self._say(self._notice, error=True)

    async def _enroll(self, server: str, code: str) -> NotTaken | None:
        return await asyncio.to_thread(_enroll, self._folder, server, code)

    @on(FirstStart.Demo)
    def _demo(self) -> None:
        self._go_by(Way.DEMO)

    @on(FirstStart.Enrolled)
    def _enrolled(self) -> None:
        self._go_by(Way.ENROLLED)

    async def action_quit(self) -> None:
        """Go; nothing was begun."""
        self._go_by(Way.LEFT)

    def _go_by(self, way: Way) -> None:
        self.way = way
        self.exit()


def _enroll(folder: Path, server: str, code: str) -> NotTaken | None:
    """Connect the desk of this folder; called in a thread."""
    from csr_tui.enrollment import enroll
    from csr_tui.unlocking import Asking, unlock_or_make
    from sync.errors import BadServerUrl, EnrollmentRefused, InsecureUrl, Unreachable

    try:
        asyncio.run(enroll(folder, server, code, unlock_or_make(folder, asking=Asking.NOBODY)))
    except InsecureUrl as error:
        return NotTaken("server", _("use https"), str(error))
    except BadServerUrl as error:
        return NotTaken("server", _("this is no address"), str(error))
    except Unreachable:
        return NotTaken(
            "server",
            _("nothing answers here"),
            _(
                "No central API answers at this address: check it, and your network, then try again."
            ),
        )
    except EnrollmentRefused as error:
        return NotTaken("code", _("not taken"), str(error))
    except RmaError as error:
        return NotTaken("server", _("not connected"), str(error))
    except OSError as error:
        sentence = _("The folder {folder} cannot be used ({why}): name another one with --data.")
        return NotTaken(
            "server",
            _("not connected"),
            sentence.format(folder=folder, why=error.strerror),
        )
    return None
