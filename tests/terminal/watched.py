"""The desk as `csr-tui` runs it, with stores that take their time, and a socket that says when it has come to rest.

    python -m tests.terminal.watched FOLDER SOCKET [--longest 0.3 --seed 7] [--take CALL=SECONDS] [--hold CALL=FILE] [--fail CALL]

A line `rest N` on the socket is answered once N bytes of the terminal are read and nothing is left to do; `still` at
once. The answer is JSON: where the desk stands.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from textual.app import App
from textual.message import Message
from textual.widgets import Input

from csr_tui import bootstrap, desk_program, endings, terminal_input
from csr_tui.app import DeskApp
from csr_tui.type_ahead import is_idle
from storage.reference import ReferenceStore
from storage.work import WorkStore

BACKGROUND = ("sync", "status")
"""Work of the app that goes on for ever, or that nobody waits for."""


class Leisurely:
    """A store each of whose calls takes a random time, or as long as it is told; some calls may fail."""

    def __init__(self, store: object, wishes: argparse.Namespace) -> None:
        self._store = store
        self._random = random.Random(wishes.seed)
        self._longest = wishes.longest
        self._takes = dict(wishes.take)
        self._held = dict(wishes.hold)
        self._fails = wishes.fail

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._store, name)
        return self._slowed(name, value) if callable(value) else value

    def _slowed(self, name: str, call: Callable[..., object]) -> Callable[..., object]:
        def slowly(*args: object, **named: object) -> object:
            if threading.current_thread() is not threading.main_thread():
                time.sleep(self._takes.get(name, self._drawn()))
                while name in self._held and not Path(self._held[name]).exists():
                    time.sleep(0.01)
            if name in self._fails:
                raise RuntimeError(f"{name} fails, as it was asked to")
            return call(*args, **named)

        return slowly

    def _drawn(self) -> float:
        """One call of twenty takes any time, so that what overtakes what differs from call to call."""
        return self._longest * self._random.random() if self._random.random() < 0.05 else 0.0


class BytesRead:
    """How far the terminal was read."""

    count = 0
    waits_for_more = False

    @classmethod
    def watch(cls, reader: type[terminal_input.TerminalReader]) -> None:
        """Count what `reader` is fed."""
        feed, tick = reader.feed, reader.tick

        def watched_feed(self: Any, data: bytes) -> Any:
            yield from feed(self, data)
            cls.waits_for_more = bool(self._held) or self._parser._timeout_time is not None
            cls.count += len(data)

        def watched_tick(self: Any) -> Any:
            yield from tick(self)
            cls.waits_for_more = bool(self._held) or self._parser._timeout_time is not None

        reader.feed, reader.tick = watched_feed, watched_tick  # type: ignore[method-assign]


class WatchedDesk(DeskApp):
    """The desk, and the socket beside it."""

    SOCKET = ""

    def on_load(self) -> None:
        """Answer from the first moment."""
        self._watching = asyncio.create_task(self._serve())

    async def _serve(self) -> None:
        # nobody waits for its end: since Python 3.12 that would be the end of the one who asks, who waits for ours
        self._server = await asyncio.start_unix_server(self._answer, self.SOCKET)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while line := await reader.readline():
                what, _, number = line.decode().strip().partition(" ")
                if what == "rest":
                    await self._rest(int(number))
                writer.write(json.dumps(self._place()).encode() + b"\n")
                await writer.drain()

    async def _rest(self, read: int) -> None:
        rested = 0
        while rested < 3:
            busy = BytesRead.count < read or BytesRead.waits_for_more or self._busy()
            rested = 0 if busy else rested + 1
            await asyncio.sleep(0.002 if busy else 0)

    def _busy(self) -> bool:
        if not self.is_running or self.is_commanded or self.held_keys:
            return True
        nodes = [self, *self.screen_stack, *self.screen.walk_children()]
        return (
            not all(map(is_idle, nodes))
            or bool(self.screen._callbacks)
            or any(not w.is_finished and w.group not in BACKGROUND for w in self.workers)
        )

    def _place(self) -> dict[str, object]:
        focused = self.focused
        return {
            "screens": [type(screen).__name__ for screen in self.screen_stack],
            "focus": focused and (focused.id or type(focused).__name__),
            "text": focused.value if isinstance(focused, Input) else "",
            "seen_from": getattr(self.screen, "takes_keys_from", 0.0),
            "held": self.held_keys,
        }


class Ungated(WatchedDesk):
    """The same without the gate: keys go where the focus is."""

    def post_message(self, message: Message) -> bool:
        """As any app of Textual does."""
        return App.post_message(self, message)


def main() -> int:
    """Run the desk until it ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("socket")
    parser.add_argument("--longest", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--no-gate", action="store_true")
    parser.add_argument("--take", action="append", default=[], type=_seconds)
    parser.add_argument("--hold", action="append", default=[], type=_until_there_is_a_file)
    parser.add_argument("--fail", action="append", default=[])
    parser.add_argument("--opens-after", type=float, default=0.0)
    parser.add_argument("--ends-within", type=float, default=endings.LONGEST_END_SECONDS)
    wishes = parser.parse_args()

    real = bootstrap.build_desk

    def build_desk(*parts: Any) -> Any:
        slow = (WorkStore, ReferenceStore)
        return real(*(Leisurely(p, wishes) if isinstance(p, slow) else p for p in parts))

    def open_late(*parts: Any) -> Any:
        time.sleep(wishes.opens_after)
        return open_(*parts)

    open_, desk_program._open = desk_program._open, open_late
    endings.LONGEST_END_SECONDS = wishes.ends_within
    bootstrap.build_desk = build_desk
    BytesRead.watch(terminal_input.TerminalReader)
    app = Ungated if wishes.no_gate else WatchedDesk
    app.SOCKET = wishes.socket
    desk_program.DeskApp = app  # type: ignore[misc]
    return desk_program.run_desk(wishes.folder)


def _seconds(text: str) -> tuple[str, float]:
    name, _, seconds = text.partition("=")
    return name, float(seconds)


def _until_there_is_a_file(text: str) -> tuple[str, str]:
    name, _, path = text.partition("=")
    return name, path


if __name__ == "__main__":
    sys.exit(main())
