"""Ways to the return panel, by keys."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from rma.draft import Draft
from rma.order import Order
from rma.policy import Policy
from tests import shop
from tests.desk.memory import MemoryReference
from tests.screens.seat import Seat, Shop, seated

SIZES = [(80, 24), (120, 40)]


def shop_with(order: Order | None = None, policy: Policy | None = None, **customer: Any) -> Shop:
    """Maria with one order."""
    return Shop(
        reference=MemoryReference(
            customer_list=[shop.customer(**customer)],
            order_list=[order or shop.order()],
            policy_list=[policy or shop.policy()],
            reason_tree=shop.reasons(),
        )
    )


@asynccontextmanager
async def on_the_panel(of: Shop, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Seat]:
    """A return of the first order's first line, begun from the search box."""
    async with seated(of, size) as seat:
        await open_panel(seat)
        yield seat


async def open_panel(seat: Seat, number: str = "100001") -> None:
    """From the search box to the panel."""
    await seat.type(number)
    await seat.sees(f"Order {number}")
    await seat.press("enter")
    await seat.sees("returnable")
    await seat.press("enter")
    await seat.sees("1 Lines", "6 Check")


async def finalize_again(seat: Seat) -> None:
    """F9 after an F9 that gave no number: it asks."""
    await seat.press("f9")
    await seat.sees("F9 was refused before")
    await seat.press("y", "enter")


def kept(of: Shop) -> Draft:
    """The only draft of the desk."""
    (draft,) = of.work.draft_by_id.values()
    return draft
