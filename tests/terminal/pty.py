"""A real pseudo-terminal for tests: spawn a program, send keys, wait for what the screen shows."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import selectors
import signal
import socket
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType

import pyte

KEYS = {
    "enter": "\r",
    "tab": "\t",
    "shift+tab": "\x1b[Z",
    "esc": "\x1b",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "pagedown": "\x1b[6~",
    "pageup": "\x1b[5~",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "delete": "\x1b[3~",
    "backspace": "\x7f",
    "f1": "\x1bOP",
    "f2": "\x1bOQ",
    "f3": "\x1bOR",
    "f4": "\x1bOS",
    "f5": "\x1b[15~",
    "f7": "\x1b[18~",
    "f8": "\x1b[19~",
    "f9": "\x1b[20~",
    "f12": "\x1b[24~",
    "ctrl+s": "\x13",
    "ctrl+p": "\x10",
    "ctrl+q": "\x11",
    "ctrl+g": "\x07",
    "ctrl+o": "\x0f",
    "ctrl+r": "\x12",
    "ctrl+t": "\x14",
    "ctrl+u": "\x15",
    "ctrl+y": "\x19",
    "ctrl+z": "\x1a",
}
"""What xterm sends."""

_NOT_FOR_PYTE = re.compile(
    rb"\x1b[_P^X].*?(?:\x1b\\|\x07)"  # APC, DCS, PM, SOS strings
    rb"|\x1b\[[<>=][0-9;:]*[a-zA-Z]"  # keyboard protocols
    rb"|\x1b\[[?0-9;]*\$[a-z]"  # mode queries
    rb"|\x1b\[[0-9;]* [a-zA-Z]"  # cursor shape
    rb"|\x1b\[[0-9;]*:[0-9;:]*m",  # colours with colons
    re.DOTALL,
)


_OWN_THE_TERMINAL = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
    "os.execv(sys.argv[1], sys.argv[1:])"
)
"""Runs before the program: the terminal becomes that of its session."""

_MODES = [
    (b"\x1b[?1049h", b"\x1b[?1049l"),  # a screen of its own
    (b"\x1b[?2004h", b"\x1b[?2004l"),  # pastes are marked
    (b"\x1b[?1004h", b"\x1b[?1004l"),  # focus is told
    (b"\x1b[?1000h", b"\x1b[?1000l"),  # so is the mouse
    (b"\x1b[?1003h", b"\x1b[?1003l"),
    (b"\x1b[?25l", b"\x1b[?25h"),  # the cursor is hidden
    (b"\x1b[?7l", b"\x1b[?7h"),  # lines do not wrap
    (b"\x1b[>", b"\x1b[<u"),  # keys are told in more detail
]
"""What a program sets, and what takes it back."""


class Terminal:
    """A program in a terminal of its own. Use it in a `with` block: the program is killed at its end."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        columns: int = 80,
        rows: int = 24,
        env: dict[str, str] | None = None,
    ) -> None:
        """Start the program; the terminal is its own, so that it hears of a hang-up."""
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self.raw = bytearray()
        """Every byte the program wrote."""
        self._drawn = 0
        """Bytes of `raw` that are on the screen: drawing is slow, so that only who looks pays for it."""
        self._fd, child = pty.openpty()
        _set_size(child, columns, rows)
        base = {
            k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "TMUX", "COLUMNS", "LINES")
        }
        self.process = subprocess.Popen(
            [sys.executable, "-c", _OWN_THE_TERMINAL, *command],
            stdin=child,
            stdout=child,
            stderr=child,
            env=base | {"TERM": "xterm-256color", "LANG": "C.UTF-8"} | (env or {}),
            start_new_session=True,
            close_fds=True,
        )
        os.close(child)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()

    @property
    def text(self) -> str:
        """What the screen shows, as lines."""
        while self._read(0):
            pass
        self._draw()
        return "\n".join(self._screen.display)

    @property
    def is_cooked(self) -> bool:
        """Whether lines are edited and echoed, as a shell needs it."""
        flags = termios.tcgetattr(self._fd)[3]
        return bool(flags & termios.ICANON) and bool(flags & termios.ECHO)

    @property
    def left_set(self) -> list[bytes]:
        """What the program set and did not take back."""
        while self._read(0):
            pass
        left = [on for on, off in _MODES if self.raw.rfind(on) > self.raw.rfind(off)]
        return left if self.is_cooked else [*left, b"raw"]

    @property
    def is_stopped(self) -> bool:
        """Whether the program is suspended."""
        stat = Path(f"/proc/{self.process.pid}/stat").read_text()
        return stat.rpartition(")")[2].split()[0] == "T"

    @property
    def shows_cursor(self) -> bool:
        """Whether the cursor is shown."""
        _ = self.text
        return not self._screen.cursor.hidden

    @property
    def cursor(self) -> tuple[int, int]:
        """Column and row of the cursor, from 0."""
        _ = self.text
        return self._screen.cursor.x, self._screen.cursor.y

    def type(self, text: str) -> None:
        """Send characters as they are."""
        self.send(text.encode())

    def send(self, data: bytes) -> None:
        """Send bytes as they are, all of them at once where the terminal takes them."""
        while data:
            _ready(5.0, write=self._fd)
            data = data[os.write(self._fd, data[:4096]) :]
            self._read(0)

    def press(self, *names: str) -> None:
        """Send named keys; a single character stands for itself."""
        for name in names:
            os.write(self._fd, KEYS.get(name, name).encode())

    def wait_for(self, pattern: str, timeout: float = 20.0) -> re.Match[str]:
        """Read until the screen shows `pattern`; fails with the screen otherwise."""
        deadline = time.monotonic() + timeout
        while True:
            found = re.search(pattern, self.text, re.MULTILINE)
            if found:
                return found
            if time.monotonic() > deadline:
                raise AssertionError(f"{pattern!r} did not appear:\n{self.text}")
            if not self._read(min(0.2, deadline - time.monotonic())) and self._ended():
                raise AssertionError(f"ended before {pattern!r} appeared:\n{self.text}")

    def wait_gone(self, pattern: str, timeout: float = 20.0) -> None:
        """Read until the screen no longer shows `pattern`."""
        deadline = time.monotonic() + timeout
        while re.search(pattern, self.text, re.MULTILINE):
            if time.monotonic() > deadline:
                raise AssertionError(f"{pattern!r} did not go:\n{self.text}")
            self._read(0.1)

    def read_until(self, other: socket.socket, timeout: float) -> bool:
        """Take in what comes until something can be read from `other`; False where that took too long."""
        deadline = time.monotonic() + timeout
        while (left := deadline - time.monotonic()) > 0:
            ready = _ready(left, other.fileno(), self._fd)
            if other.fileno() in ready:
                return True
            if ready and not self._read(0):  # the program has ended
                return bool(_ready(1.0, other.fileno()))
        return False

    def read_for(self, seconds: float) -> None:
        """Take in what comes for so long; for a kill at a chosen moment."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self._read(left)

    def resize(self, columns: int, rows: int) -> None:
        """Change the terminal's size, as a window manager would."""
        self._draw()
        self._screen.resize(rows, columns)
        _set_size(self._fd, columns, rows)

    def wait_until(self, condition: Callable[[], bool], timeout: float = 20.0) -> None:
        """Take in what comes until something is so."""
        deadline = time.monotonic() + timeout
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError(f"waited in vain:\n{self.text}")
            self._read(0.02)

    def forget(self) -> None:
        """Wipe the screen, as somebody else's output would."""
        _ = self.text
        self._screen.reset()

    def hang_up(self) -> None:
        """The terminal goes away, as when its window is closed or the line is cut."""
        os.close(self._fd)
        self._fd = -1

    def wait_end(self, timeout: float = 20.0) -> int:
        """Wait until the program has ended; gives its exit code."""
        deadline = time.monotonic() + timeout
        while not self._ended():
            if not self._read(0.05):
                time.sleep(0.01)  # the terminal may be gone
            if time.monotonic() > deadline:
                raise AssertionError(f"did not end:\n{self.text}")
        self._read(0)
        return self.process.returncode

    def kill(self) -> None:
        """`kill -9` for the program and its children."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _ended(self) -> bool:
        return self.process.poll() is not None

    def _read(self, timeout: float) -> bool:
        """Take in what is there; whether there was something."""
        try:
            if self._fd < 0 or not _ready(max(0.0, timeout), self._fd):
                return False
            data = os.read(self._fd, 65536)
        except OSError:
            return False
        self.raw += data
        return bool(data)

    def _draw(self) -> None:
        self._stream.feed(_NOT_FOR_PYTE.sub(b"", bytes(self.raw[self._drawn :])))
        self._drawn = len(self.raw)


def _ready(timeout: float, *read: int, write: int | None = None) -> set[int]:
    """Which of these can be read, or written; not by `select`, which knows the first 1,024 files of a process only."""
    with selectors.DefaultSelector() as selector:
        for fd in read:
            selector.register(fd, selectors.EVENT_READ)
        if write is not None:
            selector.register(write, selectors.EVENT_WRITE)
        return {key.fd for key, _ in selector.select(timeout)}


def _set_size(fd: int, columns: int, rows: int) -> None:
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
