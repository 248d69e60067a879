"""Megabytes, escape sequences, bidi, zero-width and wide characters, pasted into every field that there is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from textual import events
from textual.widgets import Input

from screens.widgets.safe_input import SafeInput
from tests import shop
from tests.screens.returning import on_the_panel, shop_with
from tests.screens.seat import Seat, seated, small_shop
from tests.screens.test_first_start import started
from tests.screens.test_rma import looking, shop_knowing, waiting

KINDS = {
    "escape sequences": "\x1b]0;owned\x07\x1b[2J\x1b[31m\x9b1;1H\x08\x7f",
    "bidi overrides": "a\u202eb\u2066c\u2069\u200f\u061cd",
    "zero-width characters": "a\u200bb\u200c\u200d\u2060\ufeff\u00adc\u034f\u1160\u3164",
    "wide characters": "漢字かな한국어👨‍👩‍👧🇩🇪" * 60,
    "heaped accents": "e" + "\u0301" * 3000,
    "lines and tabs": "one\r\ntwo\tthree\u2028four\x0bfive\x85six",
    "halves of characters": "a\ud800b\udfffc",
}
SAMPLE = "\x1b[2J\u202e\u200b\u3164漢e\u0301\t\ud800"
"""A little of everything: it fits into the shortest field."""
PASTES = {"a little of everything": SAMPLE, "megabytes": SAMPLE * 200_000}
TABS = 40
"""More than any screen has fields."""


async def paste(seat: Seat, text: str) -> None:
    """Paste into the field that has the focus."""
    seat.app.post_message(events.Paste(text))
    await seat.settled()


def check(seat: Seat, what: str) -> None:
    """Nothing on the screen acts on a terminal, and no row is longer than it."""
    raw = {character for character in seat.text if not character.isprintable()} - {"\n"}
    assert not raw, f"{what}: {raw!r} on the screen"
    strips = seat.app.screen._compositor.render_strips(seat.app.size)
    assert {strip.cell_length for strip in strips} == {seat.app.size.width}, what
    for box in seat.app.screen.query(SafeInput):
        assert box.max_length, f"{what}: {box.id} has no end"
        assert len(box.value) <= box.max_length, what
        assert all(character.isprintable() for character in box.value), what


def focused(seat: Seat) -> Input | None:
    """The field that has the focus, if one has."""
    box = seat.app.focused
    return box if isinstance(box, Input) else None


async def into_every_field(seat: Seat, text: str, *, least: int) -> None:
    """Paste into each field of the screen, from the first to the last; there are at least so many."""
    met = set()
    for _ in range(TABS):
        box = focused(seat)
        if box is not None and box.id in met:
            break
        if box is not None:
            met.add(box.id)
            await paste(seat, text)
            check(seat, str(box.id))
        await seat.press("tab")
    assert len(met) >= least, met


@asynccontextmanager
async def search_box(_: Path) -> AsyncIterator[Seat]:
    async with seated(small_shop()) as seat:
        yield seat


@asynccontextmanager
async def palette(_: Path) -> AsyncIterator[Seat]:
    async with seated(small_shop()) as seat:
        await seat.press("ctrl+p")
        await seat.sees("Commands")
        yield seat


@asynccontextmanager
async def question(_: Path) -> AsyncIterator[Seat]:
    async with looking(shop_knowing(waiting(author="Agent Two"))) as seat:
        await seat.press("c")
        await seat.sees("Why")
        yield seat


@asynccontextmanager
async def panel(_: Path) -> AsyncIterator[Seat]:
    async with on_the_panel(shop_with(shop.order(shop.line(serials=("SN-1",))))) as seat:
        yield seat


@asynccontextmanager
async def exceptions(_: Path) -> AsyncIterator[Seat]:
    async with on_the_panel(shop_with()) as seat:
        await seat.press("1", "ctrl+g", "7")
        await seat.sees("7 Exceptions")
        yield seat


@asynccontextmanager
async def first_start(folder: Path) -> AsyncIterator[Seat]:
    async with started(folder) as seat:
        await seat.press("e")
        yield seat


Way = Callable[[Path], AbstractAsyncContextManager[Seat]]
PLACES: dict[str, tuple[Way, int]] = {
    "search box": (search_box, 1),
    "palette": (palette, 1),
    "question": (question, 1),
    "return panel": (panel, 10),
    "exceptions": (exceptions, 10),
    "first start": (first_start, 2),
}
"""Each way to fields, and how many there are at least."""


@pytest.mark.parametrize("text", PASTES.values(), ids=PASTES)
@pytest.mark.parametrize("place", PLACES)
async def test_whatever_is_pasted_into_a_field_is_harmless_and_bounded(
    tmp_path: Path, place: str, text: str
) -> None:
    way, least = PLACES[place]
    async with way(tmp_path) as seat:
        await into_every_field(seat, text, least=least)


async def test_each_kind_of_hostile_text_is_harmless_and_bounded(tmp_path: Path) -> None:
    async with search_box(tmp_path) as seat:
        for kind, text in KINDS.items():
            await paste(seat, text)
            check(seat, kind)
            await seat.press("escape")
            box = focused(seat)
            assert box is not None and not box.value
