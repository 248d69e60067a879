"""A draft that cannot be kept is not left silently: the screen stays, says why, and nothing typed is gone."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from csr_tui.session import Session
from rma.draft import Draft
from rma.errors import RmaError
from tests import shop
from tests.desk.memory import MemoryWork
from tests.screens.returning import open_panel, shop_with
from tests.screens.seat import Shop, known, seated, small_shop
from tests.screens.test_queues import waiting

FULL = "The disk is full: free some space, then try again."


class DiskFull(RmaError):
    """What a store says when nothing more fits."""


@dataclass
class FullWork(MemoryWork):
    """A store on a disk that fills up during the call."""

    full: bool = False

    def save_draft(self, draft: Draft) -> None:
        if self.full:
            raise DiskFull(FULL)
        super().save_draft(draft)


def shop_on_a_full_disk() -> tuple[Shop, FullWork]:
    of = shop_with()
    work = FullWork(full=True)
    of.work = work
    return of, work


@pytest.mark.parametrize("key", ["f3", "f2", "ctrl+q"])
async def test_leaving_stays_on_the_return_and_says_why(key: str) -> None:
    of, _ = shop_on_a_full_disk()
    async with seated(of) as seat:
        await open_panel(seat)
        await seat.press("1", key)
        await seat.sees(FULL, "1 Lines")


async def test_once_there_is_room_again_the_draft_is_kept() -> None:
    of, work = shop_on_a_full_disk()
    async with seated(of) as seat:
        await open_panel(seat)
        await seat.press("1", "f3")
        await seat.sees(FULL)
        work.full = False
        await seat.press("f3")
        await seat.sees("The return is kept as a draft")
    assert [draft.lines[0].quantity for draft in work.drafts()] == ["1"]


async def test_quitting_again_goes_and_the_terminal_says_what_was_lost() -> None:
    of, _ = shop_on_a_full_disk()
    async with seated(of) as seat:
        await open_panel(seat)
        await seat.press("1", "ctrl+q")
        await seat.sees(FULL)
        await seat.press("ctrl+q")
        await seat.until(lambda: not seat.app.is_running)
    assert FULL in seat.app.last_words


async def test_a_damaged_copy_of_the_rules_does_not_close_the_desk_and_sync_goes_on() -> None:
    class Damaged(Shop):
        async def open(self) -> Session:
            def load_rest() -> None:
                raise DiskFull("The policies cannot be read.")

            return replace(await super().open(), load_rest=load_rest)

    async with seated(Damaged(reference=small_shop().reference)) as seat:
        await seat.sees("The policies cannot be read.")
        await seat.type("maria")
        await seat.sees("Maria Müller")


async def test_another_desks_return_is_seen_on_the_panel_after_a_sync() -> None:
    of = shop_with(shop.order(shop.line("1", units=2, gross=23800)))
    async with seated(of) as seat:
        await open_panel(seat)
        await seat.sees("2 of 2")
        of.reference.record_list.append(known(replace(waiting(1, 5), holding=True)))
        await seat.press("f5")
        await seat.sees("1 of 2")
