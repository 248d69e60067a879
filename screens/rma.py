"""Everything about one RMA, and the decisions about it: cancel, approve, decline, extend."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from desk.rmas import Rmas, RmaView
from desk.slips import Slips
from rma.numbers import spoken
from rma.states import RmaCommand
from rma.wording import _, mark
from screens.ask import AskReason, ConfirmTyped
from screens.background import start
from screens.navigation import About, VerifyCaller
from screens.rma_sheet import sheet
from screens.widgets.sheet import Sheet
from screens.with_goods import WithGoods

_WIDEST = 100
"""Longer rows are hard to read."""

_COMMANDS = {
    "cancel": RmaCommand.CANCEL,
    "approve": RmaCommand.APPROVE,
    "decline": RmaCommand.DECLINE,
    "extend": RmaCommand.EXTEND,
}


class RmaScreen(WithGoods):
    """One RMA. Arrows scroll; `c`, `a`, `d`, `e` and `g` act where state, role and authorship allow it."""

    NAME = "rma"
    HEADING = mark("RMA")
    CSS_PATH = "rma.tcss"

    def __init__(self, rmas: Rmas, slips: Slips, number: str) -> None:
        super().__init__(rmas, slips, number)
        self._reason = ""
        """Why it is declined, kept while that is not confirmed."""

    def compose_body(self) -> ComposeResult:
        """One sheet that scrolls."""
        with Sheet(id="scroll"):
            yield Static(id="sheet")

    async def on_mount(self) -> None:
        """Read it, and let the arrows scroll."""
        self.query_one("#scroll").focus()
        await self._read()

    def on_resize(self) -> None:
        """Wrap anew."""
        self._draw()

    def on_screen_resume(self) -> None:
        """Another customer may have been opened meanwhile: then contact data are hidden again."""
        if self._view is not None:
            self.refresh_data()

    def action_verify(self) -> None:
        """Ask the caller for facts."""
        assert self._view is not None
        self.post_message(VerifyCaller(self._view.record.customer_id))

    def desk_changed(self) -> None:
        """A sync may have changed it."""
        self.refresh_data()

    def refresh_data(self) -> None:
        """Read it again; the scroll position stays."""
        start(self, self._read, name="rma", exclusive=True)

    async def _read(self) -> None:
        """Show what is known; where a decision was shown meanwhile, what was read may be from before it: again."""
        with self.reporting():
            while True:
                drawn = self._view
                view = await asyncio.to_thread(self._rmas.show, self._number)
                if self._view is drawn:
                    self.shows(view)
                    return

    @property
    def _spoken(self) -> str:
        return spoken(self._number)

    def shows(self, view: RmaView) -> None:
        """Draw it, and offer what this person may do now."""
        self._view = view
        heading = _("RMA {number}").format(number=self._spoken)
        self.set_heading(
            f"{heading} · {view.record.state.words}", view.customer.name if view.customer else ""
        )
        name = view.customer.name if view.customer else view.record.customer_id
        self.show_about(About(view.record.customer_id, name, number=view.record.number))
        self._draw()
        self.refresh_keys()

    def _draw(self) -> None:
        if self._view is None:
            return
        width = min(_WIDEST, self.app.size.width - 6)
        self.query_one("#sheet", Static).update(
            sheet(self._view, width) if width > 20 else Content("")
        )

    def can(self, action: str) -> bool:
        """Only what this person may do to an RMA in this state."""
        if action == "verify":
            return self._view is not None and self._view.facts_asked > 0
        if action == "goods":
            return self._view is not None and self._view.goods is not None
        if action not in _COMMANDS:
            return True
        return self._view is not None and _COMMANDS[action] in self._view.commands

    # --- decisions ------------------------------------------------------------------------------------------------

    def action_cancel(self) -> None:
        """Ask why, then cancel."""
        dialog = AskReason(
            _("Why is {number} cancelled?").format(number=self._spoken),
            _("Its units are free again; the number stays on record as cancelled."),
        )
        done = _("Cancelled. It reaches the central API with the next sync.")
        self.open_dialog(dialog, lambda reason: self._decide(self._rmas.cancel, reason, done))

    def action_extend(self) -> None:
        """Ask why, then give it more days."""
        dialog = AskReason(
            _("Why is {number} extended?").format(number=self._spoken),
            _("Its days count anew from today; an expired one takes its units back."),
        )
        done = _("Extended. It reaches the central API with the next sync.")
        self.open_dialog(dialog, lambda reason: self._decide(self._rmas.extend, reason, done))

    def action_approve(self) -> None:
        """Ask for a note that may stay empty, then approve."""
        dialog = AskReason(
            _("Approve {number}? A note, or Enter alone.").format(number=self._spoken),
            _("The caller may send the goods then."),
            required=False,
        )
        done = _("Approved. It reaches the central API with the next sync.")
        self.open_dialog(dialog, lambda note: self._decide(self._rmas.approve, note, done))

    def action_decline(self) -> None:
        """Ask why, then for a typed `y`, then decline."""
        dialog = AskReason(
            _("Why is {number} declined?").format(number=self._spoken),
            _("The caller will hear this reason."),
            initial=self._reason,
        )
        self.open_dialog(dialog, self._confirm_decline)

    def _confirm_decline(self, reason: str | None) -> None:
        if reason is None:
            return
        self._reason = reason
        dialog = ConfirmTyped(
            _("Decline {number}?").format(number=self._spoken),
            _("This cannot be undone; its units are free again."),
        )

        async def sure(yes: bool | None) -> None:
            if yes:
                done = _("Declined. It reaches the central API with the next sync.")
                await self._decide(self._rmas.decline, reason, done)
            else:
                self.show_message(_("Not declined. The reason is kept."))

        self.open_dialog(dialog, sure)

    async def _decide(
        self, command: Callable[[str, str], RmaView], text: str | None, done: str
    ) -> None:
        if text is None:
            return
        with self.reporting():
            self.shows(await asyncio.to_thread(command, self._number, text))
            self.show_message(done, "success")
