"""Every screen as it was looked at and found right, narrow, wide, and without a colour.

After a change that is meant: `uv run pytest tests/screens/test_snapshots.py --snapshot-update`, and look at the diff.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from rma.policy import Approval
from tests import shop
from tests.screens.pictures import Picture, picture
from tests.screens.returning import open_panel, shop_with
from tests.screens.seat import Seat, Shop, seated, small_shop
from tests.screens.test_first_start import started
from tests.screens.test_queues import approvals, troubled
from tests.screens.test_return_exchange import TO_THE_ITEM, exchanging
from tests.screens.test_sign_in import shared_shop

Way = Callable[[Seat], Awaitable[None]]


async def stay(seat: Seat) -> None:
    await seat.sees("Look up")


async def results(seat: Seat) -> None:
    await seat.type("maria")
    await seat.sees("Maria", "maria@example.com")


async def nothing_found(seat: Seat) -> None:
    await seat.type("zzzz")
    await seat.sees("zzzz", "Nothing")


async def customer(seat: Seat) -> None:
    await results(seat)
    await seat.press("enter")
    await seat.sees("Order 100001", "Order 100002")


async def panel(seat: Seat) -> None:
    await open_panel(seat)


async def priced(seat: Seat) -> None:
    await open_panel(seat)
    await seat.press("1", "enter")
    await seat.type("no_longer_wanted")
    await seat.press("enter")
    await seat.type("opened")
    await seat.press("enter")
    await seat.sees("ESTIMATE", "✓")


async def refused(seat: Seat) -> None:
    await open_panel(seat)
    await seat.press("1", "f9")
    await seat.sees("✗")


async def values(seat: Seat) -> None:
    await open_panel(seat)
    await seat.press("1", "enter", "f4")
    await seat.sees("no_longer_wanted")


async def discarding(seat: Seat) -> None:
    await open_panel(seat)
    await seat.press("1", "escape")
    await seat.sees("Throw this return away?")


async def waiting_returns(seat: Seat) -> None:
    await seat.press("f8")
    await seat.sees("Approvals", "oldest first")


async def rma(seat: Seat) -> None:
    await waiting_returns(seat)
    await seat.press("enter")
    await seat.sees("Approve", "Decline")


async def attention(seat: Seat) -> None:
    await seat.press("ctrl+g")
    await seat.press("3")
    await seat.sees("Another return holds this unit.")


async def go_to(seat: Seat) -> None:
    await seat.press("ctrl+g")
    await seat.sees("Go to")


async def numbered(seat: Seat) -> None:
    await priced(seat)
    await seat.press("f9")
    await seat.sees("Return made", "the central API answers")


async def waits_for_approval(seat: Seat) -> None:
    await priced(seat)
    await seat.press("f9")
    await seat.sees("Return made", "approval", "the central API answers")


async def exchanged(seat: Seat) -> None:
    await open_panel(seat)
    await seat.press(*TO_THE_ITEM, *"new", "enter")
    await seat.sees("TO PAY", "31.00 EUR")


async def exceptions(seat: Seat) -> None:
    await priced(seat)
    await seat.press("ctrl+g", "7")
    await seat.sees("Waive")


async def labels(seat: Seat) -> None:
    await priced(seat)
    await seat.settled()  # the labels lie where things stood at the key
    await seat.press("ctrl+o")
    await seat.settled()


async def call_note(seat: Seat) -> None:
    await customer(seat)
    await seat.press("ctrl+n")
    await seat.sees("this call with Maria Müller", "Order 100002")


async def declining(seat: Seat) -> None:
    await rma(seat)
    await seat.press("d")
    await seat.sees("The caller will hear this reason.")


async def help_(seat: Seat) -> None:
    await open_panel(seat)
    await seat.press("f1")
    await seat.sees("Finalize", "Exceptions")


async def palette(seat: Seat) -> None:
    await seat.press("ctrl+p")
    await seat.sees("Quit")


async def locked(seat: Seat) -> None:
    await seat.sees("This desk is locked")
    await seat.type("480216")
    await seat.press("enter")
    await seat.sees("2 more tries")
    await seat.type("4802")


async def choosing_pin(seat: Seat) -> None:
    await seat.press("shift+f7")
    await seat.type("123456")
    await seat.press("enter")
    await seat.sees("guessed first")


def late_shop() -> Shop:
    """Everything is asked about: the approval starts with the first cent."""
    return shop_with(policy=shop.policy(approval=Approval(amount=shop.amounts(EUR=1))))


@dataclass(frozen=True)
class Scene:
    """A shop, and the keys that lead to what is pictured."""

    shop: Callable[[], Shop]
    way: Way
    locked: bool = False


SCENES = {
    "home": Scene(small_shop, stay),
    "results": Scene(small_shop, results),
    "nothing-found": Scene(small_shop, nothing_found),
    "customer": Scene(small_shop, customer),
    "return": Scene(small_shop, panel),
    "return-priced": Scene(small_shop, priced),
    "return-refused": Scene(small_shop, refused),
    "values": Scene(small_shop, values),
    "number": Scene(small_shop, numbered),
    "number-waits": Scene(late_shop, waits_for_approval),
    "exchange": Scene(exchanging, exchanged),
    "exceptions": Scene(small_shop, exceptions),
    "jump": Scene(small_shop, labels),
    "call-note": Scene(small_shop, call_note),
    "decline": Scene(approvals, declining),
    "question": Scene(small_shop, discarding),
    "approvals": Scene(approvals, waiting_returns),
    "rma": Scene(approvals, rma),
    "attention": Scene(troubled, attention),
    "go-to": Scene(small_shop, go_to),
    "help": Scene(small_shop, help_),
    "palette": Scene(small_shop, palette),
    "locked": Scene(shared_shop, locked, locked=True),
    "choose-pin": Scene(small_shop, choosing_pin),
}


LOOKS = ["80x24", "120x40", "no-color"]


@pytest.mark.parametrize("look", LOOKS)
async def test_the_first_start_looks_as_it_was_approved(
    look: str, snapshot: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async with started(tmp_path, _size(look, monkeypatch)) as seat:
        await seat.settled()
        assert picture(seat) == snapshot(extension_class=Picture)


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("look", LOOKS)
async def test_looks_as_it_was_approved(
    scene: str, look: str, snapshot: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown, size = SCENES[scene], _size(look, monkeypatch)
    async with seated(shown.shop(), size, opened=not shown.locked) as seat:
        await shown.way(seat)
        await seat.settled()
        assert picture(seat) == snapshot(extension_class=Picture)


def _size(look: str, monkeypatch: pytest.MonkeyPatch) -> tuple[int, int]:
    if look == "no-color":
        monkeypatch.setenv("NO_COLOR", "1")
    return (120, 40) if look == "120x40" else (80, 24)
