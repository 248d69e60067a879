"""What a screen about one RMA can do with its return slip: show it, mail it, save it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from desk.slips import Slips
from rma.mailing import LONGEST_ADDRESS, wrong_address
from rma.numbers import spoken
from rma.wording import _
from screens.ask import AskText
from screens.base import DeskScreen
from screens.navigation import OpenSlip


class WithSlip(DeskScreen):
    """A screen about one RMA. Override `refresh_data` to read it again once a mail was queued."""

    def __init__(self, slips: Slips, number: str) -> None:
        super().__init__()
        self._slips = slips
        self._number = number

    def refresh_data(self) -> None:
        """Read the RMA again."""

    def action_slip(self) -> None:
        """Show the slip."""
        self.post_message(OpenSlip(self._number))

    async def action_save_slip(self) -> None:
        """Save it as a PDF."""
        await self._save(self._slips.save_pdf)

    async def action_save_slip_text(self) -> None:
        """Save it as a text."""
        await self._save(self._slips.save_text)

    async def _save(self, save: Callable[[str], str]) -> None:
        with self.reporting():
            path = await asyncio.to_thread(save, self._number)
            self.show_message(_("Saved: {path}").format(path=path), "success")

    async def action_mail_slip(self) -> None:
        """Ask for the address; the customer's own is taken with Enter alone, and not shown before they are verified."""
        with self.reporting():
            known = await asyncio.to_thread(self._slips.address, self._number)
            detail = _("Enter alone takes {address}.").format(address=known) if known else ""
            dialog = AskText(
                _("Mail the return slip of {number} to").format(number=spoken(self._number)),
                detail,
                needed="" if known else _("No address is known: ask for one."),
                rule=wrong_address,
                longest=LONGEST_ADDRESS,
            )
            self.open_dialog(dialog, self._mail)

    async def _mail(self, to: str | None) -> None:
        if to is None:
            return
        with self.reporting():
            address = await asyncio.to_thread(self._slips.mail, self._number, to)
            self.show_message(_("Queued for mail to {address}.").format(address=address), "success")
            self.refresh_data()
