"""Words for money on the screen."""

from __future__ import annotations

import pytest

from rma.ledger import TenderShare
from rma.order import TenderKind
from rma.policy import Fees
from rma.quote_words import payout_words
from tests import shop
from tests.screens.returning import on_the_panel, shop_with


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


GIFT_AND_CARD = (
    shop.tender(TenderKind.GIFT_CARD, 5000, label="gift card 77"),
    shop.card(6900),
)
FEES = Fees(restocking=1000, return_shipping=shop.amounts(EUR=495))


async def test_where_the_money_goes_is_shown_before_what_it_is_made_of() -> None:
    order = shop.order(tenders=GIFT_AND_CARD)
    async with on_the_panel(shop_with(order, shop.policy(fees=FEES))) as seat:
        await seat.press("1", "enter", "n", "enter", "o", "enter")
        await seat.sees("102.15 EUR", "to gift card 77", "50.00", "to card •••• 4242", "52.15")
        await seat.sees("Goods", "119.00", "Other", "-16.85")


async def test_the_number_and_all_that_the_caller_has_to_know_fit_at_80_by_24() -> None:
    order = shop.order(tenders=GIFT_AND_CARD)
    packaging = (
        "Put the goods into a sturdy box and fill the room that is left with paper.",
        "Lay the delivery note on top, and keep the receipt of the parcel shop.",
        "Parts that were packed apart have to come back in one parcel.",
    )
    policy = shop.policy(
        fees=FEES, packaging=packaging, carriers=("DHL", "Hermes"), expires_after_days=30
    )
    async with on_the_panel(shop_with(order, policy)) as seat:
        await seat.press("1", "enter", "n", "enter", "o", "enter", "f9")
        await seat.sees("RMA 471 2030 0034", "Queued", "to card •••• 4242", "52.15", "-4.95")
        await seat.sees("Put the goods", "in one", "DHL or Hermes", "is an estimate", "20 December")


async def test_a_number_with_little_to_say_stands_large() -> None:
    async with on_the_panel(shop_with()) as seat:
        await seat.press("1", "enter", "n", "enter", "o", "enter", "f9")
        await seat.sees("RMA 471 2030 0034", "██ ██", "to card •••• 4242")
