"""Ask for a PIN on the terminal, where a person is enrolled."""

from __future__ import annotations

from getpass import getpass

from rma.harmless import harmless
from rma.pin import unfit_pin
from rma.wording import _


def ask_pin(person: str, needed: bool) -> str:
    """A PIN that fits, typed twice alike; empty where it is not needed and none is wanted, or the terminal is gone."""
    if needed:
        question = _("PIN or password of {name} on this desk: ")
    else:
        question = _(
            "PIN or password of {name} on this desk (Enter for none, as long as nobody shares it): "
        )
    question = harmless(question.format(name=person))
    refused = ""
    while True:
        try:
            # One prompt with why the last was refused: whoever reads it types when nothing is echoed any more.
            pin = getpass(refused + question)
            if not pin and not needed:
                return ""
            why = unfit_pin(pin, person)
            if not why and pin != getpass(_("The same once more: ")):
                why = _("these were two different ones")
        except EOFError:
            return ""
        if not why:
            return pin
        refused = f"✗ {why}\n"
