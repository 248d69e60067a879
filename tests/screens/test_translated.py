"""Every text on every screen comes from the catalogue: in a language of other letters nothing stands in ours but data."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from csr_tui.first_start import FirstStartApp
from desk.ports import SyncStatus
from screens.commands import REGISTRY_KEYS
from screens.widgets.too_small import MIN_WIDTH
from tests.pseudo import Disguised, speaking, undisguised
from tests.screens.seat import Seat, Shop, seated, small_shop
from tests.screens.test_queues import PROBLEM, approvals
from tests.screens.test_snapshots import (
    SCENES,
    Scene,
    numbered,
    panel,
    priced,
    waiting_returns,
)

_PERSONS = "Maria Müller maria@example.com Berlin DE standard Agent One Supervisor Two Sue Park"
_GOODS = "New kettle Kettle Toaster SKU-1 SKU-2 EUR C-1 general v1"
_REASONS = (
    "Preference Quality Other No longer wanted Wrong size Wrong item Broken "
    "no_longer_wanted wrong_size wrong_item broken other"
)
_TYPED = "new exchange maria zzzz opened phone refund order_record maria@examp x"
_KEYS = "Esc Enter Tab PgUp PgDn Up Down Del Insert Space A B C D E G L M O P R T V W X 60x18 50x24"
DATA = frozenset(
    word
    for said in (_PERSONS, _GOODS, _REASONS, _TYPED, _KEYS, PROBLEM.detail, PROBLEM.remedy)
    for word in re.findall(r"\w+", said)
)
"""What a shop, a person or a keyboard brings."""
OF_NO_LANGUAGE = re.compile(r"\w+…|\b(?:F\d+|(?:Ctrl|Shift)\+\w+)")
"""What is cut where the row ends, so that it cannot be told what it was; and keys."""


class EnglishReader(Seat):
    """Reads a disguised screen as if it were English, so that the ways of other tests lead there."""

    @property
    def text(self) -> str:
        return undisguised(super().text)


def forgotten(seat: Seat) -> list[str]:
    """Rows of the screen with the words that are no data and did not come from the catalogue."""
    found = []
    for line in seat.lines:
        words = [
            word
            for word in re.findall(r"\w+", OF_NO_LANGUAGE.sub("", line))
            if re.search("[A-Za-z]{2}|^[A-Za-z]$", word) and word not in DATA
        ]
        if words:
            found.append(f"{', '.join(words)}   in: {undisguised(line).strip()}")
    return found


def all_from_the_catalogue(seat: Seat) -> None:
    left = forgotten(seat)
    assert not left, "these words came from no catalogue (see rma/wording.py):\n" + "\n".join(left)


# --- further ways


async def made_and_opened(seat: Seat) -> None:
    await numbered(seat)
    await seat.press("o")
    await seat.sees("History")


async def unreadable(seat: Seat) -> None:
    await panel(seat)
    await seat.press("1", "enter", *"zzzz", "enter")
    await seat.sees("none fits")


async def left_as_a_draft(seat: Seat) -> None:
    await priced(seat)
    await seat.press("f3", "f2")
    await seat.sees("home screen") if "home screen" in seat.text else await seat.sees("saved")


async def sections(seat: Seat) -> None:
    await panel(seat)
    await seat.press("ctrl+g")
    await seat.sees("Go to")


async def declining(seat: Seat) -> None:
    await waiting_returns(seat)
    await seat.press("enter")
    await seat.sees("History")
    await seat.press("d", *"no one", "enter")
    await seat.sees("cannot be undone")


async def tried_to_sync(seat: Seat) -> None:
    await seat.press("f5")
    await seat.sees("up to date")


def first_download() -> Shop:
    of = small_shop()
    of.sync.state = SyncStatus(online=True, bootstrap=0.42)
    return of


WAYS = {name: scene for name, scene in SCENES.items() if name != "jump"} | {
    "made-rma": Scene(small_shop, made_and_opened),
    "return-unreadable": Scene(small_shop, unreadable),
    "draft": Scene(small_shop, left_as_a_draft),
    "sections": Scene(small_shop, sections),
    "declining": Scene(approvals, declining),
    "synced": Scene(small_shop, tried_to_sync),
    "first-download": Scene(first_download, tried_to_sync),
}


"""A label lies over the words behind it: what is left of them is no word."""


@pytest.mark.parametrize("scene", WAYS)
async def test_every_text_on_a_screen_is_in_the_catalogue(scene: str) -> None:
    with speaking(Disguised()):
        shown = WAYS[scene]
        async with seated(
            shown.shop(), (120, 40), kind=EnglishReader, opened=not shown.locked
        ) as seat:
            await shown.way(seat)
            await seat.settled()
            all_from_the_catalogue(seat)


@pytest.mark.parametrize("keys", [[], ["e", "x", "enter"], ["f1"], ["ctrl+p"]])
async def test_every_text_of_the_first_start_is_in_the_catalogue(
    tmp_path: Path, keys: list[str]
) -> None:
    with speaking(Disguised()):
        app = FirstStartApp(tmp_path, keymap=REGISTRY_KEYS)
        async with app.run_test(size=(120, 40)) as pilot:
            seat = EnglishReader(app, pilot)  # type: ignore[arg-type]
            await seat.sees("not enrolled")
            await seat.press(*keys)
            await seat.settled()
            all_from_the_catalogue(seat)


async def test_the_size_that_is_needed_is_told_from_the_catalogue() -> None:
    with speaking(Disguised()):
        async with seated(
            small_shop(), (MIN_WIDTH - 10, 24), kind=EnglishReader, opened=False
        ) as seat:
            await seat.sees("Needs")
            all_from_the_catalogue(seat)


async def test_a_text_that_was_forgotten_is_named_with_its_row() -> None:
    with speaking(Disguised()):
        async with seated(small_shop(), (120, 40), kind=EnglishReader) as seat:
            seat.app._desk_screen.show_message("Not in any catalogue.")
            await seat.sees("Not in any catalogue.")
            assert forgotten(seat) == ["Not, in, any, catalogue   in: Not in any catalogue."]
