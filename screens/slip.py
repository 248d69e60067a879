"""The return slip of an RMA, as the customer gets it."""

from __future__ import annotations

import asyncio

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from rma.return_slip import Slip
from rma.slip_text import WIDTH, slip_text
from rma.wording import mark
from screens.background import start
from screens.widgets.safe_text import plain_lines
from screens.widgets.sheet import Sheet
from screens.with_slip import WithSlip


class SlipScreen(WithSlip):
    """The slip as text. Arrows scroll; `m` mails it, `w` and `x` save it."""

    NAME = "slip"
    HEADING = mark("Return slip")
    _slip: Slip | None = None

    def compose_body(self) -> ComposeResult:
        """One sheet that scrolls."""
        with Sheet(id="scroll"):
            yield Static(id="slip")

    async def on_mount(self) -> None:
        """Read it, and let the arrows scroll."""
        self.query_one("#scroll").focus()
        await self._read()

    def on_resize(self) -> None:
        """Wrap anew."""
        self._draw()

    def desk_changed(self) -> None:
        """A sync may have changed what it says."""
        self.refresh_data()

    def refresh_data(self) -> None:
        """Read it again; the scroll position stays."""
        start(self, self._read, name="slip", exclusive=True)

    async def _read(self) -> None:
        with self.reporting():
            self._slip = await asyncio.to_thread(self._slips.slip, self._number)
            self._draw()

    def _draw(self) -> None:
        if self._slip is not None:
            text = slip_text(self._slip, min(WIDTH, self.app.size.width - 6))
            self.query_one("#slip", Static).update(Content("\n".join(plain_lines(text))))
