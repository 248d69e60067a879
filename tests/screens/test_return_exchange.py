"""An exchange and a replacement on the return panel: item, price difference, what is told."""

from __future__ import annotations

from rma.record import RmaRecord
from rma.request import Resolution
from tests import shop
from tests.screens.returning import on_the_panel, shop_with
from tests.screens.seat import Shop


def exchanging(*, today: int = 15000, tax: int = 2395) -> Shop:
    of = shop_with(policy=shop.policy(resolutions=tuple(Resolution)))
    of.reference.product_list = [shop.kettle(today, tax), shop.kettle(9900, sku="MUG-1")]
    return of


def only_record(of: Shop) -> RmaRecord:
    (made,) = of.work.local.values()
    return made.record


TO_THE_ITEM = ("enter", "n", "enter", "o", "enter", *"exch", "enter")


async def test_the_item_of_an_exchange_is_typed_by_its_sku_and_the_difference_is_shown() -> None:
    of = exchanging()
    async with on_the_panel(of) as seat:
        await seat.press(*TO_THE_ITEM, *"new", "enter")
        await seat.sees("TO PAY", "31.00 EUR", "difference 31.00 EUR, tax in it 4.95")
        await seat.press("f9")
        await seat.sees("471", "Please pay 31.00 EUR")
    quote = only_record(of).quote
    assert quote is not None
    assert (quote.owed, quote.total) == (3100, 0)


async def test_f4_finds_the_item_by_its_name() -> None:
    of = exchanging(today=10000, tax=0)
    async with on_the_panel(of) as seat:
        await seat.press(*TO_THE_ITEM, "f4")
        await seat.sees("New kettle · 100.00 EUR", "MUG-1")
        await seat.press("2", "enter")
        await seat.sees("1 × New kettle")
    assert of.work.local == {}


async def test_an_exchange_without_an_item_stays_open() -> None:
    of = exchanging()
    async with on_the_panel(of) as seat:
        await seat.press(*TO_THE_ITEM, "f9")
        await seat.sees("Choose what the caller gets instead.")
    assert of.work.local == {}


async def test_an_exchange_for_the_same_item_is_refused_at_that_item() -> None:
    of = exchanging()
    sku = of.reference.order_list[0].lines[0].sku
    of.reference.product_list = [shop.kettle(10000, 0, sku=sku)]
    async with on_the_panel(of) as seat:
        await seat.press(*TO_THE_ITEM, *sku, "enter")
        await seat.sees("✗ refused: change “instead”, or clear the quantity")
        await seat.press("f9")
        await seat.sees("cannot be exchanged for the same item")
        assert getattr(seat.app.focused, "id", "") == "outbound_sku"


async def test_without_an_exchange_there_is_no_field_for_an_item() -> None:
    of = exchanging()
    async with on_the_panel(of) as seat:
        await seat.press("enter", "n", "enter", "o", "enter", *"refund", "enter")
        assert "Instead" not in seat.text


async def test_a_replacement_tells_no_money() -> None:
    of = exchanging()
    async with on_the_panel(of) as seat:
        await seat.press("enter", *"broken", "enter", "o", "enter", *"repl", "enter")
        await seat.sees("For what is sent", "-119.00")
        await seat.press("f9")
        await seat.sees("471")
    record = only_record(of)
    assert record.quote is not None
    assert record.quote.total == 0
    assert record.outbound is not None
