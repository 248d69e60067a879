"""An agent's seat in tests: the whole app over stores in memory, driven by keys, read off the screen."""

from __future__ import annotations

import asyncio
import math
import sys
import unicodedata
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from textual.events import Key
from textual.keys import _character_to_key, _get_unicode_name_from_key
from textual.pilot import Pilot, WaitForScreenTimeout

from csr_tui.app import DeskApp
from csr_tui.session import Session
from desk.desk import build_desk
from desk.ports import SyncStatus
from rma.operations import KnownRecord
from rma.request import Role
from screens.commands import REGISTRY_KEYS, Keymap
from storage.pin_verifiers import PinVerifiers
from tests import shop
from tests.desk.memory import FixedClock, MemoryPapers, MemoryReference, MemoryWork


@dataclass
class StandingSync:
    """A connection whose state a test sets."""

    state: SyncStatus = field(default_factory=lambda: SyncStatus(online=True))
    asked: int = 0

    def status(self) -> SyncStatus:
        return self.state

    async def sync_now(self) -> SyncStatus:
        self.asked += 1
        self.state = replace(
            self.state, last_sync_at=datetime(2026, 11, 20, 10, self.asked, tzinfo=UTC)
        )
        return self.state


@dataclass
class Shop:
    """What a desk in a test knows and has made."""

    reference: MemoryReference = field(default_factory=MemoryReference)
    work: MemoryWork = field(default_factory=MemoryWork)
    clock: FixedClock = field(default_factory=FixedClock)
    sync: StandingSync = field(default_factory=StandingSync)
    papers: MemoryPapers = field(default_factory=MemoryPapers)
    gate: asyncio.Event | None = None
    """The desk opens only when it is set."""
    closed: int = 0

    def as_role(self, role: Role, person: str = "Supervisor Two") -> Shop:
        assert self.work.who is not None
        self.work.who = replace(self.work.who, role=role, person=person)
        return self

    async def open(self) -> Session:
        if self.gate is not None:
            await self.gate.wait()

        async def close() -> None:
            self.closed += 1

        return Session(
            desk=build_desk(self.reference, self.work, self.clock, PinVerifiers(), self.papers),
            clock=self.clock,
            sync=self.sync,
            close=close,
        )


def small_shop() -> Shop:
    """Maria with two orders, and John with none."""
    maria = shop.customer()
    john = shop.customer(
        customer_id="C-2",
        name="John Smith",
        email="john@example.com",
        phone="+441632960123",
        postcode="SW1A 1AA",
        city="London",
        country="GB",
    )
    first = shop.order(
        shop.line("1", units=2, gross=23800), shop.line("2", name="Toaster", gross=4900)
    )
    second = shop.order(order_id="O-2", number="100002", placed_at=shop.PLACED.replace(day=9))
    reference = MemoryReference(
        customer_list=[maria, john],
        order_list=[first, second],
        policy_list=[shop.policy()],
        reason_tree=shop.reasons(),
    )
    return Shop(reference=reference)


def known(record: object, version: int = 1) -> KnownRecord:
    """An RMA as the server has it."""
    return KnownRecord(record=record, row_version=version)  # type: ignore[arg-type]


def key_event(key: str) -> Key:
    """What a terminal sends for a key, named as in Textual's bindings."""
    if len(key) == 1:
        return Key(key if key.isalnum() else _character_to_key(key), key)
    try:
        return Key(key, unicodedata.lookup(_get_unicode_name_from_key(key)))
    except KeyError:
        return Key(key, None)


class Seat:
    """Keys in, screen out."""

    def __init__(self, app: DeskApp, pilot: Pilot[None]) -> None:
        self.app = app
        self._pause = pilot.pause

    async def press(self, *keys: str) -> None:
        """Press keys one after the other, each when the desk has done what the one before asked for.

        The pilot waits between two keys until the processor is idle, which takes it 40 ms and on a busy machine
        long; here is waited for what the key set off.
        """
        for key in keys:
            self.app.post_message(key_event(key))
            await self._done()

    async def _done(self) -> None:
        """Wait until every message is handled and every thread is back, or a second has passed."""
        clock = asyncio.get_running_loop().time
        deadline = clock() + 1
        while clock() < deadline:
            while self._works() and clock() < deadline:  # noqa: ASYNC110 - Textual tells nobody
                await asyncio.sleep(0.001)
            with suppress(WaitForScreenTimeout):  # the whole machine may stand still for a while
                await self._pause(0)
            if not self._works():
                return

    def _works(self) -> bool:
        nodes = [self.app, *self.app.screen.walk_children(with_self=True)]
        return bool(
            self.app.is_commanded
            or any(worker.is_running for worker in self.app.workers)
            or any(node.message_queue_size for node in nodes)
        )

    def opened(self) -> bool:
        """The stores are open, and the list of what waits is read: an arrow key has somewhere to go."""
        reading = any(not w.is_finished for w in self.app.workers if w.node is self.app.screen)
        return "Look up" in self.text and "opening" not in self.text and not reading

    async def type(self, text: str) -> None:
        """Type a text."""
        await self.press(*text)

    @property
    def lines(self) -> list[str]:
        """Every row of the terminal."""
        width, height = self.app.size
        strips = self.app.screen._compositor.render_strips(self.app.size)
        return ["".join(segment.text for segment in strip).ljust(width) for strip in strips][
            :height
        ]

    @property
    def text(self) -> str:
        """The whole terminal."""
        return "\n".join(self.lines)

    async def sees(self, *texts: str) -> None:
        """Wait until all texts stand on the screen, and it takes keys: a question takes none from before it was seen."""

        def seen() -> bool:
            takes_keys = getattr(self.app.screen, "takes_keys_from", 0.0) < math.inf
            return takes_keys and all(text in self.text for text in texts)

        await self.until(seen, texts)

    async def no_longer_sees(self, text: str) -> None:
        """Wait until a text is gone."""
        await self.until(lambda: text not in self.text, text)

    async def until(self, condition: Callable[[], bool], what: object = "") -> None:
        """Wait for a condition, for 20 seconds at least: a busy machine may let pass as many between two looks."""
        for _ in range(2000):
            if condition():
                return
            await asyncio.sleep(0.01)
        raise AssertionError(f"waited in vain for {what!r}:\n{self.text}")

    async def settled(self) -> None:
        """Wait until nothing on the screen changes any more: no message is under way, no thread works."""
        before = ""
        while before != self.text or self.app.is_commanded or self.app.workers:
            before = self.text
            await self._pause()

    async def resize(self, width: int, height: int) -> None:
        """Change the terminal's size."""
        from textual import events
        from textual.geometry import Size

        size = Size(width, height)
        self.app.post_message(events.Resize(size, size))
        await self.until(lambda: self.app.size == size)
        await self._pause()


def as_in_a_terminal() -> None:
    """Start tasks as they start there: since Python 3.12 Textual has them run at once, which its pilot does not."""
    if sys.version_info >= (3, 12):
        asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)


@asynccontextmanager
async def seated(
    of: Shop,
    size: tuple[int, int] = (80, 24),
    *,
    opened: bool = True,
    reports: Path | None = None,
    keymap: Keymap = REGISTRY_KEYS,
    notice: str = "",
    kind: type[Seat] = Seat,
) -> AsyncIterator[Seat]:
    """The app with this shop, in a terminal of this size."""
    as_in_a_terminal()
    app = DeskApp(of.open, reports=reports, keymap=keymap, notice=notice)
    async with app.run_test(size=size) as pilot:
        seat = kind(app, pilot)
        if opened:
            await seat.until(seat.opened)
        yield seat
