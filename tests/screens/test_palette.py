"""The palette: every command of the screen stands there, also what does not apply now, with the reason."""

from __future__ import annotations

import pytest

from tests.screens.seat import seated, small_shop

SIZES = [(80, 24), (120, 40)]


@pytest.mark.parametrize("size", SIZES)
async def test_a_command_that_does_not_apply_stands_there_with_the_reason(
    size: tuple[int, int],
) -> None:
    async with seated(small_shop(), size) as seat:
        await seat.press("ctrl+p", *"discard")
        await seat.sees("Discard draft", "not now: only on a draft")


async def test_a_command_that_does_not_apply_is_not_run_and_says_why() -> None:
    async with seated(small_shop()) as seat:
        await seat.press("ctrl+p", *"discard", "enter")
        await seat.sees("✗ Discard draft does not apply now: only on a draft.")
        await seat.press("backspace")
        await seat.sees("Enter runs it")


async def test_what_applies_stands_above_what_does_not() -> None:
    async with seated(small_shop(), (120, 40)) as seat:
        await seat.press("ctrl+p")
        await seat.sees("Discard draft")
        rows = seat.lines
        first_greyed = next(at for at, line in enumerate(rows) if "not now" in line)
        last_running = max(at for at, line in enumerate(rows) if "Quit" in line)
        assert last_running < first_greyed


async def test_page_down_goes_through_a_long_list() -> None:
    async with seated(small_shop()) as seat:
        await seat.press("ctrl+p")
        await seat.sees("Results")
        await seat.press("pagedown", "pagedown")
        await seat.no_longer_sees("Results  ")
