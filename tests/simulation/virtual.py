"""A world of its own for one run: its clock, its chance and its event loop. Nothing in it waits, and nothing is by chance.

Inside `virtual_world` the wall clock, the monotonic clock, `os.urandom` and the module `random` belong to the run, and
what would go to a thread is done at once, on the one thread there is.
"""

from __future__ import annotations

import asyncio
import functools
import os
import random
import selectors
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import anyio.to_thread
import time_machine

START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
"""When every run begins."""

LONGEST_PAUSE = 0.02
"""Seconds that a call in a thread may be held up before it begins."""


class NothingWillHappen(RuntimeError):
    """Everybody waits for somebody else, for ever."""


class VirtualClock:
    """Time that passes when everybody waits."""

    def __init__(self) -> None:
        self._ran = 0.0
        self._slept = 0.0
        self._follower: time_machine.Traveller | None = None
        self._shown = START

    def show_on(self, traveller: time_machine.Traveller) -> None:
        """Let the wall clock of this process follow; it shows `START` now."""
        self._follower = traveller
        self._show()

    def monotonic(self) -> float:
        """Seconds; they do not count while everybody sleeps."""
        return 1_000.0 + self._ran

    def wall(self) -> datetime:
        """What time it really is."""
        return START + timedelta(seconds=self._ran + self._slept)

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._ran += seconds
        self._show()

    def sleep_over(self, seconds: float) -> None:
        """All machines are suspended for so long: the wall clock jumps, and no timer counts it."""
        self._slept += seconds
        self._show()

    def _show(self) -> None:
        if self._follower is not None:
            wall = self.wall()
            self._follower.shift(wall - self._shown)  # a tenth of what it costs to move it to
            self._shown = wall


class _NoSockets(selectors.BaseSelector):
    """Waits for nothing but time, and that passes at once."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._keys: dict[int, selectors.SelectorKey] = {}

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        """The loop's own wake-up pipe: nobody writes to it."""
        key = selectors.SelectorKey(fileobj, _number_of(fileobj), events, data)
        self._keys[key.fd] = key
        return key

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        """Forget it."""
        return self._keys.pop(_number_of(fileobj))

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Let the time pass."""
        if timeout is None:
            raise NothingWillHappen("nobody will ever wake anybody again")
        if timeout > 0:
            self._clock.advance(timeout)
        return []

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        """What is registered."""
        return self._keys


def _number_of(fileobj: Any) -> int:
    return fileobj if isinstance(fileobj, int) else int(fileobj.fileno())


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop on a virtual clock."""

    def __init__(self, clock: VirtualClock) -> None:
        super().__init__(_NoSockets(clock))
        self._virtual = clock

    def time(self) -> float:
        """Seconds of the virtual clock."""
        return self._virtual.monotonic()


@contextmanager
def virtual_world(seed: str) -> Iterator[VirtualClock]:
    """Clock and chance of one run. Not to be entered twice at once."""
    clock = VirtualClock()
    entropy = random.Random(f"{seed}/entropy")
    pauses = random.Random(f"{seed}/pauses")
    state = random.getstate()

    async def at_once(call: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        if pauses.random() < 0.2:
            await asyncio.sleep(pauses.uniform(0, LONGEST_PAUSE))
        return call(*arguments, **named)

    async def anyio_at_once(call: Callable[..., Any], *arguments: Any, **_options: Any) -> Any:
        return await at_once(call, *arguments)

    with ExitStack() as stack:
        for place, name, stand_in in (
            (os, "urandom", entropy.randbytes),
            (random, "_urandom", entropy.randbytes),
            (time, "monotonic", clock.monotonic),
            (asyncio, "to_thread", at_once),
            (anyio.to_thread, "run_sync", anyio_at_once),
        ):
            stack.enter_context(patch.object(place, name, stand_in))
        clock.show_on(stack.enter_context(time_machine.travel(START, tick=False)))
        random.seed(seed)
        try:
            yield clock
        finally:
            random.setstate(state)


def run_virtually(clock: VirtualClock, main: Callable[[], Awaitable[Any]]) -> Any:
    """Run a program of coroutines to its end; whatever it left running is ended with it."""
    loop = VirtualLoop(clock)
    asyncio.set_event_loop(loop)
    loop.set_exception_handler(lambda _loop, _context: None)
    try:
        return loop.run_until_complete(_whole(main))
    finally:
        _end_all(loop)
        asyncio.set_event_loop(None)
        loop.close()


async def _whole(main: Callable[[], Awaitable[Any]]) -> Any:
    return await main()


def _end_all(loop: asyncio.AbstractEventLoop) -> None:
    while left := asyncio.all_tasks(loop):
        for task in left:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
    loop.run_until_complete(loop.shutdown_asyncgens())


def once(function: Callable[[], Any]) -> Callable[[], Any]:
    """Made at the first call, the same ever after."""
    return functools.lru_cache(maxsize=1)(function)
