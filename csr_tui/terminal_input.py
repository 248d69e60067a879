"""What the terminal sends, read so that nothing typed is lost and nothing pasted acts.

Textual's own reader leaves four gaps, closed here: a byte that is no UTF-8 ends it; a key within 100 ms of Esc swallows
the Esc (or both, as Alt and a digit); an escape sequence inside a paste is typed, so that its control characters act as
keys; a key code outside Unicode ends it.
"""

from __future__ import annotations

import codecs
import os
import selectors
import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol, TextIO, cast, runtime_checkable

from textual import events
from textual._xterm_parser import XTermParser
from textual.driver import Driver
from textual.keys import Keys
from textual.message import Message

from csr_tui.type_ahead import LONGEST_PASTE

if TYPE_CHECKING:
    from textual.app import App

ESC = "\x1b"
PASTE_START, PASTE_END = f"{ESC}[200~", f"{ESC}[201~"

_AS_BEFORE = f"{ESC}[?2004l{ESC}[?7h{ESC}[<u{ESC}[?1049l{ESC}[?25h{ESC}[?1004l".encode()
"""Pastes are typed again, lines wrap, keys are as ever, the shell's screen and cursor are back, focus is not told."""
_CHUNK = 64 * 1024
_TICK = 0.1
_TICKS_IN_A_PASTE = 20
"""So long may a paste pause. One whose end never comes is over then: it must not swallow what is typed for ever."""
_STARTS_A_SEQUENCE = frozenset("[O\x7f\x1b")
"""What follows Esc in a key's own sequence; Backspace deletes a word. Anything else is a key of its own."""


class EscapeParser(XTermParser):
    """Esc and a key right behind it are two keys: an agent who is that fast means both."""

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[events.Key]:
        after_escape = alt and sequence != "["
        if len(sequence) == 2 and sequence[0] == ESC and sequence[1] not in _STARTS_A_SEQUENCE:
            sequence, after_escape = sequence[1], True
        try:
            keys = list(super()._sequence_to_key_events(sequence))
        except (ValueError, OverflowError):  # a key code that is no character
            return [events.Key(Keys.Ignore, None)]
        return [events.Key("escape", ESC), *keys] if after_escape and keys else keys


class TerminalReader:
    """Turns the terminal's bytes into Textual's events."""

    def __init__(self, debug: bool = False) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._parser = EscapeParser(debug)
        self._pasted: str | None = None
        """What came of the paste that is under way."""
        self._quiet_ticks = 0
        """Ticks since the last bytes came."""
        self._held = ""
        """The end of what came, when it may be the start of a mark."""

    def feed(self, data: bytes) -> Iterator[Message]:
        """Events of the bytes that came."""
        text = self._held + self._decoder.decode(data)
        self._held = ""
        self._quiet_ticks = 0
        while text:
            mark = PASTE_START if self._pasted is None else PASTE_END
            before, found, text = text.partition(mark)
            if not found:
                before = self._hold_back(before, mark)
            if self._pasted is None:
                yield from self._parser.feed(before) if before else ()
                if found:
                    self._pasted = ""
                    yield from self._end_escape()
            else:
                self._pasted += before[: LONGEST_PASTE - len(self._pasted)]
                if found:
                    whole, self._pasted = self._pasted, None
                    yield events.Paste(whole.replace("\x00", ""))

    def tick(self) -> Iterator[Message]:
        """Events of what waited for more that did not come: a lone Esc, the end of a paste."""
        self._quiet_ticks += 1
        if self._pasted is not None and self._quiet_ticks > _TICKS_IN_A_PASTE:
            whole, self._pasted = self._pasted, None
            yield events.Paste(whole.replace("\x00", ""))
        if self._held and self._pasted is None:
            held, self._held = self._held, ""
            yield from self._parser.feed(held)
        yield from self._parser.tick()

    def _end_escape(self) -> Iterator[Message]:
        """An Esc that waits for more is a key of its own: a paste follows it, and must not overtake it."""
        if self._parser._timeout_time is not None:
            self._parser._timeout_time = 0.0
            yield from self._parser.tick()

    def _hold_back(self, text: str, mark: str) -> str:
        """Keep the start of a mark for the next bytes. A lone Esc goes on, so that the key acts at once."""
        shortest = 2 if self._pasted is None else 1
        for length in range(min(len(mark) - 1, len(text)), shortest - 1, -1):
            if text.endswith(mark[:length]):
                self._held = text[-length:]
                return text[:-length]
        return text


def driver_class() -> type[Driver] | None:
    """The driver with this reader; None where Textual reads the console by other means (Windows)."""
    return None if sys.platform == "win32" else _posix_driver()


@runtime_checkable
class LeavesAtOnce(Protocol):
    """A driver that can give the terminal back in the middle of everything."""

    def leave_at_once(self) -> None:
        """Give it back; it may take nothing more, or be gone."""


if sys.platform != "win32" or TYPE_CHECKING:

    def _posix_driver() -> type[Driver]:
        import termios

        from textual.drivers.linux_driver import LinuxDriver

        class DeskDriver(LinuxDriver):
            """Textual's driver, with our reader; a terminal that is gone neither fails nor blocks it."""

            def __init__(self, app: App[object], **options: Any) -> None:
                super().__init__(app, **options)
                self._terminal = cast("TextIO", self._file)
                self._file = _Forgiving(self._terminal)  # type: ignore[assignment]

            def run_input_thread(self) -> None:
                """Read until the app ends; what fails here is handled like an error in a handler."""
                reader = TerminalReader(self._debug)
                selector = selectors.SelectSelector()
                selector.register(self.fileno, selectors.EVENT_READ)
                try:
                    while not self.exit_event.is_set():
                        if selector.select(_TICK):
                            data = self._read()
                            if not data:  # the terminal is gone, whether or not the system says so
                                os.kill(os.getpid(), signal.SIGHUP)
                                self.exit_event.wait()
                            for message in reader.feed(data):
                                self.process_message(message)
                        for message in reader.tick():
                            self.process_message(message)
                except Exception as error:  # the one edge of this thread
                    self._app.call_later(self._app._handle_exception, error)
                finally:
                    selector.close()

            def _read(self) -> bytes:
                try:
                    return os.read(self.fileno, _CHUNK)
                except OSError:
                    return b""

            def leave_at_once(self) -> None:
                """Set the terminal as it was, without waiting for it."""
                with suppress(OSError, termios.error):
                    if self.attrs_before is not None:
                        termios.tcsetattr(self.fileno, termios.TCSANOW, self.attrs_before)
                    os.set_blocking(self._terminal.fileno(), False)
                    os.write(self._terminal.fileno(), _AS_BEFORE)

        return DeskDriver


class _Forgiving:
    """A terminal to write to; what it no longer takes is for nobody."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self.fileno = file.fileno

    def write(self, text: str) -> None:
        with suppress(OSError, ValueError):
            self._file.write(text)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            self._file.flush()
