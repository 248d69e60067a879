"""Keys typed ahead of a command land where the command leads.

Textual hands each key to whatever has the focus at that moment, while a command such as F2 still runs. Here the keys
behind a command key wait until its messages have drained. Esc empties what waits; a question for something
irreversible, and the number of a return, take no key that was typed before they could be seen.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING

from textual import events
from textual.message_pump import MessagePump
from textual.screen import Screen

from screens.widgets.safe_text import plain_lines, typed

if TYPE_CHECKING:
    from textual.app import App
    from textual.driver import Driver

    _Base = App[None]
else:
    _Base = object

LONGEST_PASTE = 10_000
"""Characters of a paste that are kept: five times the longest field."""

_DRAIN_SECONDS = 2.0
"""A handler that takes longer no longer holds the keys back."""
_LOOK_SECONDS = 0.02


class TypeAhead(_Base):
    """Mixin for the app: one gate through which all keys and pastes go."""

    def __init__(self, driver_class: type[Driver] | None = None) -> None:
        super().__init__(driver_class)
        self._command: asyncio.Task[None] | None = None
        self._waiting: deque[events.Key | events.Paste] = deque()

    @property
    def held_keys(self) -> int:
        """Keys and pastes that wait for a command to end."""
        return len(self._waiting)

    @property
    def is_commanded(self) -> bool:
        """Whether a command still runs, so that keys wait."""
        return self._command is not None

    def held_keys_changed(self) -> None:
        """Called when the number of held keys has changed."""

    async def on_event(self, event: events.Event) -> None:
        """Hold keys while a command runs; hand everything else on. Pasted control characters become harmless."""
        if isinstance(event, events.Paste) and not event.is_forwarded:
            event.text = "\n".join(plain_lines(typed(event.text[:LONGEST_PASTE])))
        if not isinstance(event, events.Key | events.Paste) or event.is_forwarded:
            await super().on_event(event)
        elif self._is_too_early(event):
            return
        elif self._command is None:
            await self._deliver(event)
        elif isinstance(event, events.Key) and event.key == "escape" and self._waiting:
            self._waiting.clear()
            self.held_keys_changed()
        else:
            self._waiting.append(event)
            self.held_keys_changed()

    async def _deliver(self, event: events.Key | events.Paste) -> None:
        focused = self.focused
        is_text = isinstance(event, events.Paste) or (
            focused is not None and focused.check_consume_key(event.key, event.character)
        )
        await super().on_event(event)
        if not is_text:
            self._command = asyncio.create_task(self._release())

    async def _release(self) -> None:
        """Wait until the command's messages have drained, on the screen it leads to; then deliver what waited."""
        screen: Screen[object] | None = None
        while self.is_running and screen is not self.screen:
            screen = self.screen
            for _ in range(2):
                for node in (self.focused or screen).ancestors_with_self:
                    await _drained(node)
        self._command = None
        if self._waiting:
            while self._waiting and self._command is None:
                event = self._waiting.popleft()
                if not self._is_too_early(event):
                    await self._deliver(event)
            self.held_keys_changed()

    def _is_too_early(self, event: events.Event) -> bool:
        """Whether it was typed before the screen that it would act on could be seen."""
        return event.time < getattr(self.screen, "takes_keys_from", 0.0)


async def _drained(node: MessagePump) -> None:
    """Wait until a node has handled what waits for it, or is closed: a closed one never will."""
    done = asyncio.Event()
    if not node.call_later(done.set):
        return
    deadline = monotonic() + _DRAIN_SECONDS
    while node.is_running and not done.is_set() and monotonic() < deadline:
        with suppress(TimeoutError):
            await asyncio.wait_for(done.wait(), timeout=_LOOK_SECONDS)
