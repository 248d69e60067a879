"""Nothing is drawn twice: a step of the focus draws two fields, a letter no layout, a new screen is laid out once it is whole."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from textual._styles_cache import StylesCache
from textual.screen import Screen

from tests.screens.returning import on_the_panel, open_panel, shop_with
from tests.screens.seat import seated, small_shop


class Drawn:
    """What was laid out and drawn whole."""

    def __init__(self) -> None:
        self.layouts = 0
        self.whole = 0


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> Iterator[Drawn]:
    from textual._compositor import Compositor

    seen = Drawn()
    refresh_layout, render_whole = Screen._refresh_layout, Compositor.render_full_update

    def layout(self: Screen[object], *args: object, **options: object) -> None:
        seen.layouts += 1
        refresh_layout(self, *args, **options)  # type: ignore[arg-type]

    def whole(self: Compositor, *args: object, **options: object) -> object:
        seen.whole += 1
        return render_whole(self, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Screen, "_refresh_layout", layout)
    monkeypatch.setattr(Compositor, "render_full_update", whole)
    return seen


async def test_tab_draws_the_fields_and_not_the_screen(drawn: Drawn) -> None:
    async with on_the_panel(shop_with()) as seat:
        await seat.press("1", "enter")
        await seat.settled()
        before = drawn.whole
        await seat.press("tab", "tab", "shift+tab")
        await seat.settled()
        assert drawn.whole == before


async def test_a_letter_in_the_search_box_lays_out_nothing(drawn: Drawn) -> None:
    async with seated(small_shop()) as seat:
        await seat.press(*"mari")
        await seat.sees("CUSTOMERS BY NAME")
        await seat.settled()
        before = drawn.layouts
        await seat.press("a")
        await seat.sees("maria", "CUSTOMERS BY NAME")
        await seat.settled()
        assert drawn.layouts == before


async def test_a_screen_that_is_closed_leaves_nothing_of_what_it_drew() -> None:
    async def open_and_close_help() -> int:
        await seat.press("f1")
        await seat.sees("Keys · Look up")
        await seat.press("f1")
        await seat.no_longer_sees("Keys · Look up")
        await seat.settled()
        gc.collect()
        return sum(1 for each in gc.get_objects() if isinstance(each, StylesCache))

    async with seated(small_shop()) as seat:
        before = await open_and_close_help()
        assert await open_and_close_help() == before
        assert await open_and_close_help() == before


async def test_a_return_begins_empty_after_another_was_left_half_typed() -> None:
    async with on_the_panel(shop_with()) as seat:
        await seat.press("1", "enter", "n", "enter", "o", "ctrl+t")
        await seat.sees("Goodwill")
        await seat.press("f2")
        await open_panel(seat)
        await seat.sees("6 Check      still open: a quantity")
        assert "no_longer_wanted" not in seat.text
        assert "Goodwill" not in seat.text
