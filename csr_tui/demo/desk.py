"""The demo's desk: one more command pulls the network cable, so that anybody can see an outage cost nothing."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from csr_tui.app import DeskApp
from csr_tui.demo.central import Central
from rma.errors import RmaError
from rma.wording import _, mark
from screens.base import DeskScreen
from screens.commands import Command

CABLE = Command(
    id="demo.cable",
    bound=False,
    label=mark("Network cable"),
    action="cable",
    help=mark("Pull the cable to the central API and work on, or plug it in again."),
)
"""Only the palette leads there: no key is lost to the demo."""


class DemoDesk(DeskApp):
    """A desk whose central API is ours to stop and start."""

    central: ClassVar[Central]
    _at_the_cable = False

    def commands_of_app(self, screen: DeskScreen) -> tuple[Command, ...]:
        """With the cable, where this terminal serves the shop."""
        ours = super().commands_of_app(screen)
        return (*ours, CABLE) if self.central.url else ours

    async def action_cable(self) -> None:
        """Pull the cable, or plug it in."""
        if self._at_the_cable:
            return
        self._at_the_cable = True
        try:
            if self.central.is_serving:
                await asyncio.to_thread(self.central.stop)
                said = _("The cable is out: the central API is gone, and work goes on here.")
            else:
                await asyncio.to_thread(self.central.start_again)
                said = _("The cable is in: what waits is sent by itself. F5 does it at once.")
            self._say(said)
        except RmaError as error:
            self._say(str(error), error=True)
        finally:
            self._at_the_cable = False


def desk_of(serving: Central) -> type[DemoDesk]:
    """The app of a desk whose shop is served by `serving`."""

    class Desk(DemoDesk):
        central = serving

    return Desk
