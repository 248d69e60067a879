"""The return slip in a conversation: read out, saved, queued for mail."""

from __future__ import annotations

from csr_tui.plain.talk import Option, Talk
from csr_tui.plain.workplace import Workplace
from rma.mailing import wrong_address
from rma.slip_text import slip_text
from rma.wording import _


class SlipQuestions:
    """What can be done with the slip of an RMA; each leaves the RMA as it is."""

    def __init__(self, talk: Talk, place: Workplace) -> None:
        self._talk = talk
        self._slips = place.desk.slips

    def ask(self, number: str) -> None:
        """Ask what to do with it, and do that."""
        doing = [
            Option(self._read_out, _("read it out")),
            Option(self._mail, _("mail it")),
            Option(self._save_pdf, _("save it as a PDF")),
            Option(self._save_text, _("save it as a text")),
        ]
        self._talk.choose(_("What about the return slip"), doing)(number)

    def _read_out(self, number: str) -> None:
        self._talk.say(*slip_text(self._slips.slip(number)).splitlines())

    def _save_pdf(self, number: str) -> None:
        self._talk.say(_("Saved: {path}").format(path=self._slips.save_pdf(number)))

    def _save_text(self, number: str) -> None:
        self._talk.say(_("Saved: {path}").format(path=self._slips.save_text(number)))

    def _mail(self, number: str) -> None:
        known = self._slips.address(number)

        def wrong(text: str) -> str:
            if not text:
                return "" if known else _("No address is known: ask for one.")
            return wrong_address(text)

        question = _("E-mail address")
        if known:
            question = _("E-mail address, or Enter for {address}").format(address=known)
        address = self._slips.mail(number, self._talk.ask(question, wrong=wrong))
        self._talk.say(_("Queued for mail to {address}.").format(address=address))
