"""The desk with keys of the user's own: they act, and every place that names a key names them."""

from __future__ import annotations

import pytest

from screens.commands import Keymap
from screens.commands.remap import remap
from tests import shop
from tests.screens.seat import seated, small_shop


def keys(**wanted: object) -> Keymap:
    keymap, refused = remap({name.replace("__", "."): value for name, value in wanted.items()})
    assert not refused
    return keymap


async def test_the_new_key_acts_and_the_old_one_no_longer() -> None:
    of = small_shop()
    async with seated(of, keymap=keys(app__sync="f6")) as seat:
        await seat.press("f5")
        await seat.settled()
        assert of.sync.asked == 0
        await seat.press("f6")
        await seat.sees("Synced")


async def test_key_line_help_and_palette_name_the_new_key() -> None:
    async with seated(small_shop(), (120, 40), keymap=keys(app__sync="f6")) as seat:
        assert "F6 Sync" in seat.lines[-1]
        await seat.press("f1")
        await seat.sees("F6                  Sync")
        await seat.press("f1")
        await seat.press("ctrl+p", *"sync")
        await seat.sees("F6         Sync")


async def test_a_moved_key_acts_while_a_question_is_open() -> None:
    of = small_shop()
    of.work.save_draft(shop.draft())
    async with seated(of, keymap=keys(app__home="f6", ask__give_up="f2")) as seat:
        await seat.sees("DRAFTS")
        await seat.press("down", "delete")
        await seat.sees("Throw this draft away?", "Enter or F2: no")
        await seat.press("escape")
        await seat.sees("Throw this draft away?")
        await seat.press("f2")
        await seat.no_longer_sees("Throw this draft away?")
        await seat.press("delete")
        await seat.sees("Throw this draft away?")
        await seat.press("f6")
        await seat.no_longer_sees("Throw this draft away?")
        assert of.work.drafts()


async def test_a_letter_of_a_list_moves_to_another_letter() -> None:
    async with seated(small_shop(), keymap=keys(customer__return="e")) as seat:
        await seat.press(*"maria", "enter")
        await seat.sees("Customer ·", "E Return")
        await seat.press("e")
        await seat.sees("Return · order 100002")


async def test_the_moved_palette_key_closes_the_palette_too() -> None:
    async with seated(small_shop(), keymap=keys(app__palette="f6")) as seat:
        await seat.press("f6")
        await seat.sees("runs it")
        await seat.press("f6")
        await seat.no_longer_sees("runs it")


async def test_help_of_a_field_names_the_moved_key_of_its_list() -> None:
    async with seated(small_shop(), keymap=keys(return__values="f6")) as seat:
        await seat.press(*"maria", "enter", "r")
        await seat.sees("Return ·")
        await seat.settled()
        await seat.press("tab", "f1")
        await seat.sees("F6 lists")


async def test_the_return_panel_names_the_moved_keys() -> None:
    async with seated(small_shop(), keymap=keys(return__exceptions="f6")) as seat:
        await seat.press(*"maria", "enter", "r")
        await seat.sees("F6 opens", "F6 Exceptions")


async def test_the_moved_help_key_closes_the_help_and_says_so() -> None:
    async with seated(small_shop(), (120, 60), keymap=keys(app__help="f6")) as seat:
        await seat.press("f6")
        await seat.sees("F6 or Esc closes")
        await seat.press("f6")
        await seat.no_longer_sees("Keys ·")


async def test_a_sentence_on_the_screen_names_the_moved_key() -> None:
    async with seated(small_shop(), keymap=keys(app__home="f6")) as seat:
        await seat.press("f8")
        await seat.sees("F6 looks up a caller")


async def test_the_values_list_closes_with_the_moved_key_that_opens_it() -> None:
    async with seated(small_shop(), keymap=keys(return__values="f6")) as seat:
        await seat.press(*"maria", "enter", "r")
        await seat.sees("Return ·")
        await seat.settled()
        await seat.press("tab", "f6")
        await seat.sees("Type to narrow")
        await seat.press("f6")
        await seat.no_longer_sees("Type to narrow")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_what_is_wrong_with_the_settings_is_said_and_the_usual_keys_act(
    size: tuple[int, int],
) -> None:
    async with seated(small_shop(), size, notice="Your settings are not used: line 3.") as seat:
        await seat.sees("✗ Your settings are not used: line 3.")
        await seat.press("f8")
        await seat.sees("Approvals")
