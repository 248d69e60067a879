"""The app around the screens: help, palette, home, sync, type-ahead, small terminals, the end."""

from __future__ import annotations

import subprocess
import sys

import pytest
from textual.events import Key
from textual.widgets import Input

from csr_tui.session import Session
from desk.errors import NotReady
from desk.ports import SyncStatus
from screens.commands import BY_SCREEN, EVERYWHERE
from tests import shop
from tests.screens.seat import Shop, known, seated, small_shop

SIZES = [(80, 24), (120, 40)]
WAYS = {
    "home": [],
    "customer": [*"maria", "enter"],
    "approvals": ["f8"],
    "attention": ["ctrl+g", "3"],
    "return": [*"maria", "enter", "r"],
    "rma": [*shop.number(), "enter"],
}


def busy_shop() -> Shop:
    """The small shop with one return."""
    of = small_shop()
    of.reference.record_list.append(known(shop.finalized(order=of.reference.order_list[0])))
    return of


def screen_name(seat: object) -> str:
    return str(getattr(seat.app._desk_screen, "NAME", ""))  # type: ignore[attr-defined]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", sorted(WAYS))
async def test_f1_opens_help_on_every_screen_and_f1_again_closes_it(
    name: str, size: tuple[int, int]
) -> None:
    async with seated(busy_shop(), size) as seat:
        await seat.press(*WAYS[name])
        await seat.until(lambda: screen_name(seat) == name)
        await seat.press("f1")
        await seat.sees("Keys ·", BY_SCREEN[name][0].label)
        await seat.press("f1")
        await seat.no_longer_sees("Keys ·")
        assert screen_name(seat) == name


async def test_help_explains_the_eleven_digits() -> None:
    async with seated(small_shop(), (120, 40)) as seat:
        await seat.press("f1", "end")
        await seat.sees("eleven digits", "3-4-4")


@pytest.mark.parametrize("name", sorted(WAYS))
async def test_the_palette_lists_every_command_of_the_screen_and_the_app(name: str) -> None:
    async with seated(busy_shop(), (120, 40)) as seat:
        await seat.press(*WAYS[name])
        await seat.until(lambda: screen_name(seat) == name)
        await seat.until(lambda: bool(seat.app._desk_screen.available()))
        available = seat.app._desk_screen.available()
        await seat.press("ctrl+p")
        await seat.sees("More")
        first = seat.text
        await seat.press("pagedown", "pagedown")
        left = [c.label for c in (*available, *EVERYWHERE) if c.label not in first]
        await seat.sees(*left)


async def test_the_palette_finds_a_command_by_its_name_and_runs_it() -> None:
    async with seated(small_shop()) as seat:
        await seat.press("ctrl+p", *"attention", "enter")
        await seat.sees("Nothing needs attention")


async def test_the_palette_runs_what_a_list_handles_itself() -> None:
    async with seated(small_shop()) as seat:
        await seat.press(*"maria", "enter")
        await seat.sees("Customer ·")
        await seat.press("ctrl+p", *"open", "enter")
        await seat.until(lambda: screen_name(seat) == "return")


async def test_esc_leaves_the_palette_without_a_command() -> None:
    async with seated(small_shop()) as seat:
        await seat.press("ctrl+p", "escape")
        await seat.no_longer_sees("Enter runs it")
        assert screen_name(seat) == "home"


@pytest.mark.parametrize(
    "way",
    [["f8"], ["ctrl+g"], ["ctrl+g", "3"], ["ctrl+o"], [*"maria", "enter"], ["f1"], ["ctrl+p"]],
)
async def test_f2_goes_home_from_anywhere_and_typing_replaces_the_search(way: list[str]) -> None:
    async with seated(small_shop()) as seat:
        await seat.press(*way)
        await seat.press("f2", *"john")
        await seat.sees("John Smith")
        assert screen_name(seat) == "home"
        assert len(seat.app.screen_stack) == 1
        assert seat.app.screen.query_one(Input).value == "john"


async def test_keys_typed_behind_a_command_land_where_it_leads() -> None:
    async with seated(small_shop()) as seat:
        await seat.press("f8")
        await seat.sees("Approvals")
        for key in ("f2", *"john", "enter"):
            seat.app.post_message(Key(key, key if len(key) == 1 else None))
        await seat.sees("Customer · John Smith")


async def test_an_answer_typed_before_the_question_was_seen_is_no_answer() -> None:
    of = small_shop()
    of.work.save_draft(shop.draft())
    async with seated(of) as seat:
        await seat.sees("DRAFTS")
        await seat.press("down")
        for key in ("delete", "y", "enter"):
            seat.app.post_message(Key(key, "y" if key == "y" else None))
        await seat.sees("Throw this draft away?")
        await seat.until(lambda: not seat.app.is_commanded)
        await seat.press("enter")
        await seat.no_longer_sees("Throw this draft away?")
        assert of.work.drafts()


async def test_f5_syncs_now_and_says_so() -> None:
    of = small_shop()
    async with seated(of) as seat:
        await seat.press("f5")
        await seat.sees("Synced")
        assert of.sync.asked == 1


async def test_f5_says_why_a_sync_failed() -> None:
    of = small_shop()
    of.sync.state = SyncStatus(online=False, trouble="The central API does not answer.")
    async with seated(of) as seat:
        await seat.press("f5")
        await seat.sees("The central API does not answer.", "OFFLINE nothing queued")


async def test_f5_says_what_went_wrong_although_the_server_answered() -> None:
    of = small_shop()
    of.sync.state = SyncStatus(online=True, trouble="The server has to be updated, too.")
    async with seated(of) as seat:
        await seat.press("f5")
        await seat.sees("The server has to be updated, too.", "ONLINE")


async def test_the_status_line_names_person_and_role() -> None:
    async with seated(small_shop()) as seat:
        await seat.sees("Agent One, agent · ONLINE")


async def test_a_desk_that_cannot_open_says_why_and_stays() -> None:
    class Closed(Shop):
        async def open(self) -> Session:
            raise NotReady("This desk is open in another terminal: close it there first.")

    async with seated(Closed(), opened=False) as seat:
        await seat.sees("✗ This desk is open in another terminal", "the desk is closed")
        await seat.press("x", "f8", "f5")
        await seat.sees("✗ This desk is open in another terminal", "no central API")


@pytest.mark.parametrize("size", [(20, 5), (59, 24), (80, 17), (1, 1)])
async def test_a_small_terminal_says_what_it_needs(size: tuple[int, int]) -> None:
    async with seated(small_shop(), size, opened=False) as seat:
        await seat.sees("Needs 60x18"[: size[0]])
        await seat.press("f1", "f1", "ctrl+p", "escape", "f8", "f2", "x")


async def test_text_and_focus_come_back_after_growing() -> None:
    async with seated(small_shop()) as seat:
        await seat.type("maria")
        await seat.sees("Maria Müller")
        await seat.resize(20, 5)
        await seat.sees("Needs 60x18")
        await seat.resize(80, 24)
        await seat.sees("Maria Müller")
        await seat.press("x")
        await seat.sees("mariax")


async def test_quitting_releases_the_stores_once() -> None:
    of = small_shop()
    async with seated(of) as seat:
        await seat.press("ctrl+q")
    assert of.closed == 1


@pytest.mark.parametrize("size", [(60, 18), *SIZES])
@pytest.mark.parametrize("name", sorted(WAYS))
async def test_the_key_line_is_whole_on_every_screen(name: str, size: tuple[int, int]) -> None:
    async with seated(busy_shop(), size) as seat:
        await seat.press(*WAYS[name])
        await seat.until(lambda: screen_name(seat) == name)
        line = seat.lines[-1].rstrip()
        assert line.startswith(" F1 Help")
        assert size[0] < 80 or line.endswith("Ctrl+P More")


def test_the_first_paint_loads_neither_stores_nor_wire_nor_other_screens() -> None:
    code = "import sys, csr_tui.app; print(*sys.modules)"
    loaded = set(
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout.split()
    )
    heavy = {
        "sqlalchemy",
        "sqlmodel",
        "alembic",
        "pydantic",
        "httpx",
        "storage",
        "sync",
        "screens.return_wizard",
        "screens.customer",
        "screens.rma",
        "screens.palette",
    }
    assert not loaded & heavy
