"""A real pseudo-terminal for tests: spawn a program, send keys, wait for what the screen shows."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Sequence
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
    "backspace": "\x7f",
    "f1": "\x1bOP",
    "f2": "\x1bOQ",
    "f3": "\x1bOR",
    "f4": "\x1bOS",
    "f5": "\x1b[15~",
    "f8": "\x1b[19~",
    "f9": "\x1b[20~",
    "f12": "\x1b[24~",
    "ctrl+s": "\x13",
    "ctrl+p": "\x10",
    "ctrl+q": "\x11",
    "ctrl+g": "\x07",
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
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self.raw = b""
        """Every byte the program wrote."""
        self._fd, child = pty.openpty()
        _set_size(child, columns, rows)
        base = {
            k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "TMUX", "COLUMNS", "LINES")
        }
        self.process = subprocess.Popen(
            list(command),
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
        return "\n".join(self._screen.display)

    @property
    def is_cooked(self) -> bool:
        """Whether lines are edited and echoed, as a shell needs it."""
        flags = termios.tcgetattr(self._fd)[3]
        return bool(flags & termios.ICANON) and bool(flags & termios.ECHO)

    @property
    def shows_cursor(self) -> bool:
        """Whether the cursor is shown."""
        _ = self.text
        return not self._screen.cursor.hidden

    def type(self, text: str) -> None:
        """Send characters as they are."""
        self.send(text.encode())

    def send(self, data: bytes) -> None:
        """Send bytes as they are, all of them at once where the terminal takes them."""
        while data:
            select.select([], [self._fd], [], 5.0)
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

    def read_for(self, seconds: float) -> None:
        """Take in what comes for so long; for a kill at a chosen moment."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self._read(left)

    def resize(self, columns: int, rows: int) -> None:
        """Change the terminal's size, as a window manager would."""
        self._screen.resize(rows, columns)
        _set_size(self._fd, columns, rows)
        os.killpg(self.process.pid, signal.SIGWINCH)

    def wait_end(self, timeout: float = 20.0) -> int:
        """Wait until the program has ended; gives its exit code."""
        deadline = time.monotonic() + timeout
        while not self._ended():
            self._read(0.05)
            if time.monotonic() > deadline:
                raise AssertionError(f"did not end:\n{self.text}")
        self._read(0)
        return self.process.returncode

    def kill(self) -> None:
        """`kill -9` for the program and its children."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        with contextlib.suppress(OSError):
            os.close(self._fd)

    def _ended(self) -> bool:
        return self.process.poll() is not None

    def _read(self, timeout: float) -> bool:
        """Take in what is there; whether there was something."""
        try:
            if not select.select([self._fd], [], [], max(0.0, timeout))[0]:
                return False
            data = os.read(self._fd, 65536)
        except (OSError, ValueError):
            return False
        self.raw += data
        self._stream.feed(_NOT_FOR_PYTE.sub(b"", data))
        return bool(data)


def _set_size(fd: int, columns: int, rows: int) -> None:
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
