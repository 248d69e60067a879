"""The first start: one screen, two ways on, driven by keys alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from csr_tui.first_start import FirstStartApp, Way
from csr_tui.paths import ENROLLED_FILE, is_new
from screens.commands import REGISTRY_KEYS
from screens.commands.remap import remap
from tests.screens.seat import Seat, as_in_a_terminal

SIZES = [(80, 24), (120, 40)]
CLOSED = "http://127.0.0.1:9"
"""An address where nothing answers."""


@asynccontextmanager
async def started(
    folder: Path, size: tuple[int, int] = (80, 24), notice: str = "", **wanted: str
) -> AsyncIterator[Seat]:
    as_in_a_terminal()
    keymap, _ = remap({name.replace("__", "."): value for name, value in wanted.items()})
    app = FirstStartApp(folder, keymap=keymap if wanted else REGISTRY_KEYS, notice=notice)
    async with app.run_test(size=size) as pilot:
        seat = Seat(app, pilot)  # type: ignore[arg-type]
        await seat.sees("not enrolled")
        yield seat


def way(seat: Seat) -> Way:
    assert isinstance(seat.app, FirstStartApp)
    return seat.app.way


@pytest.mark.parametrize("size", SIZES)
async def test_one_screen_shows_the_two_ways_and_the_form(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with started(tmp_path, size) as seat:
        await seat.sees("D  Demo", "E  Enroll", "Server", "Code", "not enrolled", "F9 Connect")
        assert seat.lines[-1].rstrip().endswith("Ctrl+P More")


@pytest.mark.parametrize("keys", [["d"], ["enter"], ["ctrl+p", *"demo", "enter"]])
async def test_the_demo_is_taken_by_its_letter_by_enter_and_from_the_palette(
    tmp_path: Path, keys: list[str]
) -> None:
    async with started(tmp_path) as seat:
        await seat.press(*keys)
        await seat.until(lambda: way(seat) is Way.DEMO)


@pytest.mark.parametrize("keys", [["e"], ["down", "enter"]])
async def test_enroll_leads_into_the_form_where_letters_are_text(
    tmp_path: Path, keys: list[str]
) -> None:
    async with started(tmp_path) as seat:
        await seat.press(*keys, *"demo")
        await seat.sees("Server       demo")
        await seat.press("escape")
        await seat.sees("▸ ")
        assert way(seat) is Way.LEFT


async def test_enter_stays_on_an_address_that_is_none_and_says_why_beside_it(
    tmp_path: Path,
) -> None:
    async with started(tmp_path) as seat:
        await seat.press("e", *"rma.example.com", "enter")
        await seat.sees("✗ write it like https://returns.example.com", "✗ Write it like")
        await seat.press("x")
        await seat.sees("rma.example.comx")


async def test_connecting_with_empty_fields_stands_on_the_first_that_is_wrong(
    tmp_path: Path,
) -> None:
    async with started(tmp_path) as seat:
        await seat.press("f9")
        await seat.sees("✗ Type its address, like https://returns.example.com.")
        await seat.press(*"https://x.example")
        await seat.sees("Server       https://x.example")
        await seat.press("f9")
        await seat.sees("✗ Type the code from your administrator.")


async def test_what_the_address_lacks_is_said_beside_it_until_it_is_mended(tmp_path: Path) -> None:
    async with started(tmp_path) as seat:
        await seat.press("e", *"http://rma.example.com", "enter", *"ABC", "enter")
        await seat.sees("✗ use https", "plain http to another machine")
        await seat.press("end", "x")
        await seat.no_longer_sees("use https")


async def test_a_server_that_does_not_answer_is_said_beside_its_address(tmp_path: Path) -> None:
    async with started(tmp_path) as seat:
        await seat.press("e", *CLOSED, "enter", *"ABC", "f9")
        await seat.sees("✗ nothing answers here", "✗ No central API answers at this address")
        assert way(seat) is Way.LEFT
    assert is_new(tmp_path)


async def test_f1_tells_what_the_field_takes_and_all_that_is_wrong(tmp_path: Path) -> None:
    async with started(tmp_path) as seat:
        await seat.press("f9")
        await seat.sees("✗ Type its address")
        await seat.press("f1")
        await seat.sees("This field · Server", "Still to mend", "✗ Code: type the code")
        await seat.press("f1")
        await seat.no_longer_sees("This field")


async def test_typing_can_be_undone(tmp_path: Path) -> None:
    async with started(tmp_path) as seat:
        await seat.press("e", *"https", "ctrl+z")
        await seat.no_longer_sees("https")


async def test_quitting_leaves_without_a_way(tmp_path: Path) -> None:
    async with started(tmp_path) as seat:
        await seat.press("ctrl+q")
        await seat.until(lambda: seat.app._exit)
        assert way(seat) is Way.LEFT


async def test_the_users_keys_and_what_is_wrong_with_them_count_here_too(tmp_path: Path) -> None:
    async with started(tmp_path, notice="Your settings are not used.", start__demo="m") as seat:
        await seat.sees("✗ Your settings are not used.", "M  Demo", "M Demo")
        await seat.press("d", "m")
        await seat.until(lambda: way(seat) is Way.DEMO)


def test_a_folder_is_new_until_a_desk_was_enrolled(tmp_path: Path, own_shop: Path) -> None:
    desk = own_shop / "desks" / "agent"
    assert is_new(tmp_path / "nowhere")
    assert not is_new(desk)
    (desk / ENROLLED_FILE).unlink()
    assert not is_new(desk)
