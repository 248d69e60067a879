"""How the price difference of an exchange was paid, as somebody types it: `card 4242`, `bank`."""

from __future__ import annotations

from rma.money import Minor
from rma.order import TenderKind
from rma.outbound import Payment
from rma.wording import _, words

KINDS = tuple(kind for kind in TenderKind if kind is not TenderKind.UNKNOWN)
_LONGEST_LABEL = 40
_MOST_DIGITS = 6
"""Of a label: the last digits of a card may be kept, its number never."""


def kinds() -> str:
    """What can be typed: `card, paypal, bank, …`."""
    return ", ".join(words(kind) for kind in KINDS)


def wrong_payment(text: str) -> str:
    """What is wrong with a payment as typed, in a sentence; empty where nothing is."""
    kind, label = _read(text)
    if kind is None:
        return _("Say how it was paid: {kinds}.").format(kinds=kinds())
    if len(label) > _LONGEST_LABEL or sum(map(str.isdigit, label)) > _MOST_DIGITS:
        return _("Never a whole card number: its last four digits are enough.")
    return ""


def read_payment(text: str, amount: Minor) -> Payment:
    """The payment of an amount in minor units.

    Raises:
        ValueError: if `wrong_payment` has something against it; callers ask first.
    """
    kind, label = _read(text)
    if kind is None or wrong_payment(text):
        raise ValueError("this says not how it was paid")
    return Payment(kind=kind, amount=amount, label=label)


def _read(text: str) -> tuple[TenderKind | None, str]:
    typed = " ".join(text.split())
    folded = typed.casefold()
    for kind in KINDS:
        for name in (words(kind).casefold(), kind.value.replace("_", " ")):
            if folded == name or folded.startswith(f"{name} "):
                return kind, typed[len(name) :].strip()
    return None, ""
