"""What arrives waits for somebody who types, but not for ever."""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass, field, replace

import pytest

from csr_tui.app import DRAWN_SECONDS
from csr_tui.session import GiveWay, Session
from desk.ports import SyncStatus
from tests import shop
from tests.screens.seat import Shop, StandingSync, key_event, seated, small_shop


@dataclass
class Following(Shop):
    """A desk whose changes come when a test wants it."""

    gives_way: list[GiveWay] = field(default_factory=list)

    async def open(self) -> Session:
        async def keep_syncing(wake: asyncio.Event, give_way: GiveWay) -> None:
            self.gives_way.append(give_way)

        return replace(await super().open(), keep_syncing=keep_syncing)


async def test_a_page_waits_until_what_came_of_a_key_is_drawn() -> None:
    following = Following(reference=small_shop().reference)
    async with seated(following) as seat:
        await seat.until(lambda: bool(following.gives_way))
        (give_way,) = following.gives_way
        pressed = asyncio.get_running_loop().time()
        seat.app.post_message(key_event("m"))
        await give_way()
        assert asyncio.get_running_loop().time() - pressed >= DRAWN_SECONDS


async def test_a_page_comes_through_although_keys_never_end() -> None:
    following = Following(reference=small_shop().reference)
    async with seated(following) as seat:
        await seat.until(lambda: bool(following.gives_way))
        (give_way,) = following.gives_way
        waiting = asyncio.ensure_future(give_way())
        async with asyncio.timeout(20):
            while not waiting.done():
                seat.app.post_message(key_event("a"))
                await asyncio.sleep(0.001)


@dataclass
class Asked(StandingSync):
    """Counts how often its state was looked at."""

    looks: int = 0

    def status(self) -> SyncStatus:
        self.looks += 1
        return super().status()


async def test_what_a_sync_brought_is_read_in_the_first_pause_or_where_somebody_asked_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("csr_tui.app.STILL_SECONDS", math.inf)
    sync, john = Asked(), shop.customer(customer_id="C-9", name="Maria Newcomer")
    of = replace(small_shop(), sync=sync)
    async with seated(of) as seat:
        await seat.type("maria")
        await seat.sees("Maria Müller")
        of.reference.customer_list.append(john)
        sync.state = replace(sync.state, last_sync_at=shop.NOW)
        looks = sync.looks
        await seat.until(lambda: sync.looks >= looks + 2)
        assert "Newcomer" not in seat.text
        monkeypatch.setattr("csr_tui.app.STILL_SECONDS", 0)
        await seat.sees("Newcomer")
        monkeypatch.setattr("csr_tui.app.STILL_SECONDS", math.inf)
        of.reference.customer_list.remove(john)
        await seat.press("f5")
        await seat.no_longer_sees("Newcomer")
