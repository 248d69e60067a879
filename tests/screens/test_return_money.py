"""Words for money on the screen."""

from __future__ import annotations

import pytest

from rma.ledger import TenderShare
from rma.order import TenderKind
from screens.money_words import payout_words
from tests import shop


@pytest.mark.parametrize(
    ("kind", "label", "words"),
    [
        (TenderKind.CARD, "•••• 4242", "card •••• 4242"),
        (TenderKind.GIFT_CARD, "gift card", "gift card"),
        (TenderKind.GIFT_CARD, "Gift card 77", "Gift card 77"),
        (TenderKind.PAYPAL, "", "paypal"),
        (TenderKind.UNKNOWN, "", "where it was paid"),
    ],
)
def test_a_payment_is_named_once(kind: TenderKind, label: str, words: str) -> None:
    order = shop.order(tenders=(shop.tender(kind, 11900, label=label),))
    share = TenderShare(tender_id=kind.value, kind=kind, amount=100)
    assert payout_words(share, order) == words
