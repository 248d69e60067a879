"""`csr-tui keys --test`: what this terminal sends for each key, the key that the desk takes it for, and what that does."""

from __future__ import annotations

import os
import select
import sys
import textwrap
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from textual import events
from textual.message import Message

from csr_tui.exit_codes import ExitCode
from csr_tui.terminal_input import TerminalReader
from rma.errors import RmaError
from rma.wording import _, mark
from screens.commands import Keymap
from screens.commands.sheet import meanings

_CHUNK = 4096
_TICK = 0.1
"""Seconds after which what waits for more is a key of its own, as in the desk."""
_COLUMNS = (18, 16)
_MOVES = frozenset({"tab", "shift+tab", "up", "down", "left", "right", "home", "end"})
_INTRODUCTION = mark("""\
Press a key: here stands what the terminal sends, what the desk takes it for,
and what that does. What shows nothing is kept by the terminal: choose another.
Ctrl+C, or Ctrl+Q twice, ends.
""")
_KITTY_ON, _KITTY_OFF = "\x1b[>25u", "\x1b[<u"
"""The richer keyboard protocol, asked for as the desk asks for it; terminals that do not know it ignore it."""
_PASTE_ON, _PASTE_OFF = "\x1b[?2004h", "\x1b[?2004l"


class NoTerminal(RmaError):
    """Keys can be tested in a terminal only."""

    def __init__(self) -> None:
        super().__init__(_("Keys can be tested in a terminal only: start this without a pipe."))


def test_keys(keymap: Keymap) -> ExitCode:
    """Show keys until the user has had enough.

    Raises:
        NoTerminal: if standard input or output is none.
    """
    if sys.platform == "win32" or not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise NoTerminal
    heard = _Heard()
    with _raw(sys.stdin.fileno()) as fd:
        _write(_(_INTRODUCTION) + "\n" + _row(_("sent"), _("key"), _("does")))
        before = ""
        while True:
            ready = select.select([fd], [], [], _TICK)[0]
            data = os.read(fd, _CHUNK) if ready else b""
            if ready and not data:  # the terminal is gone
                return ExitCode.OK
            for sent, message in heard.take(data):
                if isinstance(message, events.Paste):
                    does = _("pastes {count} characters").format(count=len(message.text))
                    _write(_row(_("paste"), "", does))
                elif isinstance(message, events.Key):
                    _write(_row(_bytes(sent), message.key, _does(keymap, message)))
                    if message.key == "ctrl+c" or (message.key == before == "ctrl+q"):
                        return ExitCode.OK
                    before = message.key


class _Heard:
    """Tells which bytes made which event, also where many came at once."""

    def __init__(self) -> None:
        self._reader = TerminalReader()
        self._sent = b""

    def take(self, data: bytes) -> Iterator[tuple[bytes, Message]]:
        """Each event with the bytes that the terminal sent for it."""
        for byte in data:
            self._sent += bytes([byte])
            yield from self._told(self._reader.feed(bytes([byte])))
        yield from self._told(self._reader.tick())

    def _told(self, messages: Iterable[Message]) -> Iterator[tuple[bytes, Message]]:
        for message in messages:
            yield self._sent, message
            self._sent = b""


def _does(keymap: Keymap, event: events.Key) -> str:
    """The commands of a key; else what it does without one."""
    commands = ", ".join(meanings(keymap, event.key))
    if commands:
        return commands
    if event.key in _MOVES:
        return _("moves")
    return _("is typed") if event.is_printable else _("nothing")


def _row(sent: str, key: str, does: str) -> str:
    """One line; what a key does goes on below itself."""
    first, second = _COLUMNS
    start = f"{sent:<{first}} {key:<{second}} "
    try:
        width = os.get_terminal_size().columns
    except OSError:
        width = 80
    lines = textwrap.wrap(does, max(20, width - first - second - 3)) or [""]
    return f"\n{' ' * (first + second + 2)}".join([f"{start}{lines[0]}", *lines[1:]]) + "\n"


def _bytes(data: bytes) -> str:
    """Bytes as people write them: `Esc [20~`, `^Q`, `a`."""
    names = {0x1B: "Esc ", 0x20: "Space", 0x7F: "^?"}
    return "".join(
        names.get(byte)
        or (f"^{chr(byte + 64)}" if byte < 0x20 else chr(byte) if byte < 0x7F else f"\\x{byte:02x}")
        for byte in data
    ).strip()


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


if sys.platform != "win32":
    import termios
    import tty

    @contextmanager
    def _raw(fd: int) -> Iterator[int]:
        """The terminal as the desk sets it, and as it was before afterwards."""
        attributes = termios.tcgetattr(fd)
        try:
            tty.setraw(fd)
            lines = termios.tcgetattr(fd)
            lines[1] |= termios.OPOST  # what is printed here are lines
            termios.tcsetattr(fd, termios.TCSANOW, lines)
            _write(_KITTY_ON + _PASTE_ON)
            yield fd
        finally:
            _write(_KITTY_OFF + _PASTE_OFF)
            termios.tcsetattr(fd, termios.TCSAFLUSH, attributes)
