"""The return slip by keys: shown, saved, mailed, from the number and from the RMA."""

from __future__ import annotations

import pytest

from rma.operations import MailSlip
from tests import shop
from tests.screens.returning import SIZES, on_the_panel, shop_with
from tests.screens.seat import Seat, Shop
from tests.screens.test_rma import looking, shop_knowing

NORDEN = shop.policy(
    shop="Norden Home",
    return_address=("1 Dock Road", "Hull"),
    packaging=(
        "Use a strong box, the original one if you still have it.",
        "Put the return number inside the parcel and on the outside.",
    ),
    carriers=("Parcel post", "Drop-off point"),
    expires_after_days=30,
)


async def make(seat: Seat) -> None:
    """A usual return, to its number."""
    await seat.press("1", "tab")
    await seat.type("no longer")
    await seat.press("tab", "tab")
    await seat.type("opened")
    await seat.press("tab", "f9")
    await seat.sees("Return made", "The number is final")


@pytest.mark.parametrize("size", SIZES)
async def test_the_number_of_a_usual_refund_is_large_and_all_that_is_said_stands_below(
    size: tuple[int, int],
) -> None:
    async with on_the_panel(shop_with(policy=NORDEN), size) as seat:
        await make(seat)

        await seat.sees("█████", "Good until 20 December 2026.", "ESTIMATE", "119.00 EUR")
        await seat.sees("parcel and on the outside.", "Drop-off")
        await seat.sees("The amount is an estimate.")


@pytest.mark.parametrize("size", SIZES)
async def test_p_shows_the_slip_and_f3_goes_back_to_the_number(size: tuple[int, int]) -> None:
    async with on_the_panel(shop_with(policy=NORDEN), size) as seat:
        await make(seat)
        await seat.press("p")
        await seat.sees("Norden Home", "Return slip 471 2030 0034", "WHAT COMES BACK")
        await seat.press("end")
        await seat.sees("HOW TO PACK IT", "1 Dock Road")
        await seat.press("f3")
        await seat.sees("Return made")


async def test_w_and_x_save_it_and_say_where() -> None:
    of = shop_with(policy=NORDEN)
    async with on_the_panel(of) as seat:
        await make(seat)
        await seat.press("w")
        await seat.sees("Saved: /papers/RMA-47120300034.pdf")
        await seat.press("p")
        await seat.sees("WHAT COMES BACK")
        await seat.press("x")
        await seat.sees("Saved: /papers/RMA-47120300034.txt")

    assert sorted(of.papers.kept) == ["RMA-47120300034.pdf", "RMA-47120300034.txt"]


def mails(of: Shop) -> list[str]:
    """Where the slips go."""
    return [o.command.to for o in of.work.outbox if isinstance(o.command, MailSlip)]


async def test_m_and_enter_queue_it_for_the_address_on_the_return() -> None:
    of = shop_with(policy=NORDEN)
    async with on_the_panel(of) as seat:
        await make(seat)
        await seat.press("m")
        await seat.sees("Enter alone takes m…@…")
        await seat.press("enter")
        await seat.sees("Queued for mail to m…@….")

    assert mails(of) == ["maria@example.com"]


async def test_an_address_is_asked_for_where_none_is_known() -> None:
    of = shop_with(policy=NORDEN, email="")
    async with on_the_panel(of) as seat:
        await make(seat)
        await seat.press("m")
        await seat.sees("Mail the return slip")
        await seat.press("enter")
        await seat.sees("No address is known: ask for one.")
        await seat.type("maria")
        await seat.press("enter")
        await seat.sees("no e-mail address")
        await seat.type("@new.example")
        await seat.press("enter")
        await seat.sees("Queued for mail to m…@….")

    assert mails(of) == ["maria@new.example"]


async def test_escape_mails_nothing() -> None:
    of = shop_with(policy=NORDEN)
    async with on_the_panel(of) as seat:
        await make(seat)
        await seat.press("m")
        await seat.sees("Enter alone")
        await seat.press("escape")
        await seat.sees("Return made")

    assert mails(of) == []


async def test_the_rma_has_the_same_keys_and_its_history_says_that_it_was_mailed() -> None:
    of = shop_knowing(shop.finalized())
    async with looking(of, (120, 40)) as seat:
        await seat.press("m")
        await seat.sees("Enter alone takes")
        await seat.press("enter")
        await seat.sees("Queued for mail to m…@….", "mail → authorized")
        await seat.press("p")
        await seat.sees("WHAT COMES BACK")
        await seat.press("w")
        await seat.sees("Saved: /papers/RMA-47120300034.pdf")
