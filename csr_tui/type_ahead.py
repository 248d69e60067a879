"""Keys typed ahead of a command land where the command leads.

Textual hands each key to whatever has the focus at that moment, while a command such as F2 still runs. Here a command
key waits until everything before it is done: every message handled, and what the screen reads in its threads read. What
is typed behind it waits too, however long it takes: nothing lands elsewhere. Esc after a pause empties what waits; a
question for something irreversible, and the number of a return, take no key that was typed before they could be seen.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Any

from textual import events
from textual.binding import Binding
from textual.message import Message
from textual.message_pump import MessagePump
from textual.widgets import Input
from textual.worker import Worker

from screens.widgets.safe_text import plain_lines, typed
from screens.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from textual.app import App
    from textual.driver import Driver

    _Base = App[None]
else:
    _Base = object

LONGEST_PASTE = 10_000
"""Characters of a paste that are kept: five times the longest field."""
PAUSE_SECONDS = 0.25
"""Keys that wait this long are told as WAIT. Esc this long behind the key before it is an answer to that; sooner, it is
part of what was typed ahead."""
PATIENCE_SECONDS = 2.0
"""From then on quitting no longer waits for a command that runs."""

_LOOK_SECONDS = 0.005
_EDITS = frozenset(each.action for each in Input.BINDINGS if isinstance(each, Binding)) - {"submit"}
"""What a text field does by itself."""


class TypeAhead(_Base):
    """Mixin for the app: one gate through which all keys and pastes go."""

    quit_keys: frozenset[str] = frozenset()
    """Keys that end the desk."""

    def __init__(self, driver_class: type[Driver] | None = None) -> None:
        super().__init__(driver_class)
        self._delivery: asyncio.Task[None] | None = None
        self._handed_on_at = 0.0
        self._waiting: deque[events.Key | events.Paste] = deque()
        self._last_typed = 0.0
        self._unhandled = self._unread = False
        """Whether messages, and what is read meanwhile, may still be on their way from keys that were handed on."""
        self.takes_commands = asyncio.Event()
        """Set once the desk is open. Until then every command waits but the ones that edit a field or quit."""
        self._telling: asyncio.TimerHandle | None = None
        self.told_keys = 0
        """Held keys as the agent was told: those that are let go in a moment are not worth a word."""

    @property
    def held_keys(self) -> int:
        """Keys and pastes that wait for a command to end."""
        return len(self._waiting)

    @property
    def seconds_since_key(self) -> float:
        """How long nothing has been typed."""
        return Message().time - self._last_typed

    @property
    def is_commanded(self) -> bool:
        """Whether a command still runs, so that keys wait."""
        return self._delivery is not None and not self._delivery.done()

    def held_keys_changed(self) -> None:
        """Called when the agent is to be told another number of held keys."""

    def end_now(self) -> None:
        """Called when the agent quits while a command hangs."""

    def keys_wait_for(self, worker: Worker[object]) -> bool:
        """Whether a command key has to wait for this work: what it acts on depends on it."""
        return worker.node is self.screen

    def post_message(self, message: Message) -> bool:
        """Take keys and pastes into the gate before they reach the queue of the app, which may be busy itself."""
        if not isinstance(message, events.Key | events.Paste) or message.is_forwarded:
            return super().post_message(message)
        if isinstance(message, events.Paste):
            message.text = "\n".join(plain_lines(typed(message.text[:LONGEST_PASTE])))
        self._take(message)
        return True

    def _take(self, event: events.Key | events.Paste) -> None:
        paused = event.time - self._last_typed >= PAUSE_SECONDS
        self._last_typed = event.time
        if not self.is_commanded:
            if self._is_text(event) and not self._is_too_early(event):
                self._hand_on(event)
                return
            self._waiting.append(event)
            self._handed_on_at = monotonic()
            self._delivery = asyncio.create_task(self._deliver())
        elif isinstance(event, events.Key) and event.key == "escape" and self._waiting and paused:
            self._waiting.clear()
            self._tell()
        elif self._quits(event) and monotonic() - self._handed_on_at >= PATIENCE_SECONDS:
            self._waiting.clear()
            self.end_now()
        else:
            self._waiting.append(event)
            self._tell_soon()

    async def _deliver(self) -> None:
        """Hand on what waits, one by one; each command has its end before the next key goes."""
        try:
            while self._waiting and self.is_running:
                first = self._waiting[0]
                is_text, reads = self._is_text(first), not self._edits(first)
                opening = reads and not self.takes_commands.is_set() and not self._quits(first)
                behind = self._unread if reads else self._unhandled
                if not is_text and (behind or opening):
                    await self._caught_up(reads=reads)
                    continue  # Esc may have emptied it
                event = self._waiting.popleft()
                if self._is_too_early(event):
                    continue
                self._hand_on(event)
                if not is_text:
                    await self._caught_up(reads=reads)
        except Exception as error:  # the one edge of this task
            self._handle_exception(error)
        finally:
            self._tell()

    def _hand_on(self, event: events.Key | events.Paste) -> None:
        self._unhandled = self._unread = True
        self._handed_on_at = monotonic()
        super().post_message(event)

    async def _caught_up(self, *, reads: bool) -> None:
        """Wait until every message is handled and laid out; with `reads`, also what is read and what comes of it."""
        if reads:
            await self.takes_commands.wait()
        while self.is_running:
            busy = next((node for node in self._nodes_at_work() if not is_idle(node)), None)
            if busy is not None:
                await _drained(busy)
            elif self.screen._layout_required or self.screen._callbacks:
                await asyncio.sleep(_LOOK_SECONDS)
            elif working := [w for w in self.workers if reads and self._holds(w)]:
                for worker in working:
                    with suppress(Exception):  # its own edge tells what went wrong
                        await worker.wait()
            else:
                self._unhandled, self._unread = False, self._unread and not reads
                return

    def _holds(self, worker: Worker[object]) -> bool:
        return not worker.is_finished and self.keys_wait_for(worker)

    def _nodes_at_work(self) -> Iterator[MessagePump]:
        """What may have a message to handle: the app, every screen, and all that the top screen holds."""
        yield self
        stack = self.screen_stack
        yield from stack
        yield from stack[-1].walk_children(with_self=False)

    def _is_text(self, event: events.Key | events.Paste) -> bool:
        """Whether it only adds to a text field, so that what follows need not wait for it."""
        focused = self.focused
        return isinstance(event, events.Paste) or (
            isinstance(focused, Input) and focused.check_consume_key(event.key, event.character)
        )

    def _edits(self, event: events.Key | events.Paste) -> bool:
        """Whether it only moves or erases in a text field: nothing that is read has a say in that."""
        focused = self.focused
        if not isinstance(event, events.Key) or not isinstance(focused, Input):
            return False
        bound = focused._bindings.key_to_bindings.get(event.key, ())
        return any(binding.action in _EDITS for binding in bound)

    def _is_too_early(self, event: events.Event) -> bool:
        """Whether it was typed before the screen that it would act on could be seen."""
        return event.time < getattr(self.screen, "takes_keys_from", 0.0)

    def _quits(self, event: events.Key | events.Paste) -> bool:
        return isinstance(event, events.Key) and event.key in self.quit_keys

    def _tell_soon(self) -> None:
        if self._telling is None:
            loop = asyncio.get_running_loop()
            self._telling = loop.call_later(PAUSE_SECONDS, self._tell)

    def _tell(self) -> None:
        if self._telling is not None:
            self._telling.cancel()
            self._telling = None
        if self.told_keys != self.held_keys:
            self.told_keys = self.held_keys
            self.held_keys_changed()
            self._draw_status()

    def _draw_status(self) -> None:
        """Draw the status line at once: the screen, which would do it, may be busy with the command."""
        screen = self.screen
        for line in screen.query(StatusLine):
            screen._compositor.update_widgets({line})
            screen._compositor_refresh()


def is_idle(node: MessagePump) -> bool:
    """Whether a node waits for its next message, or is closed: a closed one handles none."""
    if node._closing or node._closed:
        return True
    queue: Any = node._message_queue
    return queue.empty() and bool(queue.ready_event._waiters)


async def _drained(node: MessagePump) -> None:
    """Wait until a node has handled what waits for it, or is closed."""
    done = asyncio.Event()
    if not node.call_later(done.set):
        return
    while not done.is_set() and not node._closed:
        with suppress(TimeoutError):
            await asyncio.wait_for(done.wait(), timeout=_LOOK_SECONDS)
